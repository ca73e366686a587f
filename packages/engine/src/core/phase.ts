/**
 * The phase of an interest: a pure function of its sums at a moment. Read on the 30-day and the 240-day timescale, with
 * S the effective number of events and R = S / T the rate:
 *
 *     dormant   S_30 < 0.05: less than a twentieth of an event is left of it
 *     revived   alive, and would be dormant without the events of the last 8 days, though older ones are known
 *     emerging  S_30 / S_240 >= 0.7: nearly all that is known of it is younger than a month
 *     fading    R_30 < R_240 / 2: half as frequent of late as it was
 *     core      otherwise
 *
 * Who tells transitions reads with the phase that was told last: its own thresholds then lie a tenth in its favour, so
 * that an interest that stands on one of them does not go to and fro. A profile is read without.
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

/** How far a threshold gives way to the phase that is held. */
const slack = 0.1;

/** @param held the phase that it is taken for unless clearly another */
export function phaseOf({ sums, recentSums, seenDays }: PhaseInputs, held?: Phase): Phase {
  /** A threshold below which a phase begins: higher for who is in it, lower for who is in another. */
  const below = (phase: Phase, threshold: number) =>
    held === undefined ? threshold : threshold * (held === phase ? 1 + slack : 1 - slack);
  const month = sums[monthly];
  const year = sums[yearly];
  if (month < below("dormant", dormantBelow)) return "dormant";
  const monthBefore = month - recentSums[monthly];
  const yearBefore = year - recentSums[yearly];
  if (monthBefore < below("revived", dormantBelow) && yearBefore > forgottenBelow) {
    // A few events some weeks ago and more now are one beginning, not a return.
    if (monthBefore < emergingFrom * yearBefore) return "revived";
  }
  // The other way round: it begins above.
  const emerging = held === undefined ? emergingFrom : emergingFrom * (held === "emerging" ? 1 - slack : 1 + slack);
  if (month >= emerging * year) return "emerging";
  const monthRate = month / Math.max(seenDays[monthly], Number.MIN_VALUE);
  const yearRate = year / Math.max(seenDays[yearly], Number.MIN_VALUE);
  return monthRate < below("fading", fadingBelow) * yearRate ? "fading" : "core";
}
