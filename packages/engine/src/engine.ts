/** The composition root: a validated configuration becomes a wired engine. */
import { type Clock, systemClock } from "./base/time.ts";
import { type PenchantConfig, type PenchantConfigInput, parseConfig } from "./config.ts";
import type { LanguageModel } from "./core/ports.ts";
import { Encoder } from "./runtime/encoder.ts";
import type { Engine } from "./runtime/engine-contract.ts";
import { folding } from "./runtime/folding.ts";
import { Identities } from "./runtime/identities.ts";
import { Intake } from "./runtime/intake.ts";
import { Models } from "./runtime/models.ts";
import { PenchantEngine } from "./runtime/penchant-engine.ts";
import { ProfileWatches } from "./runtime/profile-watches.ts";
import type { ProgressListener } from "./runtime/progress.ts";
import { Reencoding } from "./runtime/reencoding.ts";
import { Understanding } from "./runtime/understanding.ts";
import { UserStates } from "./runtime/user-states.ts";
import { Webhook } from "./runtime/webhook/webhook.ts";
import { openEmbeddingCache } from "./storage/embedded/embedding-cache.ts";
import { openEmbeddedStorage } from "./storage/embedded/index.ts";
import { encodersFolder, openEmbedder } from "./text/open.ts";

export type * from "./runtime/engine-contract.ts";
export type { EngineFigures, ProviderFigures } from "./runtime/figures.ts";
export type { NamingReport } from "./runtime/interest-names.ts";
export type { ProfileUpdate } from "./runtime/profile-watches.ts";
export type { Progress, ProgressListener } from "./runtime/progress.ts";
export type { WebhookDelivery } from "./runtime/webhook/deliveries.ts";
export { takeDirectory } from "./storage/embedded/connection.ts";
export { openEmbeddingCache } from "./storage/embedded/embedding-cache.ts";
export { type DataContent, inspectDatabase } from "./storage/embedded/inspect.ts";
export {
  type DataCounts,
  installDatabase,
  migrateDatabase,
  snapshotDatabase,
  syncPath,
  verifyDatabase,
} from "./storage/embedded/snapshot.ts";

export interface EngineOptions extends PenchantConfigInput {
  readonly clock?: Clock;
  /** Told how far a long start is: replaying events after a crash, or finishing a rebuild that was cut off. */
  readonly onProgress?: ProgressListener;
  /**
   * Told of what goes wrong while nobody waits for it: states that could not be written behind and a webhook that is not
   * taken, which are kept and tried again, a promoted model that cannot be used, a training of the schedule that could not be
   * started, embedders and language models that did not answer. Default: a line on stderr.
   */
  readonly onBackgroundError?: (error: unknown) => void;
  /** Milliseconds after which items are embedded anew where the configured embedder has changed. Default 5,000. */
  readonly reencodingDelayMs?: number;
}

/** What the stored states were folded with: the event weights, and how events are folded. */
const weightsBlob = "event-weights";
/** How long after its start an engine looks whether its vectors are those of the configured embedder. */
const defaultReencodingDelayMs = 5_000;
/** How long after its start an engine reads states ahead: commands that are done by then do not need them. */
const readAheadDelayMs = 500;
/** Raise it when the same log makes other states than before: those of an older version are then made again. */
const foldingVersion = 2;
/** Where there is no language model. */
const unexplained = { items: 0, deadlineMs: 0, tokens: 0 };
/** Changed states above which writing them hurries, as a part of those kept in memory. */
const dirtyStatesShare = 0.8;

/**
 * Opens an engine on a data folder, making the folder where there is none.
 *
 * @throws PENCHANT_E_CONFIG for options that do not fit, PENCHANT_E_STORAGE_LOCKED when another engine has the folder,
 * other PENCHANT_E_STORAGE codes when the database cannot be used
 * @example
 * const engine = await openEngine({ dataDir: "./data" });
 * await engine.putItems([{ id: "m1", title: "Heat", categories: [["Film", "Crime"]] }]);
 * await engine.track([{ user: "u42", type: "view", item: "m1" }]);
 * const { recommendations } = await engine.recommend("u42", { limit: 10 });
 */
export async function openEngine(options: EngineOptions = {}): Promise<Engine> {
  const {
    clock = systemClock,
    onProgress,
    onBackgroundError = reportOnStderr,
    reencodingDelayMs = defaultReencodingDelayMs,
    ...input
  } = options;
  const config = parseConfig(input);
  const storage = await openEmbeddedStorage({ dataDir: config.dataDir, clock });
  const encoder = new Encoder({
    settings: config.embedder.parts,
    isAdapted: config.embedder.isAdapted,
    open: (setting, signal) =>
      openEmbedder(setting, { clock, environment: process.env, folder: encodersFolder(config.dataDir), signal }),
    cache: () => openEmbeddingCache(config.dataDir),
    onError: onBackgroundError,
  });
  let states: UserStates | undefined;
  let webhook: Webhook | undefined;
  let models: Models | undefined;
  let reencoding: Reencoding | undefined;
  try {
    const { understanding, isWhole } = await Understanding.load(storage, config.eventWeights, encoder);
    const identities = await Identities.load(storage.users);
    const fold = folding(understanding);
    const watches = new ProfileWatches();
    states = new UserStates({
      log: storage.events,
      store: storage.states,
      identities,
      fold,
      onChanged: (user) => {
        watches.notify(user);
        webhook?.notify();
      },
      treeVersion: () => understanding.models.tree.version,
      cachedMax: config.cachedStates,
      dirtyMax: Math.ceil(config.cachedStates * dirtyStatesShare),
      eventsBehindMax: config.eventsBehindCheckpoint,
      intervalMs: config.flushIntervalSeconds * 1_000,
      onError: onBackgroundError,
    });
    const intake = new Intake({
      clock,
      log: storage.events,
      states,
      isKnownType: (type) => Object.hasOwn(config.eventWeights, type),
      isReadForSentiment: (type) =>
        Object.hasOwn(config.eventWeights, type) && config.eventWeights[type] === "sentiment",
      strictTypes: config.strictTypes,
      eventsInFlightMax: config.eventsInFlight,
    });
    const { blend, seed, dataDir, retrain } = config;
    if (config.webhook !== undefined) {
      const sources = { storage, understanding, identities, fold };
      webhook = await Webhook.open(config.webhook, sources, { clock, onError: onBackgroundError });
    }
    models = await Models.open({
      clock,
      dataDir,
      storage,
      understanding,
      identities,
      seed,
      retrain: retrain && { everyMs: retrain.every, minNewEvents: retrain.minNewEvents },
      onError: onBackgroundError,
    });
    const engine = new PenchantEngine({
      clock,
      storage,
      understanding,
      states,
      intake,
      identities,
      fold,
      watches,
      webhook,
      models,
      blend,
      seed,
      encoder,
      onBackgroundError,
      reencoding: () => reencoding,
      languageModel: await languageModelOf(config, clock),
      guests: config.languageModel ?? { explanations: unexplained },
    });
    const total = (await storage.events.lastPosition()) - (await storage.states.checkpoint());
    // The weights are in the states: under other weights than these were folded with, the log says something else.
    const weights = Buffer.from(
      JSON.stringify([foldingVersion, ...Object.entries(config.eventWeights).sort(([a], [b]) => (a < b ? -1 : 1))]),
    );
    const foldedWith = await storage.blobs.get(weightsBlob);
    const isCurrent = foldedWith !== undefined && weights.equals(foldedWith);
    if (isWhole && isCurrent) await states.recover((done) => onProgress?.({ step: "Replaying events", done, total }));
    else await engine.rebuild({ tree: !isWhole, mayLackTexts: true, onProgress });
    if (!isCurrent) await storage.blobs.put(weightsBlob, weights);
    webhook?.start();
    await engine.statements.start();
    const ahead = states;
    setTimeout(() => void ahead.readAhead().catch(onBackgroundError), readAheadDelayMs).unref();
    reencoding = new Reencoding({
      isCurrent: () => understanding.isOfConfiguredEmbedders(),
      embed: (signal) => encoder.read(understanding.items(), { signal }),
      rebuild: () => engine.rebuild(),
      stopOpening: () => encoder.stop(),
      onError: onBackgroundError,
      delayMs: reencodingDelayMs,
    });
    return engine;
  } catch (error) {
    states?.stop();
    await models?.close();
    await encoder.close();
    await storage.close();
    throw error;
  }
}

/** Its code is loaded only where a model is configured. */
async function languageModelOf(config: PenchantConfig, clock: Clock): Promise<LanguageModel | undefined> {
  if (config.languageModel === undefined) return undefined;
  const { openLanguageModel } = await import("./text/language-model.ts");
  return openLanguageModel(config.languageModel, { clock, environment: process.env });
}

function reportOnStderr(error: unknown): void {
  console.error(`penchant: something behind the scenes failed: ${String(error)}`);
}
