/** How `lstm-intensity` is trained and what it forecasts: settings, defaults and ranges. */
import type { SettingRange } from "../settings.ts";

export interface LstmIntensityConfig {
  /** Of the windows that are read; .01 to 3,650. */
  readonly windowDays: number;
  /** How many are read; 1 to 200. */
  readonly windows: number;
  /** What is forecast; .01 to 3,650. */
  readonly horizonDays: number;
  /** What the squared error is of: counts, or their logarithms. */
  readonly target: "raw" | "log";
  /** People that it learns from, drawn from all; 1 to 1e6. */
  readonly users: number;
  /** Moments for each of them; 1 to 100. */
  readonly moments: number;
  /** Of Adam; 1e-6 to 1. */
  readonly learningRate: number;
  /** Questions; 1 to 65,536. */
  readonly batchSize: number;
  /** At most; 1 to 10,000. */
  readonly epochs: number;
  /** Epochs without a smaller error on validation after which it stops; 1 to 10,000. */
  readonly patience: number;
  /** Threads that compute, 1 for the same numbers on every run; 0, the default, for one per core; to 256. */
  readonly threads: number;
}

export const lstmIntensityDefaults: Readonly<LstmIntensityConfig> = {
  windowDays: 15,
  windows: 12,
  horizonDays: 30,
  target: "raw",
  users: 300,
  moments: 2,
  learningRate: 3e-3,
  batchSize: 512,
  epochs: 8,
  patience: 2,
  threads: 0,
};

export const lstmIntensityRanges: Readonly<Record<keyof LstmIntensityConfig, SettingRange>> = {
  windowDays: { min: 0.01, max: 3_650 },
  windows: { min: 1, max: 200, integer: true },
  horizonDays: { min: 0.01, max: 3_650 },
  target: { oneOf: ["raw", "log"] },
  users: { min: 1, max: 1e6, integer: true },
  moments: { min: 1, max: 100, integer: true },
  learningRate: { min: 1e-6, max: 1 },
  batchSize: { min: 1, max: 65_536, integer: true },
  epochs: { min: 1, max: 10_000, integer: true },
  patience: { min: 1, max: 10_000, integer: true },
  threads: { min: 0, max: 256, integer: true },
};

/** What the network is to give for so many events. */
export function toTarget(count: number, { target }: LstmIntensityConfig): number {
  return target === "log" ? Math.log1p(count) : count;
}

/** Events, by what the network gives. */
export function fromTarget(value: number, { target }: LstmIntensityConfig): number {
  return Math.max(target === "log" ? Math.expm1(value) : value, 0);
}
