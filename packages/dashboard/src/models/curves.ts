/** Training curves as they are drawn: one over the other, the loss above and one metric of validation below. */
import type { CurvePoint } from "@penchant/protocol";
import { isLowerBetter } from "./metrics.ts";

export interface Curve {
  /** Of the model, or of the training under way. */
  readonly id: string;
  readonly name: string;
  readonly points: readonly CurvePoint[];
  readonly isRunning: boolean;
}

/** Names of all metrics of validation that some curve has, in order of appearance. */
export function metricsOf(curves: readonly Curve[]): string[] {
  return [...new Set(curves.flatMap(({ points }) => points.flatMap(({ metrics }) => Object.keys(metrics))))];
}

/** The point that a metric was best at, and was stopped by; undefined where no point has it. */
export function bestPoint(points: readonly CurvePoint[], metric: string): CurvePoint | undefined {
  const sign = isLowerBetter(metric) ? -1 : 1;
  let best: CurvePoint | undefined;
  for (const point of points) {
    const value = point.metrics[metric];
    if (value === undefined) continue;
    if (best === undefined || sign * value > sign * best.metrics[metric]) best = point;
  }
  return best;
}

/** More points are not to be told apart on a screen. */
const drawnMax = 600;

/** `[epoch, value]` of a curve; of many epochs every so many, the last one always. */
export function drawnPoints(
  points: readonly CurvePoint[],
  read: (point: CurvePoint) => number | undefined,
): [number, number][] {
  const every = Math.ceil(points.length / drawnMax);
  return points.flatMap((point, index): [number, number][] => {
    const value = read(point);
    const isDrawn = index % every === 0 || index === points.length - 1;
    return value === undefined || !isDrawn ? [] : [[point.epoch, value]];
  });
}
