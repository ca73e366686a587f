/**
 * The phase of an interest: a pure function of its sums at a moment. Read on the 30-day and the 240-day timescale, with
 * S the effective number of events and R = S / T the rate:
 *
 *     dormant   S_30 < 0.05: less than a twentieth of an event is left of it
 *     revived   alive, and would be dormant without the events of the last 8 days, though older ones are known
 *     emerging  S_30 / S_240 >= 0.7: nearly all that is known of it is younger than a month
 *     fading    R_30 < R_240 / 2: half as frequent of late as it was
 *     core      otherwise
 */
import { dayMs } from "../base/time.ts";
import type { Phase } from "./profile.ts";

/** Indices of the two timescales in the sums. */
const monthly = 2;
const yearly = 3;

const dormantBelow = 0.05;
const emergingFrom = 0.7;
const fadingBelow = 0.5;
/** What is left of events so old that they no longer make an interest "known before". */
const forgottenBelow = 1e-6;

/** The last short window: twice the longer short-term half-life. */
export const revivalWindowMs = 8 * dayMs;

export interface PhaseInputs {
  /** S_k of the node at the moment. [K] */
  readonly sums: ArrayLike<number>;
  /** The part of S_k that events of the last short window give. [K] */
  readonly recentSums: ArrayLike<number>;
  /** T_k in days. [K] */
  readonly seenDays: ArrayLike<number>;
}

export function phaseOf({ sums, recentSums, seenDays }: PhaseInputs): Phase {
  const month = sums[monthly];
  const year = sums[yearly];
  if (month < dormantBelow) return "dormant";
  const monthBefore = month - recentSums[monthly];
  const yearBefore = year - recentSums[yearly];
  if (monthBefore < dormantBelow && yearBefore > forgottenBelow) {
    // A few events some weeks ago and more now are one beginning, not a return.
    if (monthBefore < emergingFrom * yearBefore) return "revived";
  }
  if (month >= emergingFrom * year) return "emerging";
  const monthRate = month / Math.max(seenDays[monthly], Number.MIN_VALUE);
  const yearRate = year / Math.max(seenDays[yearly], Number.MIN_VALUE);
  return monthRate < fadingBelow * yearRate ? "fading" : "core";
}
