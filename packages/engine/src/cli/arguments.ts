/** What options accept, and how they say what came instead. */
import { InvalidArgumentError } from "commander";
import { dayMs, hourMs, minuteMs, secondMs } from "../base/time.ts";
import { parseTime } from "../import/times.ts";

/** An option that takes a whole number from `least` to `most`. */
export function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= least && value <= most) return value;
    throw new InvalidArgumentError(`Expected a whole number from ${least} to ${most}.`);
  };
}

/** An option that takes a number from 0 to 1. */
export function share(text: string): number {
  const value = Number(text);
  if (text.trim() !== "" && value >= 0 && value <= 1) return value;
  throw new InvalidArgumentError("Expected a number from 0 to 1.");
}

/** What `--long-short` says of itself. */
export const longShortHelp =
  "share of short-term interest in what a promoted long-short model scores, 0 to 1 (default: as it has learned)";

/** An option that takes a moment; milliseconds since 1970 come out. */
export function moment(text: string): number {
  const time = parseTime(text);
  if (Number.isFinite(time)) return time;
  throw new InvalidArgumentError("Expected a date such as 2016-10-17 or 2016-10-17T12:00:00Z.");
}

const unitsMs = { s: secondMs, m: minuteMs, h: hourMs, d: dayMs } as const;

/** An option that takes a length of time such as 30m, 24h or 90d, ten years at most; milliseconds come out. */
export function duration(text: string): number {
  const [, count, unit] = /^(\d{1,9})([smhd])$/.exec(text) ?? [];
  const lengthMs = Number(count) * unitsMs[unit as keyof typeof unitsMs];
  if (lengthMs <= 3_650 * dayMs) return lengthMs;
  throw new InvalidArgumentError("Expected a length of time such as 30m, 24h or 90d, ten years at most.");
}
