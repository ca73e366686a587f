/**
 * Intensities over time of the interests right below one: what a chart of a person's past and expected future is drawn from. It takes
 * a reading per moment and no whole profile, so that hundreds of moments are an answer of milliseconds.
 */
import { type IntensityModel, isTouched } from "./intensity.ts";
import type { Reading } from "./profile-read.ts";

/** Intensities in events per day, one per reading. */
export interface SeriesBelow {
  readonly total: readonly number[];
  readonly series: readonly {
    readonly interest: { readonly id: string; readonly label: string };
    readonly intensity: readonly number[];
  }[];
}

/**
 * @param above index of the node whose children are followed
 * @returns the children that the user had to do with at any of the moments, strongest on the whole first
 */
export function seriesBelow(
  { tree, children }: IntensityModel,
  above: number,
  readings: readonly Reading[],
): SeriesBelow {
  const intensityOf = (index: number) => readings.map(({ intensities }) => intensities.intensity[index]);
  return {
    total: intensityOf(above),
    series: children[above]
      .filter((index) => readings.some(({ sums }) => isTouched(sums, index)))
      .map((index) => {
        const { id, label } = tree.nodes[index];
        return { interest: { id, label }, intensity: intensityOf(index) };
      })
      .sort((a, b) => sumOf(b.intensity) - sumOf(a.intensity)),
  };
}

const sumOf = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0);
