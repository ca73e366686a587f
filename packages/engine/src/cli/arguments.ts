/** What options accept, and how they say what came instead. */
import { InvalidArgumentError } from "commander";
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

/** An option that takes a moment; milliseconds since 1970 come out. */
export function moment(text: string): number {
  const time = parseTime(text);
  if (Number.isFinite(time)) return time;
  throw new InvalidArgumentError("Expected a date such as 2016-10-17 or 2016-10-17T12:00:00Z.");
}
