/** What an evaluation of models of uptake prints: what was asked, and the models side by side. */
import { uptakeMetrics } from "../../evaluate/uptake/figures.ts";
import type { TableSize, UptakeEvaluation } from "../evaluate/uptake/evaluate-uptake.ts";
import type { UptakeProtocol } from "../evaluate/uptake/protocol.ts";
import { chosenText, intervalText, leftOutText, measurementTable, memoryText } from "./measurements.ts";
import { coloursOf, counted, printable, type ViewOptions } from "./text.ts";

const headings: Partial<Record<string, string>> = { logLoss: "log loss", expectedCalibrationError: "calibration" };

export function uptakeEvaluationView(evaluation: UptakeEvaluation, options: ViewOptions): string {
  const { bold } = coloursOf(options);
  const { comparison, size, metric, data, protocol, results } = evaluation;
  const [{ dataset, users, train, validation, test }] = results;
  const others = uptakeMetrics.filter((name) => name !== metric);
  const table = measurementTable([
    "model",
    heading(metric),
    ...others.map(heading),
    `${heading(metric)} less the best's`,
    "fit",
    "ask",
    "memory",
  ]);
  for (const row of comparison) {
    const seeds = row.deviation === null ? "" : `, ±${row.deviation.toFixed(4)} over seeds`;
    table.push([
      printable(row.model),
      `${intervalText(row.metrics[metric])}${seeds}`,
      ...others.map((name) => row.metrics[name].value.toFixed(4)),
      row.differences === undefined ? "" : intervalText(row.differences[metric]),
      `${row.fitSeconds.toFixed(1)} s`,
      `${row.predictSeconds.toFixed(1)} s`,
      memoryText(row.peakMemoryBytes),
    ]);
  }
  return (
    `${bold(printable(dataset))} (${data.form}): ${counted(size.users, "user")}, ${counted(size.items, "item")}, ` +
    `${counted(size.interactions, "interaction")}.\n` +
    `${bold(protocol.question)}: ${questionText(protocol)} ${sized("Learned from", train)}, ${sized("validation", validation)}, ` +
    `${sized("test", test)} about ${counted(users, "user")}; 95 % intervals over users.\n` +
    leftOutText("Not asked about", data.dropped, evaluation.leftOut) +
    `${chosenText(evaluation)}${table.toString()}\n` +
    remarksText(comparison)
  );
}

/** A line for each model whose fits had something to say. */
function remarksText(comparison: UptakeEvaluation["comparison"]): string {
  return comparison
    .filter(({ remarks }) => remarks.length > 0)
    .map(({ model, remarks }) => `${printable(model)}: ${printable(remarks.join("; "))}.\n`)
    .join("");
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
