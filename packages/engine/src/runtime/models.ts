/**
 * The engine's trained models: the registry, the one that scores, and the trainings. A promotion takes effect with the next
 * recommendation: the model is loaded and checked first, so that one that is damaged changes nothing.
 */

import { PenchantError } from "../base/errors.ts";
import type { Clock } from "../base/time.ts";
import type { Interaction, Storage } from "../core/ports.ts";
import type {
  ModelList,
  RegisteredModel,
  RegisteredModelDetail,
  TrainableModel,
  TrainingJob,
  TrainingJobDetail,
  TrainingRequest,
} from "../core/registered-model.ts";
import type { RecentEvent } from "../core/state.ts";
import { modelNamed, trainableModels } from "../models/load.ts";
import { readModelCurve } from "../models/model-folder.ts";
import { ModelRegistry } from "../models/model-registry.ts";
import type { StoredModel } from "../models/stored-model.ts";
import { heardEvents } from "../recommend/attention.ts";
import { longShortReason } from "../recommend/candidates/model.ts";
import type { ModelAmounts, RecommendContext } from "../recommend/context.ts";
import type { Identities } from "./identities.ts";
import { inOrderOfTime, readInteractions } from "./interactions.ts";
import type { EngineModels, TrainOptions } from "./models-contract.ts";
import { ServedKeys } from "./serving/served-keys.ts";
import { type ModelScores, openServedModel, type ServedModel } from "./serving/served-model.ts";
import { Retraining } from "./training/retraining.ts";
import { Trainings } from "./training/trainings.ts";
import type { Understanding } from "./understanding.ts";

export interface ModelsParts {
  readonly clock: Clock;
  readonly dataDir: string;
  readonly storage: Storage;
  readonly understanding: Understanding;
  readonly identities: Identities;
  readonly seed: number;
  readonly retrain: { readonly everyMs: number; readonly minNewEvents: number } | undefined;
  /** Told of what goes wrong while nobody waits for it. */
  readonly onError: (error: unknown) => void;
}

/** How a model is asked beside the events: when, whether for an account, and with which gate where one is set. */
export interface Asked {
  readonly at: number;
  readonly explain: boolean;
  readonly longShort: number | undefined;
}

/** A model's answer, with the events that it was asked about. */
export interface Scored {
  readonly served: ServedModel;
  readonly scores: ModelScores;
  readonly events: readonly RecentEvent[];
}

export class Models implements EngineModels {
  readonly #parts: ModelsParts;
  readonly #registry: ModelRegistry;
  readonly #trainings: Trainings;
  readonly #retraining: Retraining | undefined;
  #served: ServedModel | undefined;
  readonly #keys: ServedKeys;
  /** Promotions, rollbacks and removals happen one after the other. */
  #line: Promise<unknown> = Promise.resolve();

  private constructor(parts: ModelsParts, registry: ModelRegistry) {
    const { clock, seed, storage, retrain, onError } = parts;
    this.#parts = parts;
    this.#registry = registry;
    this.#keys = new ServedKeys(() => parts.understanding.catalogue);
    this.#trainings = new Trainings({
      clock,
      registry,
      seed,
      read: () => this.#readLog(),
      promote: async (id) => void (await this.promote(id)),
    });
    this.#retraining =
      retrain &&
      new Retraining({
        ...retrain,
        clock,
        registry,
        trainings: this.#trainings,
        onError,
        lastPosition: () => storage.events.lastPosition(),
      });
  }

  /** A promoted model that is damaged is told of, and the engine goes on without it. */
  static async open(parts: ModelsParts): Promise<Models> {
    const models = new Models(parts, await ModelRegistry.open(parts.dataDir));
    await models.#serve().catch(parts.onError);
    return models;
  }

  /** See `EngineModels.list`. */
  list(): ModelList {
    return {
      models: this.#registry.list().map((model) => this.#registered(model)),
      promoted: this.#served?.stored.id ?? null,
      promotions: this.#registry.promotions,
      damaged: this.#registry.damaged(),
    };
  }

  /** See `EngineModels.trainable`. */
  trainable(): Promise<readonly TrainableModel[]> {
    return trainableModels();
  }

  /** See `EngineModels.get`. */
  async get(id: string): Promise<RegisteredModelDetail> {
    const model = this.#registered(this.#registry.get(id));
    return { ...model, curve: await readModelCurve(this.#registry.folderOf(id)) };
  }

  /** See `EngineModels.promote`. */
  promote(id: string): Promise<ModelList> {
    return this.#inLine(async () => {
      const served = await this.#open(this.#registry.get(id));
      try {
        await this.#registry.promote(id, this.#parts.clock.now());
      } catch (error) {
        await served.close();
        throw error;
      }
      await this.#replace(served);
      return this.list();
    });
  }

  /** See `EngineModels.rollback`. */
  rollback(): Promise<ModelList> {
    return this.#inLine(async () => {
      if (this.#registry.promotions.length === 0) {
        throw new PenchantError("PENCHANT_E_MODEL_NOT_FOUND", "Expected a promotion to take back, and there is none.");
      }
      const before = this.#registry.promotions.at(-2);
      const served = before && (await this.#open(this.#registry.get(before.model)));
      await this.#registry.rollback();
      await this.#replace(served);
      return this.list();
    });
  }

  /** See `EngineModels.train`. */
  async train({ signal, onProgress, onEpoch, ...request }: TrainOptions): Promise<RegisteredModel> {
    signal?.throwIfAborted();
    const listeners = { ...(onProgress && { onProgress }), ...(onEpoch && { onEpoch }) };
    const { id } = await this.#trainings.start(request, { startedBy: "request", ...listeners });
    const stop = () => void this.#trainings.cancel(id, signal?.reason);
    signal?.addEventListener("abort", stop, { once: true });
    if (signal?.aborted) stop();
    try {
      return this.#registered(await this.#trainings.trained(id));
    } finally {
      signal?.removeEventListener("abort", stop);
    }
  }

  /** See `EngineModels.startTraining`. */
  startTraining(request: TrainingRequest): Promise<TrainingJob> {
    return this.#trainings.start(request, { startedBy: "request" });
  }

  /** See `EngineModels.jobs`. */
  jobs(): TrainingJob[] {
    return this.#trainings.list();
  }

  /** See `EngineModels.job`. */
  job(id: string): TrainingJobDetail {
    return this.#trainings.get(id);
  }

  /** See `EngineModels.cancelJob`. */
  cancelJob(id: string): Promise<TrainingJob> {
    return this.#trainings.cancel(id);
  }

  /** What the promoted model says to a user's newest events; undefined without one, and to events that it knows nothing of. */
  score(context: RecommendContext, asked: Asked): Scored | Promise<Scored> | undefined {
    const served = this.#served;
    if (served === undefined) return undefined;
    const keys = this.#keys.of(served);
    let events = heardEvents(context).filter(({ item }) => keys.inModel(item) >= 0);
    if (served.isAdditive) events = newestOfEach(events);
    if (events.length === 0) return undefined;
    const history = events.map(
      ({ item, time, weight, value }): Interaction => ({
        item: keys.inModel(item),
        time,
        weight,
        ...(Number.isNaN(value) ? {} : { value }),
      }),
    );
    const { at, longShort, explain } = asked;
    const scores = served.score({ history, at, longShort }, explain);
    return scores instanceof Promise
      ? scores.then((done) => ({ served, scores: done, events }))
      : { served, scores, events };
  }

  /** A model's answer by the catalogue's keys of now. */
  amountsOf({ served, scores, events }: Scored): ModelAmounts {
    const keys = this.#keys.of(served);
    const { amounts, partsOf, account } = scores;
    return {
      model: served.stored.id,
      amounts: keys.spread(amounts, 0),
      ...(partsOf && {
        partsOf: (item) => partsOf(keys.inModel(item)).map((amount, index) => ({ event: events[index], amount })),
      }),
      ...(account && { accountOf: (item) => longShortReason(account, keys.inModel(item)) }),
    };
  }

  /** Somebody was erased: models that hold people's histories may hold theirs. */
  forgetHistories(): Promise<void> {
    return this.#inLine(async () => {
      await this.#trainings.cancelAll(({ keepsHistories }) => keepsHistories === true);
      const ids: string[] = [];
      for (const { id, name } of this.#registry.list()) {
        if ((await modelNamed(name)).model?.keepsHistories) ids.push(id);
      }
      if (ids.length === 0) return;
      await this.#registry.remove(ids);
      if (this.#served !== undefined && ids.includes(this.#served.stored.id)) await this.#replace(undefined);
      if (this.#served === undefined) await this.#serve().catch(this.#parts.onError);
    });
  }

  async close(): Promise<void> {
    await this.#retraining?.stop();
    await this.#trainings.close();
    await this.#line;
    await this.#served?.close();
  }

  /** Loads what is promoted. */
  async #serve(): Promise<void> {
    const { promoted } = this.#registry;
    if (promoted !== undefined) this.#served = await this.#open(this.#registry.get(promoted));
  }

  async #open(model: StoredModel): Promise<ServedModel> {
    try {
      return await openServedModel(model, this.#registry.folderOf(model.id));
    } catch (error) {
      if (PenchantError.isInstance(error) && error.code === "PENCHANT_E_MODEL_FILE") {
        this.#registry.setAside(model.id, error);
      }
      throw error;
    }
  }

  async #replace(served: ServedModel | undefined): Promise<void> {
    const before = this.#served;
    this.#served = served;
    await before?.close();
  }

  #registered({ itemIds, ...model }: StoredModel): RegisteredModel {
    const { catalogue } = this.#parts.understanding;
    const known = itemIds.reduce((count, id) => count + (catalogue.key(id) === undefined ? 0 : 1), 0);
    return { ...model, itemsUnknown: catalogue.size - known };
  }

  async #readLog() {
    const { storage, understanding, identities } = this.#parts;
    const position = await storage.events.lastPosition();
    const { table } = await readInteractions(storage.events, understanding.toFoldable, (id) => identities.resolve(id));
    // The items after their events: some may come while the log is read.
    const items = understanding.catalogue.entries().map(({ item }) => item);
    return { items, table: inOrderOfTime(table), position };
  }

  #inLine<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = this.#line.then(work);
    this.#line = result.catch(() => undefined);
    return result;
  }
}

/** The newest event on each item, in order of time. */
function newestOfEach(events: readonly RecentEvent[]): RecentEvent[] {
  const newest = new Map(events.map((event) => [event.item, event]));
  return events.filter((event) => newest.get(event.item) === event);
}
