/**
 * How good probabilities of yes are (`metrics/binary.ts`), with intervals over users: users are drawn with replacement, all of
 * a user's rows together, and every figure is worked out anew from what was drawn. Rows are sorted once; a draw is then a
 * weight per user, and one pass over the rows gives all figures. The draws are the same for every model, so that
 * figures of two models can be subtracted draw by draw.
 */
import { seededRandom } from "../../base/random.ts";
import type { Interval } from "../bootstrap.ts";
import { type BinaryFigures, binaryFigures, binCount, binOf, lossOf } from "../metrics/binary.ts";

export const uptakeMetrics = [
  "AUC",
  "logLoss",
  "expectedCalibrationError",
  "accuracy",
  "precision",
  "recall",
  "F1",
] as const satisfies (keyof BinaryFigures)[];
export type UptakeMetric = (typeof uptakeMetrics)[number];

export const isLowerBetter = (metric: UptakeMetric): boolean =>
  metric === "logLoss" || metric === "expectedCalibrationError";

const resamples = 500;
const threshold = 0.5;

/** Rows with what a model says of them. */
export interface Answers {
  /** Whose row it is. [rows] */
  readonly users: ArrayLike<number>;
  /** 1 for yes, 0 for no. [rows] */
  readonly labels: ArrayLike<number>;
  /** Of yes. [rows] */
  readonly probabilities: Float64Array;
}

/** Figures of all rows, and of each draw of users. */
export interface SampledFigures {
  readonly figures: BinaryFigures;
  /** [resamples] each */
  readonly samples: Readonly<Record<UptakeMetric, Float64Array>>;
  /** Rows by tenths of probability: how many there are, what was said of them, and what was so. [10] each */
  readonly calibration: {
    readonly rows: Int32Array;
    readonly meanProbability: Float64Array;
    readonly shareOfYes: Float64Array;
  };
}

export function sampledFigures({ users, labels, probabilities }: Answers, seed: number): SampledFigures {
  const rowOfUser = new Map<number, number>();
  for (let row = 0; row < users.length; row++)
    if (!rowOfUser.has(users[row])) rowOfUser.set(users[row], rowOfUser.size);
  const order = Int32Array.from(probabilities.keys()).sort((a, b) => probabilities[a] - probabilities[b]);
  const sorted: SortedRows = {
    users: order.map((row) => rowOfUser.get(users[row])!),
    labels: Uint8Array.from(order, (row) => labels[row]),
    probabilities: Float64Array.from(order, (row) => probabilities[row]),
    losses: Float64Array.from(order, (row) => lossOf(probabilities[row], labels[row] === 1)),
  };
  const random = seededRandom(seed);
  const samples = Object.fromEntries(uptakeMetrics.map((metric) => [metric, new Float64Array(resamples)])) as Record<
    UptakeMetric,
    Float64Array
  >;
  const drawn = new Float64Array(rowOfUser.size);
  for (let sample = 0; sample < resamples; sample++) {
    drawn.fill(0);
    for (let draw = 0; draw < drawn.length; draw++) drawn[random.integer(drawn.length)] += 1;
    const figures = weighedFigures(sorted, drawn);
    for (const metric of uptakeMetrics) samples[metric][sample] = figures[metric];
  }
  return { figures: binaryFigures(probabilities, labels, threshold), samples, calibration: calibrationOf(sorted) };
}

/** In order of the probabilities. */
interface SortedRows {
  readonly users: Int32Array;
  readonly labels: Uint8Array;
  readonly probabilities: Float64Array;
  readonly losses: Float64Array;
}

/** `binaryFigures` of rows that count as often as their user was drawn. */
export function weighedFigures(
  { users, labels, probabilities, losses }: SortedRows,
  drawn: Float64Array,
): BinaryFigures {
  const [saidYes, yesInBin] = [new Float64Array(binCount), new Float64Array(binCount)];
  let [yes, no, pairs, loss, truePositives, falsePositives] = [0, 0, 0, 0, 0, 0];
  for (let start = 0; start < users.length; ) {
    const probability = probabilities[start];
    const bin = binOf(probability);
    let [tiedYes, tiedNo] = [0, 0];
    let row = start;
    for (; row < users.length && probabilities[row] === probability; row++) {
      const weight = drawn[users[row]];
      if (labels[row] === 1) tiedYes += weight;
      else tiedNo += weight;
      loss += weight * losses[row];
    }
    pairs += tiedYes * (no + tiedNo / 2);
    yes += tiedYes;
    no += tiedNo;
    saidYes[bin] += (tiedYes + tiedNo) * probability;
    yesInBin[bin] += tiedYes;
    if (probability >= threshold) {
      truePositives += tiedYes;
      falsePositives += tiedNo;
    }
    start = row;
  }
  const count = yes + no;
  const precision = ratio(truePositives, truePositives + falsePositives);
  const recall = ratio(truePositives, yes);
  return {
    accuracy: (truePositives + no - falsePositives) / count,
    precision,
    recall,
    F1: ratio(2 * precision * recall, precision + recall),
    AUC: yes > 0 && no > 0 ? pairs / (yes * no) : Number.NaN,
    logLoss: loss / count,
    expectedCalibrationError: saidYes.reduce((sum, said, bin) => sum + Math.abs(yesInBin[bin] - said), 0) / count,
  };
}

function calibrationOf({ labels, probabilities }: SortedRows): SampledFigures["calibration"] {
  const [said, yes, rows] = [new Float64Array(binCount), new Float64Array(binCount), new Int32Array(binCount)];
  for (const [row, probability] of probabilities.entries()) {
    const bin = binOf(probability);
    said[bin] += probability;
    yes[bin] += labels[row];
    rows[bin] += 1;
  }
  return {
    rows,
    meanProbability: said.map((sum, bin) => sum / rows[bin]),
    shareOfYes: yes.map((sum, bin) => sum / rows[bin]),
  };
}

function ratio(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}

/** Bounds within which 95 % of the draws lie; of draws without a value none counts. */
export function intervalOf(value: number, samples: Float64Array): Interval {
  const sorted = samples.filter((sample) => !Number.isNaN(sample)).sort();
  const at = (part: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;
  return { value, low: at(0.025), high: at(0.975) };
}
