/** What an evaluation of models of uptake prints: what was asked, and the models side by side. */
import Table from "cli-table3";
import type { Interval } from "../../evaluate/bootstrap.ts";
import { uptakeMetrics } from "../../evaluate/uptake/figures.ts";
import type { TableSize, UptakeEvaluation } from "../evaluate/uptake/evaluate-uptake.ts";
import type { UptakeProtocol } from "../evaluate/uptake/protocol.ts";
import { coloursOf, count, counted, printable, type ViewOptions } from "./text.ts";

const headings: Partial<Record<string, string>> = { logLoss: "log loss", expectedCalibrationError: "calibration" };

export function uptakeEvaluationView(evaluation: UptakeEvaluation, options: ViewOptions): string {
  const { bold } = coloursOf(options);
  const { comparison, size, metric, data, protocol, results } = evaluation;
  const [{ dataset, users, train, validation, test }] = results;
  const others = uptakeMetrics.filter((name) => name !== metric);
  const table = new Table({
    head: [
      "model",
      heading(metric),
      ...others.map(heading),
      `${heading(metric)} less the best's`,
      "fit",
      "ask",
      "memory",
    ],
    style: { head: [], border: [], compact: true },
    chars: { mid: "", "left-mid": "", "mid-mid": "", "right-mid": "" },
  });
  for (const row of comparison) {
    const seeds = row.deviation === null ? "" : `, ±${row.deviation.toFixed(4)} over seeds`;
    table.push([
      printable(row.model),
      `${interval(row.metrics[metric])}${seeds}`,
      ...others.map((name) => row.metrics[name].value.toFixed(4)),
      row.differences === undefined ? "" : interval(row.differences[metric]),
      `${row.fitSeconds.toFixed(1)} s`,
      `${row.predictSeconds.toFixed(1)} s`,
      `${Math.round(row.peakMemoryBytes / 2 ** 20)} MiB`,
    ]);
  }
  const left = Object.entries({ ...data.dropped, ...evaluation.leftOut }).map(
    ([reason, n]) => `${count(n)} x ${reason}`,
  );
  const chosen =
    evaluation.tried.length > 0 ? `Settings chosen on validation, out of ${evaluation.tried.length}.\n` : "";
  return (
    `${bold(printable(dataset))} (${data.form}): ${counted(size.users, "user")}, ${counted(size.items, "item")}, ` +
    `${counted(size.interactions, "interaction")}.\n` +
    `${bold(protocol.question)}: ${questionText(protocol)} ${sized("Learned from", train)}, ${sized("validation", validation)}, ` +
    `${sized("test", test)} about ${counted(users, "user")}; 95 % intervals over users.\n` +
    (left.length > 0 ? `Not asked about: ${left.join("; ")}.\n` : "") +
    `${chosen}${table.toString()}\n`
  );
}

const heading = (metric: string): string => headings[metric] ?? metric;

/** What is asked, and how what is asked about came about. */
export function questionText({ question, threshold, negatives, negativeExponent, keepsSeen }: UptakeProtocol): string {
  if (question === "liked") return `is the value ${threshold} or more?`;
  const how = negativeExponent === 0 ? "evenly" : `by their events to the power of ${negativeExponent}`;
  const which = keepsSeen ? "" : ", of items that were new to the person";
  return `was it this item that was taken up then${which}? For each yes ${negatives} drawn ${how} from the catalogue are a no.`;
}

function sized(name: string, { rows, yes }: TableSize): string {
  return `${name} ${counted(rows, "row")} (${((100 * yes) / Math.max(1, rows)).toFixed(0)} % yes)`;
}

function interval({ value, low, high }: Interval): string {
  return `${value.toFixed(4)} (${low.toFixed(4)} to ${high.toFixed(4)})`;
}
