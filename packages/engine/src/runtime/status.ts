/** What the engine holds, and how busy it is, read together from its parts. */
import type { LanguageModel, Storage } from "../core/ports.ts";
import type { Encoder } from "./encoder.ts";
import type { EngineStatus } from "./engine-contract.ts";
import type { EngineFigures, ProviderFigures } from "./figures.ts";
import type { Intake } from "./intake.ts";
import type { Recommendations } from "./recommendations.ts";
import type { Statements } from "./statements.ts";
import type { Understanding } from "./understanding.ts";
import type { UserStates } from "./user-states.ts";
import type { Webhook } from "./webhook/webhook.ts";

interface WatchedParts {
  readonly storage: Storage;
  readonly understanding: Understanding;
  readonly states: UserStates;
  readonly intake: Intake;
  readonly webhook: Webhook | undefined;
  readonly encoder: Encoder;
  readonly languageModel: LanguageModel | undefined;
}

/** See `Engine.status`. */
export async function statusOf(parts: WatchedParts): Promise<EngineStatus> {
  const { storage, understanding, states, intake } = parts;
  return {
    events: await storage.events.count(),
    users: await storage.users.count(),
    items: understanding.catalogue.size,
    interests: understanding.models.tree.nodes.length - 1,
    treeVersion: understanding.models.tree.version,
    eventsBehindCheckpoint: Math.max(0, (await storage.events.lastPosition()) - states.flushedPosition),
    unknownTypes: intake.unknownTypes,
    providers: providersOf(parts).map(({ seconds, ...usage }) => ({
      ...usage,
      meanSeconds: seconds.count === 0 ? null : seconds.sum / seconds.count,
    })),
  };
}

/** See `Engine.figures`. */
export function figuresOf(
  parts: WatchedParts & { readonly statements: Statements; readonly recommendations: Recommendations },
): EngineFigures {
  const { storage, understanding, states, intake, webhook } = parts;
  const { foldedPosition, flushedPosition } = states;
  const { tree, fittedAt = null } = understanding.models;
  return {
    log: { position: Math.max(intake.position, foldedPosition), foldedPosition, flushedPosition },
    intake: { eventsInFlight: intake.eventsInFlight, eventsInFlightMax: intake.eventsInFlightMax },
    storage: storage.figures(),
    states: states.figures(),
    catalogue: { items: understanding.catalogue.size, interests: tree.nodes.length - 1 },
    models: { treeVersion: tree.version, fittedAt, drift: understanding.drift },
    webhook: webhook?.figures() ?? null,
    statementsLag: parts.statements.lag,
    ...parts.recommendations.figures(),
    providers: providersOf(parts),
  };
}

function providersOf({ languageModel, encoder }: WatchedParts): ProviderFigures[] {
  const writers =
    languageModel?.usage === undefined ? [] : [{ model: languageModel.model, usage: languageModel.usage }];
  return [
    ...writers.map(({ model, usage }) => ({ role: "language-model" as const, model, ...usage })),
    ...encoder.usages().map(({ model, usage }) => ({ role: "embedder" as const, model, ...usage })),
  ];
}
