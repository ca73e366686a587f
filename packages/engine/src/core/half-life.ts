/**
 * Half-lives: the days until a node's intensity is half of what it is, if nothing further happens. They are found by
 * reading ahead (`foresight.ts`) at horizons each twice as far as the one before. How far the user is still there
 * (`presence.ts`) is left out: a half-life is about what fades, and not about who leaves.
 */
import { dayMs } from "../base/time.ts";
import { Foresight } from "./foresight.ts";
import { type IntensityModel, isTouched, type NodeSums } from "./intensity.ts";
import { halfLifeMaxDays } from "./intensity-weights.ts";

/** Spacing of the horizons; between two of them ln I is taken as straight. */
const horizonRatio = 2;
const horizonFirstDays = 0.1;

/** Days until each node's intensity is half of what it is; null when ten years are not enough. [n] */
export function halfLivesDays(model: IntensityModel, sums: NodeSums): (number | null)[] {
  const halfLives: (number | null)[] = Array.from({ length: model.nodeCount }, () => null);
  let waiting: number[] = [];
  for (let index = 0; index < model.nodeCount; index++) if (isTouched(sums, index)) waiting.push(index);
  const foresight = new Foresight(model, sums);
  const now = new Float64Array(model.nodeCount);
  foresight.read(0, now);
  let before = now;
  let intensity = new Float64Array(model.nodeCount);
  let spare = new Float64Array(model.nodeCount);
  let beforeDays = 0;
  for (let days = horizonFirstDays; days < halfLifeMaxDays && waiting.length > 0; days *= horizonRatio) {
    foresight.read(days * dayMs, intensity);
    const still: number[] = [];
    for (const index of waiting) {
      const half = now[index] / 2;
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
