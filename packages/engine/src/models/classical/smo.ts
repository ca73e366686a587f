/**
 * The dual of the support-vector machine with the kernel `k(x, x') = exp(-gamma |x - x'|^2)`:
 *
 *     min a'Qa / 2 - sum a,   0 <= a_i <= cost_i,   y'a = 0,   Q_ij = y_i y_j k(x_i, x_j)
 *
 * by sequential minimal optimisation (Platt 1998). Each step takes two multipliers, the one that leans most against its
 * bound's condition and the one that with it gains most by the second derivative (Fan, Chen and Lin, Working Set Selection
 * Using Second Order Information, JMLR 2005; what LIBSVM does), and sets them to what is best along their line. It ends when no
 * pair violates the conditions of an optimum (Karush, Kuhn and Tucker) by more than the tolerance.
 */
import type { Kernel } from "./rbf-kernel.ts";

export interface DualSolution {
  /** [rows] */
  readonly multipliers: Float64Array;
  /** The margin of a row is the sum over rows of `a y k` plus this. */
  readonly intercept: number;
}

/** What a flat direction's curvature counts as. */
const curvatureMin = 1e-12;
/** Between two times that others may run. */
const stepsAtOnce = 500;

/**
 * @param signs 1 and -1. [rows]
 * @param bounds the most that each multiplier may be, above 0. [rows]
 * @param stepsMax ends there at the latest
 * @param pace called now and then with the steps done and how far off the worst pair is
 */
export async function solveDual(
  kernel: Kernel,
  signs: Int8Array,
  bounds: Float64Array,
  { tolerance, stepsMax }: { tolerance: number; stepsMax: number },
  pace: (steps: number, off: number) => Promise<void>,
): Promise<DualSolution> {
  const count = signs.length;
  const multipliers = new Float64Array(count);
  const gradient = new Float64Array(count).fill(-1);
  const canRise = (row: number) => (signs[row] > 0 ? multipliers[row] < bounds[row] : multipliers[row] > 0);
  const canFall = (row: number) => (signs[row] > 0 ? multipliers[row] > 0 : multipliers[row] < bounds[row]);
  for (let step = 0; step < stepsMax; step++) {
    let first = -1;
    let most = Number.NEGATIVE_INFINITY;
    let least = Number.POSITIVE_INFINITY;
    for (let row = 0; row < count; row++) {
      const lean = -signs[row] * gradient[row];
      if (lean > most && canRise(row)) {
        most = lean;
        first = row;
      }
      if (lean < least && canFall(row)) least = lean;
    }
    if (step % stepsAtOnce === 0) await pace(step, most - least);
    if (first < 0 || most - least <= tolerance) break;
    const firstRow = kernel.row(first);
    let second = -1;
    let bestGain = 0;
    for (let row = 0; row < count; row++) {
      const off = most + signs[row] * gradient[row];
      if (off <= 0 || !canFall(row)) continue;
      const gain = (off * off) / Math.max(curvatureMin, 2 - 2 * firstRow[row]);
      if (gain > bestGain) {
        bestGain = gain;
        second = row;
      }
    }
    const secondRow = kernel.row(second);
    const curvature = Math.max(curvatureMin, 2 - 2 * firstRow[second]);
    // Along the line, a_first rises by y_first times the change and a_second falls by y_second times it.
    const roomFirst = signs[first] > 0 ? bounds[first] - multipliers[first] : multipliers[first];
    const roomSecond = signs[second] > 0 ? multipliers[second] : bounds[second] - multipliers[second];
    const wanted = (most + signs[second] * gradient[second]) / curvature;
    const change = Math.min(wanted, roomFirst, roomSecond);
    multipliers[first] = moved(multipliers[first], signs[first] * change, bounds[first], change === roomFirst);
    multipliers[second] = moved(multipliers[second], -signs[second] * change, bounds[second], change === roomSecond);
    for (let row = 0; row < count; row++) gradient[row] += signs[row] * change * (firstRow[row] - secondRow[row]);
  }
  return { multipliers, intercept: interceptOf(multipliers, gradient, signs, bounds) };
}

/** A multiplier that has used its room stands exactly at its bound. */
function moved(multiplier: number, change: number, bound: number, isAtEnd: boolean): number {
  if (isAtEnd) return change > 0 ? bound : 0;
  return multiplier + change;
}

/** Rows on their margin all say the same of it; where there are none, the middle of what the others allow. */
function interceptOf(
  multipliers: Float64Array,
  gradient: Float64Array,
  signs: Int8Array,
  bounds: Float64Array,
): number {
  let [sum, free] = [0, 0];
  let [lowest, highest] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (let row = 0; row < signs.length; row++) {
    const says = -signs[row] * gradient[row];
    const [isZero, isFull] = [multipliers[row] === 0, multipliers[row] === bounds[row]];
    if (!isZero && !isFull) {
      sum += says;
      free += 1;
    } else if (signs[row] > 0 === isZero) {
      lowest = Math.max(lowest, says);
    } else {
      highest = Math.min(highest, says);
    }
  }
  return free > 0 ? sum / free : (lowest + highest) / 2;
}
