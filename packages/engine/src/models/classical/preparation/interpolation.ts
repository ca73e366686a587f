/**
 * Interpolation in time: a missing value lies on the line between the known ones before and after it in its series, and is the
 * nearest known one where there is none on one side. It looks at what came later, and so is for rows to be learned from; a
 * series that knows nothing of a column is left as it is.
 */
import type { FeatureMatrix } from "../features.ts";
import type { TrainingRows } from "./step.ts";

export function interpolate({ features, series, times }: TrainingRows): FeatureMatrix {
  const { names } = features;
  const width = names.length;
  const values = features.values.slice();
  const order = Int32Array.from(series.keys()).sort((a, b) => series[a] - series[b] || times[a] - times[b] || a - b);
  for (let start = 0; start < order.length; ) {
    let end = start;
    while (end < order.length && series[order[end]] === series[order[start]]) end += 1;
    const own = order.subarray(start, end);
    for (let column = 0; column < width; column++) fillSeries(own, times, values, width, column);
    start = end;
  }
  return { names, values };
}

/** @param own the rows of a series in time order */
function fillSeries(own: Int32Array, times: Float64Array, values: Float32Array, width: number, column: number): void {
  const at = (place: number) => own[place] * width + column;
  let before = -1;
  for (let place = 0; place < own.length; ) {
    if (!Number.isNaN(values[at(place)])) {
      before = place;
      place += 1;
      continue;
    }
    let after = place;
    while (after < own.length && Number.isNaN(values[at(after)])) after += 1;
    for (; place < after; place++) {
      if (before >= 0 && after < own.length) {
        const [from, to] = [times[own[before]], times[own[after]]];
        const part = to > from ? (times[own[place]] - from) / (to - from) : 0.5;
        values[at(place)] = values[at(before)] + part * (values[at(after)] - values[at(before)]);
      } else if (before >= 0) {
        values[at(place)] = values[at(before)];
      } else if (after < own.length) {
        values[at(place)] = values[at(after)];
      }
    }
  }
}
