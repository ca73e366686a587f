/** What the benchmark asks of whoever forecasts. */
import type { WeekRhythm } from "../../../packages/engine/src/models/intensity/calendar.ts";
import type { LearnedIntensity } from "../../../packages/engine/src/models/intensity/fit.ts";

export interface Forecast {
  /** Events per day now. [rows] */
  readonly rates: Float64Array;
  /** Expected events within each horizon. [horizons][rows] */
  readonly expected: readonly Float64Array[];
}

export interface Forecaster {
  readonly name: string;
  /** Where the method is a point process. */
  readonly process?: LearnedIntensity | undefined;
  /** What the process knows of the hours of the week. */
  readonly rhythm?: WeekRhythm | undefined;
  forecast(user: number, horizonsDays: readonly number[]): Forecast;
}
