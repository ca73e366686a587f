/**
 * What people say of their interests, and what they decide about what was understood of it (`core/statement.ts`).
 *
 *     validate -> append to the log (durable) -> acknowledge
 *                        \-> read: by rules, together with it; by a language model, behind (`statement-reader.ts`)
 *
 * Proposals are read from the newest events of their person. A decision is made once: accepted, the interest is steered, and then
 * the decision noted, so that a crash between the two leaves the proposal open rather than lost.
 */
import { z } from "zod";
import { PenchantError } from "../base/errors.ts";
import type { Clock } from "../base/time.ts";
import { randomUUIDv7 } from "../base/uuid.ts";
import { limits } from "../core/limits.ts";
import type { LanguageModel } from "../core/ports.ts";
import {
  type DecidedProposal,
  type Decision,
  decisions,
  decisionType,
  type HeardStatement,
  type Proposal,
  type StatementInput,
  senses,
} from "../core/statement.ts";
import { standing, steeringActions } from "../core/steering.ts";
import { validateId } from "../core/validate.ts";
import type { Identities } from "./identities.ts";
import type { People } from "./people.ts";
import { checkedStatement, claimsInTree, evidenceOf, statementEvent } from "./statement-evidence.ts";
import { StatementReader, type StatementReaderParts } from "./statement-reader.ts";
import type { UserStates } from "./user-states.ts";

export interface StatementsParts extends Omit<StatementReaderParts, "languageModel" | "inLine"> {
  readonly clock: Clock;
  readonly states: UserStates;
  readonly identities: Identities;
  readonly people: People;
  readonly languageModel: LanguageModel | undefined;
}

/** What stands in the context of the evidence that proposes something, and of decisions. */
const proposing = z.object({
  statement: z.string(),
  sense: z.enum(senses),
  by: z.string(),
  proposal: z.object({ action: z.enum(steeringActions), interest: z.string() }),
});
const deciding = z.object({ proposal: z.string(), decision: z.enum(decisions) });

export class Statements {
  readonly #parts: StatementsParts;
  readonly #reader: StatementReader | undefined;
  #line: Promise<unknown> = Promise.resolve();

  constructor(parts: StatementsParts) {
    this.#parts = parts;
    const { languageModel, people } = parts;
    this.#reader =
      languageModel && new StatementReader({ ...parts, languageModel, inLine: (work) => people.inLine(work) });
  }

  /** Positions of the log in which there may be statements that no model has read yet. */
  get lag(): number {
    return this.#reader?.lag ?? 0;
  }

  async start(): Promise<void> {
    await this.#reader?.start();
  }

  async stop(): Promise<void> {
    await this.#reader?.stop();
  }

  /** See `EngineStatements.settled`. */
  async settled(signal?: AbortSignal): Promise<boolean> {
    return (await this.#reader?.settled(signal)) ?? true;
  }

  /** See `EngineStatements.hear`. */
  async hear(user: string, input: StatementInput): Promise<HeardStatement> {
    const { clock, intake, understanding } = this.#parts;
    const now = clock.now();
    const { id = randomUUIDv7(now), time = now, ...said } = checkedStatement(input);
    const event = statementEvent(user, { id, time, ...said });
    if (this.#reader !== undefined) {
      const [{ status }] = await this.#reader.arrive(() => intake.track([event]));
      return { id, status };
    }
    const claims = claimsInTree(understanding.models.tree, said.text);
    const evidence = evidenceOf({ ...event, id }, { kind: said.kind, claims, by: "rules" });
    const [{ status }] = await intake.track([event, ...evidence]);
    return { id, status, ...(status === "accepted" && { claims }) };
  }

  /** See `EngineStatements.proposals`. */
  async proposals(user: string): Promise<Proposal[]> {
    const open = (await this.#newest(user)).filter(({ decision }) => decision === undefined);
    return open.slice(0, limits.proposals).map(({ proposal }) => proposal);
  }

  /** See `EngineStatements.decide`. One after the other, so that a proposal is not accepted and declined at once. */
  decide(user: string, id: string, decision: Decision): Promise<DecidedProposal> {
    const decided = this.#line.then(() => this.#decide(user, id, decision));
    this.#line = decided.catch(() => undefined);
    return decided;
  }

  async #decide(user: string, id: string, decision: Decision): Promise<DecidedProposal> {
    const { clock, intake, states, identities, understanding, people } = this.#parts;
    if (!decisions.includes(decision)) {
      throw new PenchantError(
        "PENCHANT_E_REQUEST_INVALID",
        `decision: expected one of ${decisions.join(", ")}, got ${JSON.stringify(decision)}.`,
      );
    }
    const found = (await this.#newest(user)).find(({ proposal }) => proposal.id === id);
    if (found === undefined || (found.decision ?? decision) !== decision) {
      const what = found === undefined ? "none" : `one with the decision ${JSON.stringify(found.decision)}`;
      throw new PenchantError(
        "PENCHANT_E_PROPOSAL_NOT_FOUND",
        `proposal: expected the id of an open proposal of the user, found ${what} for ${JSON.stringify(id)}.`,
      );
    }
    const { proposal } = found;
    if (found.decision === undefined) {
      if (decision === "accept") await people.steer(user, proposal.interest.id, { action: proposal.action });
      const context = { proposal: id, decision };
      await intake.track([{ id: `${id}.decided`, user, type: decisionType, time: clock.now(), context }]);
    }
    const { steered } = await states.get(identities.resolve(user));
    const { index } = understanding.models.tree.node(proposal.interest.id)!;
    return { proposal, decision, steering: standing(steered.get(index), clock.now()) };
  }

  /**
   * What the user's newest events propose, newest first, and what was decided: of several proposals about one interest the
   * newest. Interests that are no more have none.
   */
  async #newest(user: string): Promise<{ proposal: Proposal; decision: Decision | undefined }[]> {
    const { storage, identities, understanding } = this.#parts;
    const who = identities.resolve(validateId(user, "user"));
    const events = await storage.events.readUser(who, { newestFirst: true, limit: limits.proposalEvents });
    const decided = new Map<string, Decision>();
    const newest = new Map<string, { proposal: Proposal; decision: Decision | undefined }>();
    for (const { id, type, text = "", time, context } of events) {
      const said = type === decisionType ? deciding.safeParse(context).data : undefined;
      // The decision comes after what it is about. The first one counts.
      if (said !== undefined) decided.set(said.proposal, said.decision);
      const { data } = proposing.safeParse(context);
      const node = data && understanding.models.tree.node(data.proposal.interest);
      if (data === undefined || node === undefined || newest.has(node.id)) continue;
      const { statement, sense, by, proposal } = data;
      const interest = { id: node.id, label: (node.name ?? node).label };
      const shown = { id, statement, time, sense, topic: text, action: proposal.action, interest, by };
      newest.set(node.id, { proposal: shown, decision: decided.get(id) });
    }
    return [...newest.values()];
  }
}
