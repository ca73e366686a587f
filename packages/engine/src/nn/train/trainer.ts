/**
 * Trains networks: batch after batch, epoch after epoch, until there is no more to gain. Between batches it listens for
 * cancellation, tells how far it is, and saves; after each epoch it asks for the metrics and keeps the best weights.
 *
 * A training is a function of its options alone: on one thread the same seed gives the same numbers to the last bit,
 * however often the training was stopped and resumed on the way. Resuming replays the batches of the epoch under way
 * without computing them, so that `batches(epoch)` has to give the same batches for the same epoch.
 */
import { mkdir } from "node:fs/promises";
import { PenchantError } from "../../base/errors.ts";
import { secondMs, systemClock } from "../../base/time.ts";
import { writeSafetensors } from "../files/safetensors.ts";
import { dropoutKey } from "../layers/dropout.ts";
import { updateRows } from "../optimisers/sparse-adam.ts";
import type { DeviceOptions, Feeds } from "../session.ts";
import type { Values } from "../tensor.ts";
import { bestPath, type Identity, type Progress, readCheckpoint, readWeights, writeCheckpoint } from "./checkpoint.ts";
import { writeCurve } from "./curve.ts";
import { diagnose } from "./diagnose.ts";
import { checkMetrics, isBetter } from "./early-stopping.ts";
import { type Batch, checkOptions, type EpochReport, type TrainOptions, type TrainResult } from "./options.ts";
import { prefetch } from "./prefetch.ts";
import { openStep, type StepResult, sharedParameters, type TrainingStep } from "./step.ts";
import { rowsInput, TrainingVariables } from "./variables.ts";

/** Batches asked for ahead of the one that is computed. */
const batchesAhead = 2;
/** The input of `dropoutInput`. */
const dropoutInputName = "dropoutKey";

/**
 * @example
 * const { weights } = await train({ losses: { all: loss }, batches, epochs: 10, seed: 1, optimiser: adam(),
 *   schedule: constantSchedule({ rate: 1e-3 }) });
 * @throws PENCHANT_E_CONFIG for settings out of range, and metrics that are missing or not finite
 * @throws PENCHANT_E_NN_DIVERGED when a loss or gradient is not finite
 * @throws PENCHANT_E_NN_CHECKPOINT when what was saved is damaged or of another training
 * @throws PENCHANT_E_NN_FEED when a batch does not fit its network
 */
export async function train(options: TrainOptions): Promise<TrainResult> {
  const { losses, tables = {}, seed, optimiser, clipGlobalNorm, signal } = options;
  checkOptions(options);
  signal?.throwIfAborted();
  const parameters = sharedParameters(Object.values(losses));
  const variables = new TrainingVariables(parameters, optimiser, tables, seed);
  const steps = new Map<string, TrainingStep>();
  try {
    for (const [bucket, loss] of Object.entries(losses)) {
      const rows = Object.keys(tables).map(rowsInput);
      steps.set(bucket, await openStep(loss, { ...deviceOf(options), optimiser, clipGlobalNorm, tables: rows }));
    }
    return await new Training(options, variables, steps).run();
  } finally {
    for (const step of steps.values()) await step.close();
  }
}

class Training {
  readonly #options: TrainOptions;
  readonly #variables: TrainingVariables;
  readonly #steps: ReadonlyMap<string, TrainingStep>;
  readonly #identity: Identity;
  #progress: Progress = beginning;
  #best: Readonly<Record<string, Values>> | undefined;
  /** Of this run of the epoch: what its speed follows from. */
  #pace = { startMs: 0, examples: 0, batches: 0 };
  /** Of this run of the training. */
  #began = { atMs: 0, seconds: 0 };

  constructor(options: TrainOptions, variables: TrainingVariables, steps: ReadonlyMap<string, TrainingStep>) {
    this.#options = options;
    this.#variables = variables;
    this.#steps = steps;
    this.#identity = identityOf(options);
  }

  async run(): Promise<TrainResult> {
    await this.#resume();
    this.#began = { atMs: this.#now(), seconds: this.#progress.seconds };
    while (!this.#progress.stoppedEarly && this.#progress.epoch <= this.#options.epochs) {
      await this.#epoch();
      await this.#endEpoch();
    }
    const { reports, bestEpoch, stoppedEarly } = this.#progress;
    return {
      weights: this.#best ?? copied(this.#variables.weights()),
      epochs: reports,
      bestEpoch: bestEpoch ?? reports.length,
      stopped: stoppedEarly ? "early" : "after all epochs",
    };
  }

  async #epoch(): Promise<void> {
    const { batches, signal, checkpoint } = this.#options;
    const { epoch } = this.#progress;
    this.#pace = { startMs: this.#now(), examples: 0, batches: 0 };
    let position = 0;
    for await (const batch of prefetch(batches(epoch), batchesAhead)) {
      position += 1;
      if (position <= this.#progress.batchesDone) continue;
      if (signal?.aborted) {
        await this.#save();
        throw signal.reason;
      }
      await this.#batch(batch);
      if (checkpoint?.everySteps !== undefined && this.#progress.step % checkpoint.everySteps === 0) await this.#save();
    }
    if (position === 0) throw new PenchantError("PENCHANT_E_NN_FEED", `Epoch ${epoch} has no batches.`);
  }

  async #batch(batch: Batch): Promise<void> {
    const { schedule, optimiser, seed } = this.#options;
    const [bucket, network] = this.#networkOf(batch);
    const step = this.#progress.step + 1;
    const rate = schedule(step);
    const feeds: Record<string, Values> = {
      ...batch.feeds,
      ...this.#variables.gather(batch.rows ?? {}, network.inputs),
    };
    if (network.inputs.has(dropoutInputName)) feeds[dropoutInputName] = dropoutKey(seed, step);
    const result = await network.run(feeds, this.#variables.state, step, rate);
    if (!Number.isFinite(result.loss) || !Number.isFinite(result.gradientNorm)) {
      throw await this.#diverged(bucket, feeds, result);
    }
    this.#variables.swap();
    for (const [name, table] of this.#variables.tables) {
      const gradients = result.rowGradients[rowsInput(name)];
      const rows = batch.rows?.[name];
      if (rows !== undefined && gradients !== undefined) {
        updateRows(table, rows, gradients, { step, rate, ...optimiser.settings });
      }
    }
    const { batchesDone, lossSum, exampleCount } = this.#progress;
    this.#progress = {
      ...this.#progress,
      step,
      batchesDone: batchesDone + 1,
      lossSum: lossSum + result.loss * batch.examples,
      exampleCount: exampleCount + batch.examples,
    };
    this.#report(batch, result, rate);
  }

  #networkOf({ bucket, examples }: Batch): [string, TrainingStep] {
    const names = [...this.#steps.keys()];
    const name = bucket ?? names[0];
    const network = this.#steps.get(name);
    if (network === undefined || (bucket === undefined && names.length > 1)) {
      throw new PenchantError(
        "PENCHANT_E_NN_FEED",
        `A batch must name one of the buckets ${names.join(", ")}; came ${bucket ?? "none"}.`,
      );
    }
    if (!(examples > 0 && Number.isFinite(examples))) {
      throw new PenchantError("PENCHANT_E_NN_FEED", `A batch must say how many examples it holds; came ${examples}.`);
    }
    return [name, network];
  }

  #report({ examples }: Batch, { gradientNorm }: StepResult, learningRate: number): void {
    const { onStep, epochs } = this.#options;
    const { epoch, batchesDone, batchesInEpoch, lossSum, exampleCount } = this.#progress;
    const pace = this.#pace;
    pace.examples += examples;
    pace.batches += 1;
    if (onStep === undefined) return;
    const seconds = Math.max(this.#now() - pace.startMs, 1) / secondMs;
    const batchesLeft = batchesInEpoch === null ? undefined : (epochs - epoch + 1) * batchesInEpoch - batchesDone;
    onStep({
      epoch,
      epochs,
      batch: batchesDone,
      batches: batchesInEpoch ?? undefined,
      loss: lossSum / exampleCount,
      gradientNorm,
      learningRate,
      examplesPerSecond: pace.examples / seconds,
      secondsLeft: batchesLeft === undefined ? undefined : (batchesLeft * seconds) / pace.batches,
    });
  }

  async #endEpoch(): Promise<void> {
    const { validate, onEpoch, earlyStopping, checkpoint, schedule } = this.#options;
    const { epoch, step, batchesDone, lossSum, exampleCount, reports, bestEpoch } = this.#progress;
    const metrics = (await validate?.(this.#variables.weights(), epoch)) ?? {};
    checkMetrics(metrics, earlyStopping);
    const report: EpochReport = {
      epoch,
      step,
      loss: lossSum / exampleCount,
      metrics,
      learningRate: schedule(step),
      seconds: this.#seconds(),
    };
    let best = bestEpoch;
    if (earlyStopping !== undefined && isBetter(report, reports, bestEpoch, earlyStopping)) {
      best = epoch;
      this.#best = copied(this.#variables.weights());
      if (checkpoint !== undefined) {
        const tensors = this.#variables.weightTensors();
        await writeSafetensors(bestPath(checkpoint.folder), { tensors, metadata: { epoch: String(epoch) } });
      }
    }
    this.#progress = {
      ...beginning,
      epoch: epoch + 1,
      step,
      batchesInEpoch: batchesDone,
      reports: [...reports, report],
      bestEpoch: best,
      stoppedEarly: earlyStopping !== undefined && epoch - (best ?? 0) >= earlyStopping.patienceEpochs,
    };
    await this.#save();
    if (checkpoint !== undefined) await writeCurve(checkpoint.folder, this.#progress.reports);
    onEpoch?.(report, false);
  }

  async #save(): Promise<void> {
    const { checkpoint } = this.#options;
    if (checkpoint === undefined) return;
    const progress = { ...this.#progress, seconds: this.#seconds() };
    await writeCheckpoint(checkpoint.folder, this.#variables.tensors(), this.#identity, progress);
  }

  async #resume(): Promise<void> {
    const { checkpoint, onEpoch } = this.#options;
    if (checkpoint === undefined) return;
    await mkdir(checkpoint.folder, { recursive: true });
    const saved = await readCheckpoint(checkpoint.folder, this.#variables.tensors(), this.#identity);
    if (saved === undefined) return;
    this.#variables.restore(saved.tensors);
    this.#progress = saved.progress;
    for (const report of saved.progress.reports) onEpoch?.(report, true);
    if (saved.progress.bestEpoch === null) return;
    const best = await readWeights(bestPath(checkpoint.folder), this.#variables.weightTensors());
    this.#best = Object.fromEntries([...best].map(([name, { values }]) => [name, values]));
  }

  /** The state is still the one that the step began with, so that it can be computed again. */
  async #diverged(bucket: string, feeds: Feeds, { loss, gradientNorm }: StepResult): Promise<PenchantError> {
    const { losses } = this.#options;
    const parameters = [...sharedParameters([losses[bucket]]).values()];
    const all = { ...feeds, ...this.#variables.parameters() };
    const cause = await diagnose(losses[bucket], parameters, all, deviceOf(this.#options));
    const { epoch, step, batchesDone } = this.#progress;
    const place = `Step ${step + 1} (epoch ${epoch}, batch ${batchesDone + 1})`;
    return new PenchantError(
      "PENCHANT_E_NN_DIVERGED",
      `${place}: the loss is ${loss}, the gradients' norm ${gradientNorm}; ${cause ?? "no single value shows why"}.`,
      { details: { epoch, step: step + 1, loss: String(loss), gradientNorm: String(gradientNorm) } },
    );
  }

  #seconds(): number {
    const { atMs, seconds } = this.#began;
    return seconds + (this.#now() - atMs) / secondMs;
  }

  #now(): number {
    return (this.#options.clock ?? systemClock).now();
  }
}

const beginning: Progress = {
  epoch: 1,
  batchesDone: 0,
  step: 0,
  lossSum: 0,
  exampleCount: 0,
  batchesInEpoch: null,
  reports: [],
  bestEpoch: null,
  stoppedEarly: false,
  seconds: 0,
};

function identityOf({ optimiser, clipGlobalNorm, seed, tables, earlyStopping }: TrainOptions): Identity {
  return {
    optimiser: `${optimiser.name} ${JSON.stringify(optimiser.settings)}`,
    "norm that gradients are clipped to": String(clipGlobalNorm ?? "none"),
    seed: String(seed),
    tables: JSON.stringify(tables ?? {}, (key, value: unknown) => (key === "initial" ? undefined : value)),
    "metric of early stopping": earlyStopping ? `${earlyStopping.better} ${earlyStopping.metric}` : "none",
  };
}

function deviceOf({ device, threads, spinning }: DeviceOptions): DeviceOptions {
  return {
    ...(device !== undefined && { device }),
    ...(threads !== undefined && { threads }),
    ...(spinning !== undefined && { spinning }),
  };
}

function copied(weights: Readonly<Record<string, Values>>): Record<string, Values> {
  return Object.fromEntries(Object.entries(weights).map(([name, values]) => [name, values.slice()]));
}
