/**
 * Learns who is still there (`core/presence.ts`) on the root, where every event counts, in turns with the root's own weights:
 * given these, the likeliest c of an age is what happened at it over what they expected there (the point process is Poisson
 * given its past), with a few events' belief in 1. It is scaled so that what it takes away at some ages it gives at others.
 */
import { ageCount, type Presence } from "../../core/presence.ts";

/** The root's points and exposures by age. */
export interface RootByAge {
  /** Events. [ages] */
  readonly events: Float64Array;
  /** Integrals of the root's features: base and own rates. [ages, 1 + K] */
  readonly exposures: Float64Array;
}

/** Events' worth of belief in 1, by age. */
const priorEvents = 20;
const turnsMax = 30;
/** The turns end when no factor changes by more than this part of itself. */
const tolerance = 1e-3;

/** @param fitRoot the root's weights for integrals of its features; [1 + K] both */
export function fitPresence(
  { events, exposures }: RootByAge,
  fitRoot: (exposures: Float64Array) => Float64Array,
): Presence {
  const width = exposures.length / ageCount;
  const factors = new Float64Array(ageCount).fill(1);
  const expected = new Float64Array(ageCount);
  for (let turn = 0; turn < turnsMax; turn++) {
    const before = factors.slice();
    const weighed = new Float64Array(width);
    for (let age = 0; age < ageCount; age++) {
      for (let j = 0; j < width; j++) weighed[j] += factors[age] * exposures[age * width + j];
    }
    const weights = fitRoot(weighed);
    let [all, scaled] = [0, 0];
    for (let age = 0; age < ageCount; age++) {
      expected[age] = 0;
      for (let j = 0; j < width; j++) expected[age] += weights[j] * exposures[age * width + j];
      factors[age] = (events[age] + priorEvents) / (expected[age] + priorEvents);
      all += expected[age];
      scaled += factors[age] * expected[age];
    }
    if (scaled > 0) for (let age = 0; age < ageCount; age++) factors[age] *= all / scaled;
    if (factors.every((factor, age) => Math.abs(factor - before[age]) <= tolerance * before[age])) break;
  }
  return { factors };
}
