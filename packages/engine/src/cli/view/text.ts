/** Text in terminal cells: how wide it is, cut and padded to a width, and nothing in it that a terminal would obey. */
import { stripVTControlCharacters } from "node:util";
import picocolors from "picocolors";
import stringWidth from "string-width";
import type { StandingSteering } from "../../core/profile.ts";

/** How a view is drawn. */
export interface ViewOptions {
  /** Cells per line. */
  readonly columns: number;
  readonly colours: boolean;
}

export type Colours = ReturnType<typeof picocolors.createColors>;

export function coloursOf({ colours }: ViewOptions): Colours {
  return picocolors.createColors(colours);
}

/** Cells that the text takes; a Chinese character takes two. */
export function widthOf(text: string): number {
  return stringWidth(text);
}

/** Titles come from anywhere: escape sequences go, other control characters and changes of direction become spaces. */
export function printable(text: string): string {
  return stripVTControlCharacters(text).replaceAll(/[\p{Cc}\u2028-\u202e\u2066-\u2069]+/gu, " ");
}

const graphemes = new Intl.Segmenter("en", { granularity: "grapheme" });

/** The text, or as much of it as fits the width with an ellipsis at the end. Takes uncoloured text. */
export function cutTo(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  let kept = "";
  let cells = 1;
  for (const { segment } of graphemes.segment(text)) {
    cells += widthOf(segment);
    if (cells > width) break;
    kept += segment;
  }
  return width < 1 ? "" : `${kept.trimEnd()}…`;
}

/** The text cut or filled up with spaces to exactly the width. */
export function fitTo(text: string, width: number): string {
  const cut = cutTo(text, width);
  return cut + " ".repeat(Math.max(0, width - widthOf(cut)));
}

const counts = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });

/** 1234567 as 1,234,567. */
export function count(value: number): string {
  return counts.format(value);
}

/** "1 event", "2 events". */
export function counted(value: number, noun: string): string {
  return `${count(value)} ${value === 1 ? noun : `${noun}s`}`;
}

/** A number of days, as exactly as anybody wants to know: 0.4, 3.2, 34, 1,500; null for more than is told. */
export function days(value: number | null): string {
  if (value === null) return "∞";
  return value < 9.95 ? value.toFixed(1) : count(value);
}

/** A moment's day in UTC: 2016-10-17. */
export function day(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}

/** A share of 1 in at most four cells: 42%, 3.1%, <.1%. */
export function percent(share: number): string {
  const hundredths = share * 100;
  if (hundredths >= 9.95) return `${Math.round(hundredths)}%`;
  if (hundredths >= 0.1) return `${hundredths.toFixed(1)}%`;
  return hundredths > 0 ? "<.1%" : "0%";
}

/** What stands at an interest, in words: "pinned, boosted 3 times until 2027-01-01". */
export function steeringText(steering: readonly StandingSteering[]): string {
  const words = ({ action, factor }: StandingSteering) =>
    ({ pin: "pinned", boost: `boosted ${factor} times`, mute: "muted" })[action];
  return steering.map((one) => words(one) + (one.until === undefined ? "" : ` until ${day(one.until)}`)).join(", ");
}
