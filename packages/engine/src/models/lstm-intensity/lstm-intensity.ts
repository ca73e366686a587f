/**
 * How strong an interest will be, by a recurrent network: two layers of long short-term memory (64 and 32 units) read the
 * windows of a row, its parent and all that the person did, and a linear output says how many events come under the row in
 * the days that follow. It minimises the squared error, of the counts or of ln(1 + count) (`target`).
 *
 * It learns from some of the people, at a few moments that lie a horizon apart: what they had done by then, and what they did
 * next. Rows that read the same are one question, whose answer is their mean and which counts for all of them: the loss is
 * that of every row, but for a constant. A tenth of the people say when to stop.
 */
import { PenchantError } from "../../base/errors.ts";
import type { ModelFitOptions, SavedModel } from "../../core/model.ts";
import { sum } from "../../nn/operations/broadcasting.ts";
import { mul, sub } from "../../nn/operations/elementwise.ts";
import { adam } from "../../nn/optimisers/optimiser.ts";
import { constantSchedule } from "../../nn/optimisers/schedule.ts";
import { parameterName } from "../../nn/parameters.ts";
import { input, sizeOf } from "../../nn/tensor.ts";
import { train } from "../../nn/train/trainer.ts";
import { dataError } from "../histories.ts";
import type { IntensityHistories } from "../intensity/sessions.ts";
import { readSaved, savedModel } from "../saved.ts";
import { checkSettings } from "../settings.ts";
import type { Weights } from "../training/weights.ts";
import { batchesOf, examplesOf, squaredError } from "./examples.ts";
import { forecast, openAnswers, parameters } from "./network.ts";
import { type LstmIntensityConfig, lstmIntensityDefaults, lstmIntensityRanges } from "./settings.ts";
import { channels, distinctQuestions, rateLevels, windowsBefore, writeSeries } from "./windows.ts";

const identity = { name: "lstm-intensity", version: 1 };
const error = "MSE";
/** People whose questions are asked together: batches have one size, and one person's would leave most of it empty. */
const askedTogether = 128;

export interface FittedLstmIntensity {
  readonly config: LstmIntensityConfig;
  /** Mean squared error of the counts on validation, over all rows; NaN without one. */
  readonly validationError: number;
  /**
   * Events that are expected under every row within the horizon, never negative. [users][rows]
   *
   * @param histories of the tree that it was fitted to
   * @throws PENCHANT_E_MODEL_DATA for a tree of another size
   */
  expected(histories: IntensityHistories, users: readonly number[], at: number): Promise<Float64Array[]>;
  save(): SavedModel;
}

/**
 * @param until what happened from this moment on is not looked at
 * @throws PENCHANT_E_MODEL_CONFIG for a setting out of range; PENCHANT_E_MODEL_DATA where nobody's history reaches back a
 *   horizon; the signal's reason where it is told to stop
 */
export async function fitLstmIntensity(
  histories: IntensityHistories,
  until: number,
  settings: Partial<LstmIntensityConfig>,
  { seed, signal, onProgress }: ModelFitOptions,
): Promise<FittedLstmIntensity> {
  const config = { ...lstmIntensityDefaults, ...settings };
  checkSettings(identity.name, config, lstmIntensityRanges);
  signal?.throwIfAborted();
  const levels = rateLevels(histories, until);
  const examples = examplesOf(histories, levels, until, config, seed);
  if (examples.learned.count === 0) {
    throw dataError(identity.name, `nobody did anything ${config.horizonDays} days or more before the end.`);
  }
  const { learned, validation } = examples;
  const batchSize = Math.min(config.batchSize, learned.count);
  const threads = { ...(config.threads > 0 && { threads: config.threads }), spinning: false };
  const answers = input("answers", [batchSize]);
  const weights = input("weights", [batchSize]);
  const difference = sub(forecast(input("series", [batchSize, config.windows, channels])), answers);
  const measured = validation.count === 0 ? undefined : await openAnswers(config);
  let validationError = Number.NaN;
  try {
    const { weights: fitted } = await train({
      ...threads,
      losses: { series: sum(mul(mul(difference, difference), weights)) },
      batches: (epoch) => batchesOf(learned, batchSize, seed + epoch, config),
      epochs: config.epochs,
      seed,
      optimiser: adam(),
      schedule: constantSchedule({ rate: config.learningRate }),
      ...(measured && {
        validate: async (current) => {
          const answered = await measured.answer(validation.series, current);
          return { [error]: squaredError(answered, validation) };
        },
        earlyStopping: { metric: error, better: "lower", patienceEpochs: config.patience },
      }),
      signal,
      onEpoch: ({ epoch, loss, metrics }) => {
        const reached = metrics[error];
        if (reached !== undefined && !(reached >= validationError)) validationError = reached;
        onProgress?.(epoch / config.epochs, `epoch ${epoch}: loss ${loss.toFixed(4)}${told(reached)}`);
      },
    });
    return fittedModel({ config, levels, weights: fitted as Weights, validationError });
  } finally {
    await measured?.close();
  }
}

/** @throws PENCHANT_E_MODEL_FILE for another model or version, or one that lacks a part */
export function loadLstmIntensity(saved: SavedModel): FittedLstmIntensity {
  const parts = readSaved(saved, identity);
  const config = saved.config as unknown as LstmIntensityConfig;
  const unfit = (problem: string, cause?: unknown) =>
    new PenchantError("PENCHANT_E_MODEL_FILE", `${identity.name}: ${problem}`, {
      details: { model: identity.name },
      cause,
    });
  try {
    checkSettings(identity.name, config, lstmIntensityRanges);
  } catch (cause) {
    throw unfit(`the stored settings do not fit: ${String(cause)}`, cause);
  }
  const weights: Record<string, Float32Array> = {};
  for (const parameter of parameters(config)) {
    const part = parameterName(parameter);
    weights[part] = parts.floats(part);
    if (weights[part].length !== sizeOf(parameter.shape)) throw unfit(`part "${part}" does not fit.`);
  }
  const [validationError] = parts.floats("validationError");
  return fittedModel({ config, levels: parts.floats("levels"), weights, validationError });
}

interface Fitted {
  readonly config: LstmIntensityConfig;
  readonly levels: Float32Array;
  readonly weights: Weights;
  readonly validationError: number;
}

function fittedModel({ config, levels, weights, validationError }: Fitted): FittedLstmIntensity {
  return {
    config,
    validationError,
    async expected(histories, users, at) {
      const { length } = histories.parents;
      if (length !== levels.length) throw dataError(identity.name, `expected ${levels.length} rows, got ${length}.`);
      const width = config.windows * channels;
      const ask = (user: number) => {
        const person = windowsBefore(histories, user, at, config);
        const { of, rows } = distinctQuestions(person, histories.parents, levels);
        const series = new Float32Array(rows.length * width);
        for (const [question, row] of rows.entries()) {
          writeSeries(series.subarray(question * width), row, person, histories.parents, levels);
        }
        return { of, series };
      };
      const answers = await openAnswers(config);
      try {
        const expected: Float64Array[] = [];
        for (let from = 0; from < users.length; from += askedTogether) {
          const people = users.slice(from, from + askedTogether).map(ask);
          const answered = await answers.answer(joined(people.map(({ series }) => series)), weights);
          let first = 0;
          for (const { of, series } of people) {
            const mine = answered.subarray(first, first + series.length / width);
            expected.push(Float64Array.from(of, (question) => mine[question]));
            first += mine.length;
          }
        }
        return expected;
      } finally {
        await answers.close();
      }
    },
    save() {
      const shaped = parameters(config).map((parameter) => {
        const part = parameterName(parameter);
        return [part, { shape: parameter.shape, values: weights[part] }] as const;
      });
      return savedModel(
        { ...identity, config },
        { ...Object.fromEntries(shaped), levels, validationError: Float32Array.of(validationError) },
      );
    },
  };
}

function told(reached: number | undefined): string {
  return reached === undefined ? "" : `, ${error} ${reached.toFixed(5)} on validation`;
}

function joined(parts: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(parts.reduce((length, part) => length + part.length, 0));
  let end = 0;
  for (const part of parts) {
    all.set(part, end);
    end += part.length;
  }
  return all;
}
