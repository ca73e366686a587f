/** Forecasts of a learner that answers many people at once: computed before they are asked for, and kept. */
import type { Forecaster } from "./forecaster.ts";

/** Part of a node's base rate that is expected of everybody, because the likelihoods allow no 0. */
const floor = 0.01;

export function keptForecasts(options: {
  readonly name: string;
  /** What is learned; of other horizons their part by length is expected. */
  readonly horizonDays: number;
  /** Events per day of everybody. [rows] */
  readonly rates: Float64Array;
  /** Events within the horizon. [users][rows] */
  readonly expected: (users: readonly number[]) => Promise<readonly Float64Array[]>;
}): Forecaster {
  const { name, horizonDays: learned, rates, expected } = options;
  let kept = new Map<number, Float32Array>();
  return {
    name,
    async prepare(users) {
      const answers = await expected(users);
      kept = new Map(users.map((user, index) => [user, Float32Array.from(answers[index])]));
    },
    forecast(user, horizonsDays) {
      const within = kept.get(user);
      if (within === undefined) throw new Error(`${name}: user ${user} was not prepared`);
      const perDay = Float64Array.from(within, (events, row) => Math.max(events / learned, floor * rates[row]));
      return { rates: perDay, expected: horizonsDays.map((days) => perDay.map((rate) => rate * days)) };
    },
  };
}
