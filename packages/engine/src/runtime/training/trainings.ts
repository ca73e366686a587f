/**
 * The jobs that train models on the engine's own log: started, watched, cancelled. One of them reads the log, trains in a
 * thread, has the registry take the model in, and promotes it where that was asked for and it is not worse than what is
 * promoted. So many run at once as `limits.trainingJobs` says; of those that are over the last are told of.
 */
import { hash } from "node:crypto";
import { rm } from "node:fs/promises";
import { PenchantError } from "../../base/errors.ts";
import type { Clock } from "../../base/time.ts";
import { randomUUIDv7 } from "../../base/uuid.ts";
import type { InteractionTable } from "../../core/interaction-table.ts";
import type { Item } from "../../core/item.ts";
import { limits } from "../../core/limits.ts";
import type { CurvePoint, ModelSetting, RecommenderModel } from "../../core/model.ts";
import type { ModelValidation, TrainingJob, TrainingJobDetail, TrainingRequest } from "../../core/registered-model.ts";
import { modelNamed } from "../../models/load.ts";
import type { ModelRegistry } from "../../models/model-registry.ts";
import type { StoredModel } from "../../models/stored-model.ts";
import type { TrainingListeners } from "./train-model.ts";
import { trainInThread } from "./training-thread.ts";

export interface TrainingsOptions {
  readonly clock: Clock;
  readonly registry: ModelRegistry;
  /** Where a request names no seed. */
  readonly seed: number;
  /** All that there is to learn from, now. */
  readonly read: () => Promise<{ items: readonly Item[]; table: InteractionTable; position: number }>;
  readonly promote: (id: string) => Promise<void>;
}

interface Job extends Pick<TrainingJob, "id" | "model" | "config" | "seed" | "startedAt" | "startedBy"> {
  state: TrainingJob["state"];
  progress: number;
  endedAt?: number;
  note?: string;
  result?: NonNullable<TrainingJob["result"]>;
  error?: NonNullable<TrainingJob["error"]>;
  readonly stopping: AbortController;
  /** The model, once the job is done; rejects with what stopped it. */
  readonly trained: Promise<StoredModel>;
  readonly curve: CurvePoint[];
  readonly listeners: Partial<TrainingListeners>;
}

const cancelled = "cancelled";

export class Trainings {
  readonly #options: TrainingsOptions;
  /** Oldest first. */
  readonly #jobs = new Map<string, Job>();

  constructor(options: TrainingsOptions) {
    this.#options = options;
  }

  /**
   * Starts a training and says what it is; it goes on by itself.
   *
   * @throws PENCHANT_E_MODEL_CONFIG for a model or setting that there is not, PENCHANT_E_JOBS_BUSY
   */
  async start(
    request: TrainingRequest,
    { startedBy, ...listeners }: { startedBy: TrainingJob["startedBy"] } & Partial<TrainingListeners>,
  ): Promise<TrainingJob> {
    const { clock, seed } = this.#options;
    const model = await requestedModel(request.model);
    const config = settingsOf(model, request.config ?? {});
    this.#requireRoom();
    const now = clock.now();
    const run = Promise.withResolvers<StoredModel>();
    // Whoever wants to know asks for the job; nobody has to wait for it.
    run.promise.catch(() => undefined);
    const job: Job = {
      id: randomUUIDv7(now),
      model: model.name,
      config,
      seed: request.seed ?? seed,
      startedAt: now,
      startedBy,
      state: "running",
      progress: 0,
      stopping: new AbortController(),
      trained: run.promise,
      curve: [],
      listeners,
    };
    this.#jobs.set(job.id, job);
    this.#forgetOld();
    run.resolve(this.#run(job, request.promote === true));
    return told(job);
  }

  /** Newest first. */
  list(): TrainingJob[] {
    return [...this.#jobs.values()].reverse().map(told);
  }

  get isRunning(): boolean {
    return this.#running().length > 0;
  }

  /** @throws PENCHANT_E_JOB_NOT_FOUND */
  get(id: string): TrainingJobDetail {
    const job = this.#job(id);
    return { ...told(job), curve: [...job.curve] };
  }

  /** The model that comes of a job. Rejects with what stops it. */
  trained(id: string): Promise<StoredModel> {
    return this.#job(id).trained;
  }

  /** Stops a job, and resolves when it has stopped; one that is over stays as it is. @throws PENCHANT_E_JOB_NOT_FOUND */
  async cancel(id: string, reason: unknown = cancelled): Promise<TrainingJob> {
    const job = this.#job(id);
    job.stopping.abort(reason);
    await Promise.allSettled([job.trained]);
    return told(job);
  }

  /** Stops those under way of a kind of model. */
  async cancelAll(isMeant: (model: RecommenderModel) => boolean): Promise<void> {
    for (const { id, model } of this.#running()) if (isMeant(await requestedModel(model))) await this.cancel(id);
  }

  /** Stops all that is under way. What was saved on the way stays: the same training goes on from there. */
  async close(): Promise<void> {
    const running = this.#running();
    for (const { stopping } of running) {
      stopping.abort(new PenchantError("PENCHANT_E_CLOSED", "The engine was closed before the training was done."));
    }
    await Promise.allSettled(running.map(({ trained }) => trained));
  }

  async #run(job: Job, promotes: boolean): Promise<StoredModel> {
    const { clock } = this.#options;
    try {
      const stored = await this.#train(job);
      const isPromoted = promotes && isNotWorse(stored.validation);
      if (isPromoted) await this.#options.promote(stored.id);
      job.result = { model: stored.id, promoted: isPromoted };
      job.state = "done";
      job.progress = 1;
      return stored;
    } catch (error) {
      job.state = job.stopping.signal.aborted ? "cancelled" : "failed";
      if (job.state === "failed") job.error = faultOf(error);
      throw error;
    } finally {
      job.endedAt = clock.now();
    }
  }

  async #train(job: Job): Promise<StoredModel> {
    const { read, registry } = this.#options;
    const { signal } = job.stopping;
    const { items, table, position } = await read();
    signal.throwIfAborted();
    const { promoted } = registry;
    const rival = promoted === undefined ? undefined : registry.find(promoted);
    // What was saved on the way is of these events, settings and seed, and of no others.
    const key = hash("sha256", JSON.stringify([job.model, job.config, job.seed, position, items.length]), "hex");
    const checkpoint = await registry.checkpoint(key.slice(0, 12));
    const folder = await registry.stage();
    try {
      await trainInThread(
        {
          model: job.model,
          config: job.config,
          seed: job.seed,
          trainedAt: job.startedAt,
          items,
          table,
          position,
          folder,
          checkpoint,
          ...(rival && {
            rival: {
              id: rival.id,
              folder: registry.folderOf(rival.id),
              itemIds: rival.itemIds,
              to: rival.data.to,
            },
          }),
        },
        {
          signal,
          onProgress(done, note) {
            job.progress = done;
            if (note !== undefined) job.note = note;
            job.listeners.onProgress?.(done, note);
          },
          onEpoch(point) {
            job.curve.push(point);
            job.listeners.onEpoch?.(point);
          },
        },
      );
      const stored = await registry.add(folder);
      await rm(checkpoint, { recursive: true, force: true });
      return stored;
    } finally {
      await rm(folder, { recursive: true, force: true });
      if (signal.reason === cancelled) await rm(checkpoint, { recursive: true, force: true });
    }
  }

  #job(id: string): Job {
    const job = this.#jobs.get(id);
    if (job !== undefined) return job;
    throw new PenchantError(
      "PENCHANT_E_JOB_NOT_FOUND",
      `There is no job ${JSON.stringify(id)}; of those that are over, the last ${limits.jobsRemembered} since the start are told of.`,
    );
  }

  #running(): Job[] {
    return [...this.#jobs.values()].filter(({ state }) => state === "running");
  }

  #requireRoom(): void {
    const running = this.#running();
    if (running.length < limits.trainingJobs) return;
    throw new PenchantError(
      "PENCHANT_E_JOBS_BUSY",
      `Expected fewer than ${limits.trainingJobs} trainings under way (limits.trainingJobs), and there is one of ${running[0].model}; wait until it is over, or cancel it.`,
      { details: { job: running[0].id, retryAfterSeconds: 60 } },
    );
  }

  #forgetOld(): void {
    const over = [...this.#jobs.values()].filter(({ state }) => state !== "running");
    for (const { id } of over.slice(0, Math.max(0, over.length - limits.jobsRemembered))) this.#jobs.delete(id);
  }
}

/** Without questions for both there is nothing that speaks for a change. */
function isNotWorse({ rival }: ModelValidation): boolean {
  return rival === undefined || (rival.questions > 0 && rival.own >= rival.rivals);
}

async function requestedModel(name: string): Promise<RecommenderModel> {
  const { model, names } = await modelNamed(name);
  if (model !== undefined) return model;
  throw new PenchantError(
    "PENCHANT_E_MODEL_CONFIG",
    `model: expected one of ${names.join(", ")}; got ${JSON.stringify(name)}.`,
    {
      details: { model: name },
    },
  );
}

/** The settings of a request over the defaults. Whether they are in range is the model's to say, when it is fitted. */
function settingsOf(model: RecommenderModel, given: Readonly<Record<string, ModelSetting>>) {
  const defaults = model.defaults as Readonly<Record<string, ModelSetting>>;
  for (const [name, value] of Object.entries(given)) {
    const expected = Object.hasOwn(defaults, name) ? typeof defaults[name] : undefined;
    if (expected === typeof value) continue;
    const names = Object.keys(defaults).join(", ") || "none";
    const problem =
      expected === undefined
        ? `is no setting of it; its settings are: ${names}`
        : `must be a ${expected}, got ${JSON.stringify(value)}`;
    throw new PenchantError("PENCHANT_E_MODEL_CONFIG", `${model.name}: ${name} ${problem}.`, {
      details: { model: model.name, setting: name },
    });
  }
  return { ...defaults, ...given };
}

function faultOf(error: unknown): { code: string; detail: string } {
  if (PenchantError.isInstance(error)) return { code: error.code, detail: error.message };
  return { code: "PENCHANT_E_INTERNAL", detail: error instanceof Error ? error.message : String(error) };
}

function told({
  stopping: _stopping,
  trained: _trained,
  curve: _curve,
  listeners: _listeners,
  ...job
}: Job): TrainingJob {
  return job;
}
