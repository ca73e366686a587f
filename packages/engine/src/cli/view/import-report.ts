/** What an import did: a table of its files, then the first rows that could not be imported. */
import Table from "cli-table3";
import type { ImportReport } from "../../import/import.ts";
import { coloursOf, count, counted, cutTo, printable, type ViewOptions } from "./text.ts";

const problemsShown = 10;

/** The report as text, with a line end after every line. */
export function importReportView(report: ImportReport, options: ViewOptions): string {
  const colours = coloursOf(options);
  const table = plainTable(["file", "", "items", "events"], ["left", "left", "right", "right"]);
  for (const { file, status, items, events } of report.files) {
    table.push([printable(file), status === "skipped" ? "imported before" : "imported", count(items), count(events)]);
  }
  const totals = [counted(report.items, "item"), counted(report.events, "new event")];
  if (report.duplicates > 0) totals.push(`${counted(report.duplicates, "event")} that were there already`);
  const lines = [tableText(table), "", totals.join(", ")];
  if (report.problemCount > 0) {
    lines.push("", colours.yellow(`${counted(report.problemCount, "row")} could not be imported:`));
    for (const { file, line, reason } of report.problems.slice(0, problemsShown)) {
      lines.push(cutTo(`  ${printable(`${file}:${line}: ${reason}`)}`, options.columns));
    }
    const more = report.problemCount - problemsShown;
    if (more > 0) lines.push(`  and ${count(more)} more (--json lists up to 1,000)`);
  }
  return `${lines.join("\n")}\n`;
}

type Alignment = "left" | "right";

/** A table without lines between its cells. */
export function plainTable(head: readonly string[], aligned: readonly Alignment[]): Table.Table {
  const nothing = "";
  const chars = Object.fromEntries(
    ["top", "top-mid", "top-left", "top-right", "bottom", "bottom-mid", "bottom-left", "bottom-right"]
      .concat(["left", "left-mid", "mid", "mid-mid", "right", "right-mid"])
      .map((place) => [place, nothing]),
  );
  return new Table({
    head: [...head],
    colAligns: [...aligned],
    chars: { ...chars, middle: "  " },
    style: { head: [], border: [], "padding-left": 0, "padding-right": 0 },
  });
}

export function tableText(table: Table.Table): string {
  return table
    .toString()
    .split("\n")
    .map((line) => line.trimEnd())
    .join("\n");
}
