/** Which stretch of a person's time is shown, and the stream that their interests make over it. */
import type { ProfileSeries } from "@penchant/protocol";

const dayMs = 86_400_000;

export interface Span {
  readonly from: number;
  readonly to: number;
}

/** Whoever did nothing for so long is shown as they were then, and not asleep. */
const quietDays = 180;
const spanDaysMin = 30;
/** Of the whole, how much is shown of the time after the last event of somebody who is gone. */
const tail = 0.06;

export function isQuiet(lastSeen: number, now: number): boolean {
  return now - lastSeen > quietDays * dayMs;
}

/** From the first event up to now, or to a little after the last event of somebody who is gone. */
export function spanOf(firstSeen: number, lastSeen: number, now: number): Span {
  const end = isQuiet(lastSeen, now) ? lastSeen + tail * (lastSeen - firstSeen) : Math.max(now, lastSeen);
  return { from: firstSeen, to: Math.max(end, firstSeen + spanDaysMin * dayMs) };
}

export interface Band {
  readonly id: string;
  readonly name: string;
  /** One per moment. */
  readonly widths: readonly number[];
}

/** Beside the rest. */
const bandsMax = 8;

/**
 * The bands of a stream. Its width at a moment is the square root of how much is expected altogether, because one evening can
 * bring more than the months around it; each band has its share of the width.
 *
 * @param rest the name of all that is too small for a band of its own
 */
export function bandsOf({ series, total }: ProfileSeries, rest: string): Band[] {
  const widthsOf = (intensity: readonly number[]) =>
    intensity.map((value, index) => (total[index] > 0 ? value / Math.sqrt(total[index]) : 0));
  const bands = series
    .slice(0, bandsMax)
    .map(({ interest, intensity }) => ({ id: interest.id, name: interest.label, widths: widthsOf(intensity) }));
  const others = total.map((whole, index) =>
    Math.max(0, whole - series.slice(0, bandsMax).reduce((sum, { intensity }) => sum + intensity[index], 0)),
  );
  return [...bands, { id: "", name: rest, widths: widthsOf(others) }];
}

/** The end of a day such as `2016-10-16`, in UTC; undefined for anything else. */
export function endOfDay(day: string | undefined): number | undefined {
  const time = Date.parse(`${day ?? ""}T23:59:59.999Z`);
  return Number.isNaN(time) ? undefined : time;
}

/** A moment as it stands in an address: milliseconds since 1970, or a day, of which the end is meant. */
export function momentOf(text: string | undefined): number | undefined {
  const time = Number(text);
  return time > 0 ? time : endOfDay(text);
}
