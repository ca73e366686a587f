/** What an evaluation prints: what was read, and the models side by side. */
import Table from "cli-table3";
import type { Interval } from "../../evaluate/bootstrap.ts";
import type { ModelComparison } from "../../evaluate/comparison.ts";
import type { Metric } from "../../evaluate/ranking.ts";
import type { Evaluation } from "../evaluate/evaluate.ts";
import { coloursOf, count, counted, printable, type ViewOptions } from "./text.ts";

/** Other metrics that the table has, at the length of the one that counts. */
const columns = ["HR", "NDCG", "MRR", "recall", "coverage", "novelty", "RMSE"];

export function evaluationView(evaluation: Evaluation, options: ViewOptions): string {
  const { bold } = coloursOf(options);
  const { comparison, size, questions, protocol, metric, data } = evaluation;
  const users = evaluation.results[0].users;
  const place = metric.includes("@") ? metric.slice(metric.indexOf("@")) : "";
  const shown = [metric, ...columns.flatMap((name) => [`${name}${place}`, name])].filter(
    (name, index, all) => all.indexOf(name) === index && comparison.some(({ metrics }) => metrics[name] !== undefined),
  );
  const table = new Table({
    head: ["model", ...shown, `${metric} less the best's`, "fit", "rank", "memory"],
    style: { head: [], border: [], compact: true },
    chars: { mid: "", "left-mid": "", "mid-mid": "", "right-mid": "" },
  });
  for (const row of comparison) {
    table.push([
      printable(row.model),
      ...shown.map((name) => (name === metric ? withSpread(row, metric) : figure(row.metrics[name]))),
      row.difference === undefined ? "" : interval(row.difference),
      `${row.fitSeconds.toFixed(1)} s`,
      `${row.rankSeconds.toFixed(1)} s`,
      `${Math.round(row.peakMemoryBytes / 2 ** 20)} MiB`,
    ]);
  }
  const left = Object.entries({ ...data.dropped, ...evaluation.leftOut }).map(
    ([reason, n]) => `${count(n)} x ${reason}`,
  );
  const chosen =
    evaluation.tried.length > 0 ? `Settings chosen on validation, out of ${evaluation.tried.length}.\n` : "";
  return (
    `${bold(printable(evaluation.results[0].dataset))} (${data.form}): ${counted(size.users, "user")}, ${counted(size.items, "item")}, ` +
    `${counted(size.interactions, "interaction")}.\n` +
    `${bold(protocol.name)}: ${counted(questions, "question")} about ${counted(users, "user")}, full ranking, 95 % intervals over users.\n` +
    (left.length > 0 ? `Left out: ${left.join("; ")}.\n` : "") +
    `${chosen}${table.toString()}\n`
  );
}

function withSpread({ metrics, spread }: ModelComparison, metric: string): string {
  const seeds = spread.deviation === null ? "" : `, ±${spread.deviation.toFixed(4)} over seeds`;
  const own = metrics[metric];
  return `${"low" in own ? interval(own) : figure(own)}${seeds}`;
}

function figure(metric: Metric | undefined): string {
  return metric === undefined ? "" : metric.value.toFixed(4);
}

function interval({ value, low, high }: Interval): string {
  return `${value.toFixed(4)} (${low.toFixed(4)} to ${high.toFixed(4)})`;
}
