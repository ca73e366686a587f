/**
 * What the network learns from: questions of people at moments that lie a horizon apart, with what came of them. Rows that read
 * the same are one question, which counts as many times.
 */

import { seededRandom } from "../../base/random.ts";
import { dayMs } from "../../base/time.ts";
import type { Batch } from "../../nn/train/options.ts";
import type { IntensityHistories } from "../intensity/sessions.ts";
import { shuffled } from "../random-stream.ts";
import { type LstmIntensityConfig, toTarget } from "./settings.ts";
import { channels, countsAfter, distinctQuestions, windowsBefore, writeSeries } from "./windows.ts";

/** Every so many people one is for validation. */
const validationEvery = 10;

/** Questions with what came of them. */
export interface Examples {
  readonly count: number;
  /** [count, windows, channels] */
  readonly series: Float32Array;
  /** Mean of what is to be forecast over the rows of each. [count] */
  readonly answers: Float64Array;
  /** Mean of the counts, and of their squares. [count] */
  readonly counts: Float64Array;
  readonly squares: Float64Array;
  /** Rows. [count] */
  readonly sizes: Float64Array;
}

/** Of the people that the settings ask for, those for validation apart. */
export function examplesOf(
  histories: IntensityHistories,
  levels: Float32Array,
  until: number,
  config: LstmIntensityConfig,
  seed: number,
): { learned: Examples; validation: Examples } {
  const { parents } = histories;
  const { offsets, times } = histories.interactions;
  const { horizonDays, windows, windowDays } = config;
  const there = Array.from({ length: offsets.length - 1 }, (_, user) => user).filter(
    (user) => offsets[user] < offsets[user + 1] && times[offsets[user]] < until - horizonDays * dayMs,
  );
  const drawn = shuffled(there, seededRandom(seed)).slice(0, config.users);
  const parts: Example[][] = [[], []];
  for (const [taken, user] of drawn.entries()) {
    const into = parts[taken % validationEvery === validationEvery - 1 ? 1 : 0];
    for (let moment = 1; moment <= config.moments; moment++) {
      const at = until - moment * horizonDays * dayMs;
      const person = windowsBefore(histories, user, at, config);
      if (!(person.lastTime >= at - windows * windowDays * dayMs)) continue;
      const { of, rows, sizes } = distinctQuestions(person, parents, levels);
      const total = new Float64Array(rows.length * 3);
      for (const [row, count] of countsAfter(histories, user, at, horizonDays).entries()) {
        total[3 * of[row]] += toTarget(count, config);
        total[3 * of[row] + 1] += count;
        total[3 * of[row] + 2] += count ** 2;
      }
      for (const [question, row] of rows.entries()) {
        const series = new Float32Array(windows * channels);
        writeSeries(series, row, person, parents, levels);
        const [answer, count, square] = total.subarray(3 * question, 3 * question + 3).map((x) => x / sizes[question]);
        into.push({ series, answer, count, square, size: sizes[question] });
      }
    }
  }
  return { learned: packed(parts[0], windows), validation: packed(parts[1], windows) };
}

interface Example {
  readonly series: Float32Array;
  readonly answer: number;
  readonly count: number;
  readonly square: number;
  readonly size: number;
}

function packed(examples: readonly Example[], windows: number): Examples {
  const width = windows * channels;
  const series = new Float32Array(examples.length * width);
  for (const [index, example] of examples.entries()) series.set(example.series, index * width);
  return {
    count: examples.length,
    series,
    answers: Float64Array.from(examples, ({ answer }) => answer),
    counts: Float64Array.from(examples, ({ count }) => count),
    squares: Float64Array.from(examples, ({ square }) => square),
    sizes: Float64Array.from(examples, ({ size }) => size),
  };
}

/** In an order of the seed's own; the weights of a whole epoch are 1 for each batch in the mean. */
export function* batchesOf(
  { count, series, answers, sizes }: Examples,
  batchSize: number,
  seed: number,
  { windows }: LstmIntensityConfig,
): Generator<Batch> {
  const width = windows * channels;
  const order = shuffled(
    Array.from({ length: count }, (_, example) => example),
    seededRandom(seed),
  );
  const batches = Math.ceil(count / batchSize);
  const share = sizes.reduce((total, size) => total + size, 0) / batches;
  for (let from = 0; from < count; from += batchSize) {
    const feeds = {
      series: new Float32Array(batchSize * width),
      answers: new Float32Array(batchSize),
      weights: new Float32Array(batchSize),
    };
    for (const [place, example] of order.slice(from, from + batchSize).entries()) {
      feeds.series.set(series.subarray(example * width, (example + 1) * width), place * width);
      feeds.answers[place] = answers[example];
      feeds.weights[place] = sizes[example] / share;
    }
    yield { feeds, examples: 1 };
  }
}

/** Mean over all rows; a question's rows differ from its mean by what their squares tell. */
export function squaredError(expected: Float64Array, { counts, squares, sizes }: Examples): number {
  let [total, rows] = [0, 0];
  for (const [question, size] of sizes.entries()) {
    total += size * (squares[question] - 2 * expected[question] * counts[question] + expected[question] ** 2);
    rows += size;
  }
  return total / rows;
}
