/**
 * Times as tables hold them: a date, ISO 8601, or a count since 1970 in seconds, milliseconds, microseconds or
 * nanoseconds. Unless the unit is stated, the magnitude tells it: the ranges that mean years 1973 to 5138 in one unit do
 * not meet those of the next. What has no zone is taken as UTC.
 */
import { dayMs } from "../base/time.ts";

export const timeUnits = ["seconds", "milliseconds", "microseconds", "nanoseconds"] as const;
export type TimeUnit = (typeof timeUnits)[number];

const unitsPerMs: Readonly<Record<TimeUnit, number>> = {
  seconds: 1e-3,
  milliseconds: 1,
  microseconds: 1e3,
  nanoseconds: 1e6,
};

const iso = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?) ?(Z|UTC|[+-]\d{2}(?::?\d{2})?)?)?$/;

/** Milliseconds since 1970, or NaN when the value is no time. */
export function parseTime(value: unknown, unit?: TimeUnit): number {
  if (value instanceof Date) return value.getTime();
  if (typeof value === "bigint") return parseCount(Number(value), unit);
  if (typeof value === "number") return parseCount(value, unit);
  if (typeof value !== "string") return Number.NaN;
  const text = value.trim();
  if (/^\d+(\.\d+)?$/.test(text)) return parseCount(Number(text), unit);
  const [, day, clock, zone] = iso.exec(text) ?? [];
  if (day === undefined || unit !== undefined) return Number.NaN;
  const time = Date.parse(`${day}T${clock ?? "00:00"}${zoneOf(zone)}`);
  // Date.parse takes February 30th for March 1st.
  const midnight = Date.parse(`${day}T00:00Z`);
  return new Date(midnight).toISOString().startsWith(day) ? time : Number.NaN;
}

function zoneOf(zone: string | undefined): string {
  if (zone === undefined || zone === "Z" || zone === "UTC") return "Z";
  const digits = zone.slice(1).replace(":", "").padEnd(4, "0");
  return `${zone[0]}${digits.slice(0, 2)}:${digits.slice(2)}`;
}

function parseCount(count: number, unit: TimeUnit | undefined): number {
  if (unit !== undefined) return count / unitsPerMs[unit];
  return calendarDay(count) ?? count / unitsPerMs[unitByMagnitude(count)];
}

function unitByMagnitude(count: number): TimeUnit {
  if (count < 1e11) return "seconds";
  if (count < 1e14) return "milliseconds";
  return count < 1e17 ? "microseconds" : "nanoseconds";
}

/** 20240131 is the 31st of January 2024 and not a day in 1970, which nobody's events are from. */
function calendarDay(count: number): number | undefined {
  if (!Number.isInteger(count) || count < 19_000_101 || count > 21_001_231) return undefined;
  const year = Math.floor(count / 10_000);
  const month = Math.floor(count / 100) % 100;
  const day = count % 100;
  const time = Date.UTC(year, month - 1, day);
  const date = new Date(time);
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day && time % dayMs === 0 ? time : undefined;
}
