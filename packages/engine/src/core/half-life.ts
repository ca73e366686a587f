/**
 * Half-lives: the days until a node's intensity is half of what it is, if nothing further happens. They are found by
 * reading ahead at horizons each twice as far as the one before. Of what `intensity.ts` computes only the intensities of
 * what the user did something about are read there. All other children of a node come in one sum, because their own sums are
 * zero: a profile reads up to fifteen horizons and would spend most of its time here. How far the user is still there
 * (`presence.ts`) stays as it is now: a half-life is about what fades, and not about who leaves.
 */
import { dayMs } from "../base/time.ts";
import { type Intensities, type IntensityModel, isTouched, type NodeSums } from "./intensity.ts";
import { belowNode, featuresOf, momentAfter, product } from "./intensity-features.ts";
import { halfLifeMaxDays, weightsPerRow } from "./intensity-weights.ts";
import { negativeSum, sumsPerNode } from "./state-rows.ts";
import { timescaleCount } from "./timescales.ts";

/** Spacing of the horizons; between two of them ln I is taken as straight. */
const horizonRatio = 2;
const horizonFirstDays = 0.1;

/** Days until each node's intensity is half of what it is; null when ten years are not enough. [n] */
export function halfLivesDays(model: IntensityModel, sums: NodeSums, now: Intensities): (number | null)[] {
  const halfLives: (number | null)[] = Array.from({ length: model.nodeCount }, () => null);
  let waiting: number[] = [];
  for (let index = 0; index < model.nodeCount; index++) if (isTouched(sums, index)) waiting.push(index);
  const touched = touchedNodes(model, sums);
  const lambda = new Float64Array(model.nodeCount);
  let before = now.intensity;
  let intensity = new Float64Array(model.nodeCount);
  let spare = new Float64Array(model.nodeCount);
  let beforeDays = 0;
  for (let days = horizonFirstDays; days < halfLifeMaxDays && waiting.length > 0; days *= horizonRatio) {
    foresee(model, sums, days * dayMs, touched, lambda, intensity, now.present);
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

/** What the user did something about, as it is read ahead. */
export interface TouchedNodes {
  /** Nodes with children, parents before children; the root, and of others the touched ones. */
  readonly parents: readonly number[];
  /** Their touched children. */
  readonly children: readonly (readonly number[])[];
}

export function touchedNodes(model: IntensityModel, sums: NodeSums): TouchedNodes {
  const parents = model.parents.filter((index) => index === 0 || isTouched(sums, index));
  const children = parents.map((index) => model.children[index].filter((child) => isTouched(sums, child)));
  return { parents, children };
}

/**
 * The touched nodes' intensities as `intensitiesAt` reads them after a time without further events.
 *
 * @param lambda room to compute in. [n]
 * @param intensity receives those of the root and the touched nodes. [n]
 * @param present how far the user is taken to be there
 */
export function foresee(
  model: IntensityModel,
  sums: NodeSums,
  laterMs: number,
  touched: TouchedNodes,
  lambda: Float64Array,
  intensity: Float64Array,
  present = 1,
): void {
  const { nodeCount: count, weights, weightsBelow, rates, settings } = model;
  const { values } = sums;
  const moment = momentAfter(sums.exposureMs, laterMs);
  const { decay, perSum } = moment;
  const features = featuresOf(rates, values, moment);

  /** @param expected the row's lambda but for its own events */
  const lambdaOf = (row: number, expected: number): number => {
    const offset = row * sumsPerNode;
    const own = row * weightsPerRow + 1;
    let positive = expected;
    for (let k = 0; k < timescaleCount; k++) positive += weights[own + k] * perSum[k] * values[offset + k];
    if (values[offset + negativeSum] === 0) return positive;
    const liked = values[offset + timescaleCount - 1] * decay[timescaleCount - 1];
    const rejected = values[offset + negativeSum] * decay[negativeSum];
    return positive * Math.exp((-settings.negative * rejected) / (liked + rejected + settings.priorEvents));
  };
  const expectedOf = (row: number) => rates[row] * product(weights, row * weightsPerRow, features, 0, weightsPerRow);

  intensity[0] = present * lambdaOf(0, expectedOf(0));
  for (const [place, index] of touched.parents.entries()) {
    belowNode(features, rates, values, moment, index);
    const below = touched.children[place];
    let sum = product(weightsBelow, index * weightsPerRow, features, 0, weightsPerRow);
    const other = expectedOf(count + index);
    sum += lambdaOf(count + index, other) - other;
    for (const child of below) {
      const expected = expectedOf(child);
      lambda[child] = lambdaOf(child, expected);
      sum += lambda[child] - expected;
    }
    for (const child of below) intensity[child] = sum > 0 ? intensity[index] * (lambda[child] / sum) : 0;
  }
}
