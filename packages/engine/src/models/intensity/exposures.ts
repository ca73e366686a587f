/**
 * How much of what may happen lies ahead of a session: the integrals of what an event of it leaves in its rows' rates, up to
 * the end of the data, with everything that multiplies an intensity and is known beforehand.
 *
 * Between two sessions the time since the last one is known, and so is c (`presence.ts`). An event of session i that decays
 * with tau has the integral over the time up to session i + 1, and of all the time from there on what an event of that one has,
 * times what decay has left of it: one pass from the last session to the first gives them all.
 */
import { dayMs } from "../../base/time.ts";
import { ageCount, cutByAge, type Presence } from "../../core/presence.ts";
import { eventExposure, priorExposure, seenDays } from "./burn-in.ts";
import { decayedDeviation, meanFactor, type WeekRhythm } from "./calendar.ts";

export interface ExposureOptions {
  readonly tausDays: readonly number[];
  readonly priorDays: number;
  readonly rhythm?: WeekRhythm | undefined;
  readonly presence?: Presence | undefined;
}

/** When a person came, in days after they first did. */
export interface Visits {
  readonly firstMs: number;
  /** Beginnings of sessions, ascending from 0. */
  readonly beganDays: readonly number[];
  /** Only what lies between these is exposed. */
  readonly openDays: number;
  readonly endDays: number;
}

export interface Exposures {
  /** Of an event of weight 1 of each session: the integral of its part of S_k / (T_k + n0). [sessions, K] */
  readonly ahead: Float64Array;
  /** The same up to the next session alone and without c, by age. [sessions, ages, K] */
  readonly aheadByAge: Float64Array;
  /** Integrals of 1 and of 1 / (T_k + n0), with c. [1], [K] */
  readonly days: number;
  readonly prior: Float64Array;
  /** And without, by age. [ages], [ages, K] */
  readonly daysByAge: Float64Array;
  readonly priorByAge: Float64Array;
}

export function exposureReader({ tausDays, priorDays, rhythm, presence }: ExposureOptions) {
  const timescales = tausDays.length;
  const deviations = rhythm === undefined ? [] : tausDays.map((tau) => decayedDeviation(rhythm, tau));

  return ({ firstMs, beganDays, openDays, endDays }: Visits): Exposures => {
    const ahead = new Float64Array(beganDays.length * timescales);
    const aheadByAge = new Float64Array(beganDays.length * ageCount * timescales);
    const prior = new Float64Array(timescales);
    const daysByAge = new Float64Array(ageCount);
    const priorByAge = new Float64Array(ageCount * timescales);
    const mean = rhythm === undefined ? 1 : meanFactor(rhythm, firstMs + openDays * dayMs, firstMs + endDays * dayMs);
    let days = 0;
    for (let session = beganDays.length - 1; session >= 0; session--) {
      const began = beganDays[session];
      const isLast = session + 1 === beganDays.length;
      const next = isLast ? endDays : beganDays[session + 1];
      if (!isLast) {
        for (let k = 0; k < timescales; k++) {
          const left = Math.exp((began - next) / tausDays[k]);
          ahead[session * timescales + k] = left * ahead[(session + 1) * timescales + k];
        }
      }
      cutByAge(began, Math.max(began, openDays), Math.min(next, endDays), (age, from, to) => {
        const factor = presence === undefined ? 1 : presence.factors[age];
        daysByAge[age] += mean * (to - from);
        days += mean * factor * (to - from);
        for (let k = 0; k < timescales; k++) {
          const deviation = (at: number) =>
            (Math.exp((began - at) / tausDays[k]) * deviations[k](firstMs + at * dayMs)) /
            (seenDays(at, tausDays[k]) + priorDays);
          const rhythmic = rhythm === undefined ? 0 : deviation(from) - deviation(to);
          const own = eventExposure(began, from, to, tausDays[k], priorDays) + rhythmic;
          const base = mean * priorExposure(from, to, tausDays[k], priorDays);
          ahead[session * timescales + k] += factor * own;
          aheadByAge[(session * ageCount + age) * timescales + k] += own;
          prior[k] += factor * base;
          priorByAge[age * timescales + k] += base;
        }
      });
    }
    return { ahead, aheadByAge, days, prior, daysByAge, priorByAge };
  };
}
