/** What tables of measurements have in common, whatever was measured. */
import Table from "cli-table3";
import type { Interval } from "../../evaluate/bootstrap.ts";
import { count } from "./text.ts";

export function measurementTable(head: string[]) {
  return new Table({
    head,
    style: { head: [], border: [], compact: true },
    chars: { mid: "", "left-mid": "", "mid-mid": "", "right-mid": "" },
  });
}

export function intervalText({ value, low, high }: Interval): string {
  return `${value.toFixed(4)} (${low.toFixed(4)} to ${high.toFixed(4)})`;
}

export function memoryText(bytes: number): string {
  return `${Math.round(bytes / 2 ** 20)} MiB`;
}

/** @param reasons how often each was one to leave something out */
export function leftOutText(heading: string, ...reasons: Readonly<Record<string, number>>[]): string {
  const lines = Object.entries(Object.assign({}, ...reasons) as Record<string, number>);
  return lines.length > 0 ? `${heading}: ${lines.map(([reason, n]) => `${count(n)} x ${reason}`).join("; ")}.\n` : "";
}

export function chosenText({ tried }: { readonly tried: readonly unknown[] }): string {
  return tried.length > 0 ? `Settings chosen on validation, out of ${tried.length}.\n` : "";
}
