/**
 * The recurrent network of `models/lstm-intensity`, which learns from some of the people to forecast the longest horizon by the
 * windows of half of it. Counts or their logarithms, whichever has the smaller squared error on the people kept for validation.
 * Where nobody's history reaches back far enough, it expects what everybody does.
 */
import { PenchantError } from "../../../packages/engine/src/base/errors.ts";
import {
  type FittedLstmIntensity,
  fitLstmIntensity,
} from "../../../packages/engine/src/models/lstm-intensity/lstm-intensity.ts";
import { tell } from "../benchmark.ts";
import type { Forecaster, Learning } from "./forecaster.ts";
import { keptForecasts } from "./kept.ts";
import type { Known } from "./scenario.ts";

export async function recurrentNetwork(
  { histories }: Known,
  rates: Float64Array,
  at: number,
  { users, seed, horizonDays }: Learning,
): Promise<Forecaster> {
  const settings = { horizonDays, windowDays: horizonDays / 2, users };
  const learn = (target: "raw" | "log") => fitLstmIntensity(histories, at, { ...settings, target }, { seed });
  let chosen: FittedLstmIntensity | undefined;
  try {
    const [raw, log] = [await learn("raw"), await learn("log")];
    chosen = log.validationError < raw.validationError ? log : raw;
    const [ofCounts, ofLogarithms] = [raw, log].map(({ validationError }) => validationError.toFixed(5));
    tell(`recurrent network: squared error on validation ${ofCounts} of counts, ${ofLogarithms} of their logarithms`);
  } catch (error) {
    if (!PenchantError.isInstance(error) || error.code !== "PENCHANT_E_MODEL_DATA") throw error;
  }
  return keptForecasts({
    name: "recurrent network",
    horizonDays,
    rates,
    expected: async (asked) =>
      chosen?.expected(histories, asked, at) ?? asked.map(() => rates.map((rate) => rate * horizonDays)),
  });
}
