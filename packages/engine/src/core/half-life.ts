/**
 * Half-lives: the days until a node's intensity is half of what it is, if nothing further happens. They are found by
 * reading ahead at horizons each twice as far as the one before. Of what `intensity.ts` computes only lambda and
 * intensity are read there, and what is the same for all children of a node is computed once: a profile reads up to
 * fifteen horizons and would spend half of its time here.
 */
import { dayMs } from "../base/time.ts";
import { gainsAt, type Intensities, type IntensityModel, isTouched, type NodeSums, weighted } from "./intensity.ts";
import { negativeSum, sumsPerNode } from "./state.ts";
import { timescaleCount } from "./timescales.ts";

/** Spacing of the horizons; between two of them ln I is taken as straight. */
const horizonRatio = 2;
const horizonFirstDays = 0.1;
const horizonLastDays = 3_650;

/** Days until each node's intensity is half of what it is; null when ten years are not enough. [n] */
export function halfLivesDays(model: IntensityModel, sums: NodeSums, now: Intensities): (number | null)[] {
  const halfLives: (number | null)[] = Array.from({ length: model.nodeCount }, () => null);
  let waiting: number[] = [];
  for (let index = 0; index < model.nodeCount; index++) if (isTouched(sums, index)) waiting.push(index);
  // Only what the user did something about is read: the rest of the tree need not be computed.
  const parents = model.parents.filter((index) => index === 0 || isTouched(sums, index));
  const lambda = new Float64Array(model.nodeCount);
  let before = now.intensity;
  let intensity = new Float64Array(model.nodeCount);
  let spare = new Float64Array(model.nodeCount);
  let beforeDays = 0;
  for (let days = horizonFirstDays; days < horizonLastDays && waiting.length > 0; days *= horizonRatio) {
    foresee(model, sums, days * dayMs, lambda, intensity, parents);
    const still: number[] = [];
    for (const index of waiting) {
      const half = now.intensity[index] / 2;
      if (intensity[index] > half) {
        still.push(index);
        continue;
      }
      const above = Math.log(before[index] / half);
      const below = Math.log(half / Math.max(intensity[index], Number.MIN_VALUE));
      halfLives[index] = beforeDays + ((days - beforeDays) * above) / (above + below);
    }
    waiting = still;
    before = intensity;
    [intensity, spare] = [spare, intensity];
    beforeDays = days;
  }
  return halfLives;
}

/**
 * The nodes' intensities as `intensitiesAt` reads them after a time without further events.
 *
 * @param lambda room to compute in. [n]
 * @param intensity receives the intensities. [n]
 * @param parents nodes whose children are to be read, parents before children
 */
export function foresee(
  model: IntensityModel,
  sums: NodeSums,
  laterMs: number,
  lambda: Float64Array,
  intensity: Float64Array,
  parents: readonly number[] = model.parents,
): void {
  const { nodeCount: count, children, weights, rates } = model;
  const { values } = sums;
  const { decay, gain, gainParent, priorOwn, priorParent, rootActivity } = gainsAt(model, sums, laterMs);
  const perRate = weights.base + priorOwn + (rates[0] > 0 ? rootActivity / rates[0] : 0);

  /** @param perRate what one unit of the row's rate adds to its lambda */
  const lambdaOf = (row: number, perRate: number): number => {
    const offset = row * sumsPerNode;
    let positive = rates[row] * perRate;
    for (let k = 0; k < timescaleCount; k++) positive += gain[k] * values[offset + k];
    if (values[offset + negativeSum] === 0) return positive;
    const liked = values[offset + timescaleCount - 1] * decay[timescaleCount - 1];
    const rejected = values[offset + negativeSum] * decay[negativeSum];
    return positive * Math.exp((-weights.negative * rejected) / (liked + rejected + weights.priorEvents));
  };

  intensity.fill(0);
  intensity[0] = lambdaOf(0, perRate);
  for (const index of parents) {
    const below = children[index];
    const rate = rates[index];
    const fromParent = rate > 0 ? weighted(values, index * sumsPerNode, gainParent) / rate + priorParent : 0;
    let sum = lambdaOf(count + index, perRate + fromParent);
    for (const child of below) {
      lambda[child] = lambdaOf(child, perRate + fromParent);
      sum += lambda[child];
    }
    if (sum === 0) continue;
    for (const child of below) intensity[child] = intensity[index] * (lambda[child] / sum);
  }
}
