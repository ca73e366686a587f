/** What an evaluation prints: what was read, and the models side by side. */
import type { ModelComparison } from "../../evaluate/comparison.ts";
import type { Metric } from "../../evaluate/ranking.ts";
import type { Evaluation } from "../evaluate/evaluate.ts";
import { chosenText, intervalText, leftOutText, measurementTable, memoryText } from "./measurements.ts";
import { coloursOf, counted, printable, type ViewOptions } from "./text.ts";

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
  const table = measurementTable(["model", ...shown, `${metric} less the best's`, "fit", "rank", "memory"]);
  for (const row of comparison) {
    table.push([
      printable(row.model),
      ...shown.map((name) => (name === metric ? withSpread(row, metric) : figure(row.metrics[name]))),
      row.difference === undefined ? "" : intervalText(row.difference),
      `${row.fitSeconds.toFixed(1)} s`,
      `${row.rankSeconds.toFixed(1)} s`,
      memoryText(row.peakMemoryBytes),
    ]);
  }
  return (
    `${bold(printable(evaluation.results[0].dataset))} (${data.form}): ${counted(size.users, "user")}, ${counted(size.items, "item")}, ` +
    `${counted(size.interactions, "interaction")}.\n` +
    `${bold(protocol.name)}: ${counted(questions, "question")} about ${counted(users, "user")}, full ranking, 95 % intervals over users.\n` +
    leftOutText("Left out", data.dropped, evaluation.leftOut) +
    `${chosenText(evaluation)}${table.toString()}\n`
  );
}

function withSpread({ metrics, spread }: ModelComparison, metric: string): string {
  const seeds = spread.deviation === null ? "" : `, ±${spread.deviation.toFixed(4)} over seeds`;
  const own = metrics[metric];
  return `${"low" in own ? intervalText(own) : figure(own)}${seeds}`;
}

function figure(metric: Metric | undefined): string {
  return metric === undefined ? "" : metric.value.toFixed(4);
}
