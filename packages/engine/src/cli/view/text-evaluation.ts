/** What an evaluation of embedders prints: a column for each embedder, a line for each figure. */
import Table from "cli-table3";
import type { Metric } from "../../evaluate/ranking.ts";
import type { TextEvaluation } from "../evaluate/text/evaluate-text.ts";
import { coloursOf, counted, printable, type ViewOptions } from "./text.ts";

export function textEvaluationView(results: readonly TextEvaluation[], options: ViewOptions): string {
  const [first] = results;
  const { bold } = coloursOf(options);
  const table = new Table({
    head: ["", ...results.map(({ model }) => printable(model))],
    style: { head: [], border: [], compact: true },
    chars: { mid: "", "left-mid": "", "mid-mid": "", "right-mid": "" },
  });
  const names = new Set(results.flatMap(({ metrics }) => Object.keys(metrics)));
  for (const name of names) table.push([name, ...results.map(({ metrics }) => figure(metrics[name]))]);
  table.push(["seconds", ...results.map(({ seconds }) => seconds.toFixed(1))]);
  return (
    `${bold(printable(first.dataset))}: ${counted(first.users, "user")}, ${counted(first.items, "item")} with words; ` +
    `${counted(first.classified, "text")} with classes, ${counted(first.tags, "tag")}. 95 % intervals over users or texts.\n` +
    `${table.toString()}\n`
  );
}

function figure(metric: Metric | undefined): string {
  if (metric === undefined) return "";
  if (!("low" in metric))
    return Number.isInteger(metric.value) && metric.value > 1 ? String(metric.value) : metric.value.toFixed(3);
  return `${metric.value.toFixed(4)} (${metric.low.toFixed(4)} to ${metric.high.toFixed(4)})`;
}
