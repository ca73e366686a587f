/**
 * The rhythm of the week: people shop in the evening and read news in the morning. A known factor f of the hour of the week
 * (UTC, mean 1) multiplies every intensity. It says nothing of who likes what, but a lot of when.
 *
 * f of an hour is the events in it over those of the average hour, drawn to the product of its weekday's and its time of
 * day's factors, which many more events speak for. In the exposure f stands under the integral. The deviation f - 1 averages
 * out over a week, so for an event decaying from its moment on it comes to
 *
 *     int exp(-(s - s_i) / tau) (f(s) - 1) ds = C(s_from) exp(-(s_from - s_i) / tau) - C(s_to) exp(-(s_to - s_i) / tau)
 *
 * with C(s) = int_0^inf exp(-x / tau) (f(s + x) - 1) dx, a function of the hour alone: exact but for the burn-in's
 * denominator, which is taken at the ends of the span and hardly changes within a week.
 */
import { dayMs, hourMs } from "../../base/time.ts";
import { type IntensityHistories, sessionEnd } from "./sessions.ts";

const hoursPerWeek = 168;
const hourDays = 1 / 24;

export interface WeekRhythm {
  /** By hour of the week from Monday 00:00 UTC on; mean 1. [168] */
  readonly factors: Float64Array;
}

/** Events' worth of belief in weekday times hour, per hour of the week. */
const priorEventsPerHour = 5;

/** Learned from everybody's events up to a moment, those of first sessions left out. */
export function fitWeekRhythm(data: IntensityHistories, until: number): WeekRhythm {
  const { offsets, times, weights } = data.interactions;
  const counts = new Float64Array(hoursPerWeek);
  let total = 0;
  for (let user = 0; user + 1 < offsets.length; user++) {
    const end = offsets[user + 1];
    if (offsets[user] === end) continue;
    for (let start = sessionEnd(data, offsets[user], end); start < end && times[start] < until; ) {
      const stop = sessionEnd(data, start, end);
      // A session is one point in time, its start.
      for (let event = start; event < stop; event++) {
        if (weights[event] <= 0) continue;
        counts[hourOf(times[start])] += 1;
        total += 1;
      }
      start = stop;
    }
  }
  const days = new Float64Array(7);
  const hours = new Float64Array(24);
  for (const [hour, count] of counts.entries()) {
    days[Math.floor(hour / 24)] += count;
    hours[hour % 24] += count;
  }
  const smoothed = counts.map((count, hour) => {
    const day = (7 * (days[Math.floor(hour / 24)] + 1)) / (total + 7);
    const time = (24 * (hours[hour % 24] + 1)) / (total + 24);
    return (count + priorEventsPerHour * day * time) / (total / hoursPerWeek + priorEventsPerHour);
  });
  const mean = smoothed.reduce((sum, factor) => sum + factor, 0) / hoursPerWeek;
  return { factors: smoothed.map((factor) => factor / mean) };
}

export function factorAt({ factors }: WeekRhythm, time: number): number {
  return factors[hourOf(time)];
}

/** The mean of f between two times: what a short window has more or less than its length says. */
export function meanFactor({ factors }: WeekRhythm, from: number, to: number): number {
  if (to <= from) return 1;
  const whole = Math.floor((to - from) / (7 * dayMs));
  let sum = whole * hoursPerWeek;
  for (let time = from + whole * 7 * dayMs; time < to; ) {
    const end = Math.min(to, (Math.floor(time / hourMs) + 1) * hourMs);
    sum += (factors[hourOf(time)] * (end - time)) / hourMs;
    time = end;
  }
  return (sum * hourMs) / (to - from);
}

/** C of one timescale, in days, as a function of the time. */
export function decayedDeviation({ factors }: WeekRhythm, tauDays: number): (time: number) => number {
  const left = Math.exp(-hourDays / tauDays);
  const inHour = (hour: number, lastingDays: number) =>
    (factors[hour] - 1) * tauDays * -Math.expm1(-lastingDays / tauDays);
  // A week from any hour on, and then the same again, less by what a week leaves of it.
  const fromHour = new Float64Array(hoursPerWeek);
  let week = 0;
  for (let hour = hoursPerWeek - 1; hour >= 0; hour--) week = inHour(hour, hourDays) + left * week;
  fromHour[0] = week / -Math.expm1((-hoursPerWeek * hourDays) / tauDays);
  for (let hour = hoursPerWeek - 1; hour > 0; hour--) {
    fromHour[hour] = inHour(hour, hourDays) + left * fromHour[(hour + 1) % hoursPerWeek];
  }
  return (time) => {
    const hour = hourOf(time);
    const restDays = ((Math.floor(time / hourMs) + 1) * hourMs - time) / dayMs;
    return inHour(hour, restDays) + Math.exp(-restDays / tauDays) * fromHour[(hour + 1) % hoursPerWeek];
  };
}

/** 1970-01-01 was a Thursday. */
function hourOf(time: number): number {
  const hour = (Math.floor(time / hourMs) + 3 * 24) % hoursPerWeek;
  return hour < 0 ? hour + hoursPerWeek : hour;
}
