/**
 * Models of uptake side by side on the same rows, best first by the metric that counts. Seeds of a model are averaged, draw by
 * draw too, so that an interval is about users; differences from the best model are paired by draw.
 */
import { type Interval, overSeeds } from "../bootstrap.ts";
import type { ModelConfig } from "../measure.ts";
import { intervalOf, isLowerBetter, type SampledFigures, type UptakeMetric, uptakeMetrics } from "./figures.ts";
import type { UptakeMeasurement } from "./measure.ts";

/** One fit, measured on the test. */
export interface UptakeRun extends UptakeMeasurement {
  readonly model: string;
  readonly config: ModelConfig;
  readonly seed: number;
  readonly peakMemoryBytes: number;
}

export interface UptakeComparison {
  readonly model: string;
  readonly config: ModelConfig;
  readonly seeds: number;
  readonly metrics: Readonly<Record<UptakeMetric, Interval>>;
  /** This model's less the best one's on each metric, paired; absent for the best one. */
  readonly differences?: Readonly<Record<UptakeMetric, Interval>> | undefined;
  /** Standard deviation over seeds of the metric that counts; null with one seed. */
  readonly deviation: number | null;
  /** Of the first seed. */
  readonly calibration: SampledFigures["calibration"];
  /** What its fits said, each thing once. */
  readonly remarks: readonly string[];
  /** Means over seeds. */
  readonly fitSeconds: number;
  readonly predictSeconds: number;
  /** The most over seeds. */
  readonly peakMemoryBytes: number;
}

export function compareUptake(runs: readonly UptakeRun[], metric: UptakeMetric): UptakeComparison[] {
  const sign = isLowerBetter(metric) ? 1 : -1;
  const models = [...new Set(runs.map(({ model }) => model))].map((model) => {
    const own = runs.filter((run) => run.model === model);
    const means = forMetrics((name) => ({
      value: overSeeds(own.map(({ figures }) => figures[name])).mean,
      samples: own[0].samples[name].map((_, draw) => overSeeds(own.map(({ samples }) => samples[name][draw])).mean),
    }));
    return { model, own, means };
  });
  // A value that is none comes last.
  const rank = (value: number) => (Number.isNaN(value) ? Number.POSITIVE_INFINITY : sign * value);
  models.sort((a, b) => rank(a.means[metric].value) - rank(b.means[metric].value));
  const [best] = models;
  return models.map(({ model, own, means }): UptakeComparison => {
    const less = (name: UptakeMetric) => {
      const [mine, theirs] = [means[name], best.means[name]];
      return intervalOf(
        mine.value - theirs.value,
        mine.samples.map((sample, draw) => sample - theirs.samples[draw]),
      );
    };
    return {
      model,
      config: own[0].config,
      seeds: own.length,
      metrics: forMetrics((name) => intervalOf(means[name].value, means[name].samples)),
      ...(model !== best.model && { differences: forMetrics(less) }),
      deviation: overSeeds(own.map(({ figures }) => figures[metric])).deviation,
      calibration: own[0].calibration,
      remarks: [...new Set(own.flatMap(({ remarks }) => remarks))],
      fitSeconds: overSeeds(own.map(({ fitSeconds }) => fitSeconds)).mean,
      predictSeconds: overSeeds(own.map(({ predictSeconds }) => predictSeconds)).mean,
      peakMemoryBytes: Math.max(...own.map(({ peakMemoryBytes }) => peakMemoryBytes)),
    };
  });
}

/** A value for each metric. */
export function forMetrics<Value>(of: (metric: UptakeMetric) => Value): Record<UptakeMetric, Value> {
  return Object.fromEntries(uptakeMetrics.map((name) => [name, of(name)])) as Record<UptakeMetric, Value>;
}
