/** What the benchmark asks of whoever forecasts. */
import type { WeekRhythm } from "../../../packages/engine/src/models/intensity/calendar.ts";
import type { LearnedIntensity } from "../../../packages/engine/src/models/intensity/fit.ts";

export interface Forecast {
  /** Events per day now. [rows] */
  readonly rates: Float64Array;
  /** Expected events within each horizon. [horizons][rows] */
  readonly expected: readonly Float64Array[];
}

/** How learners of numbers are trained. */
export interface Learning {
  /** People that each of them learns from at most. */
  readonly users: number;
  readonly seed: number;
  /** What they learn to forecast; other horizons get their part of it by length. */
  readonly horizonDays: number;
}

export interface Forecaster {
  readonly name: string;
  /** Where the method is a point process. */
  readonly process?: LearnedIntensity | undefined;
  /** What the process knows of the hours of the week. */
  readonly rhythm?: WeekRhythm | undefined;
  /** Told beforehand of whom it will be asked about, where that takes a wait. */
  prepare?(users: readonly number[]): Promise<void>;
  forecast(user: number, horizonsDays: readonly number[]): Forecast;
}
