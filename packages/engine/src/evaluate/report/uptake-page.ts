/** The report of an evaluation of models of uptake: figures, whether probabilities mean what they say, time and memory. */
import type { Interval } from "../bootstrap.ts";
import type { UptakeComparison } from "../uptake/comparison.ts";
import { type UptakeMetric, uptakeMetrics } from "../uptake/figures.ts";
import { type Circumstances, grouped, leftOutText, metricText, page, settingsText, table } from "./parts.ts";
import { barPlot, dotPlot, escaped } from "./plots.ts";

interface TableSize {
  readonly rows: number;
  readonly yes: number;
}

export interface UptakeReportInput extends Circumstances {
  readonly comparison: readonly UptakeComparison[];
  readonly metric: UptakeMetric;
  readonly protocol: { readonly question: string };
  readonly size: { readonly users: number; readonly items: number; readonly interactions: number };
  readonly data: { readonly form: string; readonly dropped: Readonly<Record<string, number>> };
  readonly leftOut: Readonly<Record<string, number>>;
  readonly results: readonly {
    readonly dataset: string;
    readonly users: number;
    readonly train: TableSize;
    readonly validation: TableSize;
    readonly test: TableSize;
    readonly features: readonly string[];
  }[];
  readonly tried: readonly { readonly model: string; readonly config: object; readonly value: number }[];
}

/** @param asked what is asked, and how what is asked about came about */
export function uptakePage(input: UptakeReportInput, asked: string): string {
  const { comparison, metric, protocol, size, results } = input;
  const [{ dataset, users, train, validation, test, features }] = results;
  const dots = (name: UptakeMetric) =>
    dotPlot(
      comparison.map(({ model, metrics }) => ({ name: model, figure: metrics[name] })),
      `${name} of each model with its interval`,
    );
  const bars = (value: (one: UptakeComparison) => number, text: (value: number) => string, label: string) =>
    barPlot(
      comparison.map((one) => ({ name: one.model, value: value(one), text: text(value(one)) })),
      label,
    );
  const body = `
<p>${escaped(asked)}</p>
<p>${grouped(size.users)} users, ${grouped(size.items)} items, ${grouped(size.interactions)} interactions (${escaped(input.data.form)}).
Learned from ${sized(train)}, validated on ${sized(validation)}, measured on ${sized(test)} about ${grouped(users)} users.
Intervals are 95 % bootstrap intervals over users${comparison.some(({ seeds }) => seeds > 1) ? ", of the mean over seeds" : ""}.</p>
${leftOutText({ ...input.data.dropped, ...input.leftOut })}
<h2>${metric}</h2>
${dots(metric)}
${figures(comparison, ({ metrics }, name) => metrics[name])}
<h2>Less the best model's, paired by user</h2>
${figures(
  comparison.filter(({ differences }) => differences !== undefined),
  ({ differences }, name) => differences?.[name],
)}
<h2>Do probabilities mean what they say?</h2>
<p>Of the rows that a model gives each tenth of probability, the share that was a yes, and how many rows there are.</p>
${calibration(comparison)}
<h2>Time and memory</h2>
${bars(
  ({ fitSeconds }) => fitSeconds,
  (seconds) => `${seconds.toFixed(1)} s to fit`,
  "Seconds to fit each model",
)}
${bars(
  ({ predictSeconds }) => predictSeconds,
  (seconds) => `${seconds.toFixed(1)} s to ask`,
  "Seconds to ask each model all questions",
)}
${bars(
  ({ peakMemoryBytes }) => peakMemoryBytes,
  (bytes) => `${Math.round(bytes / 2 ** 20)} MiB at most`,
  "Most memory of each model's process",
)}
<h2>Settings and remarks</h2>
${settings(input)}
<p>Features: ${features.map(escaped).join(", ")}.</p>`;
  return page(`${dataset}: ${protocol.question}`, body, input);
}

function sized({ rows, yes }: TableSize): string {
  return `${grouped(rows)} rows (${((100 * yes) / Math.max(1, rows)).toFixed(0)} % yes)`;
}

function figures(
  comparison: readonly UptakeComparison[],
  figureOf: (one: UptakeComparison, metric: UptakeMetric) => Interval | undefined,
): string {
  return table(
    ["model", ...uptakeMetrics],
    comparison.map((one) => [escaped(one.model), ...uptakeMetrics.map((name) => metricText(figureOf(one, name)))]),
  );
}

function calibration(comparison: readonly UptakeComparison[]): string {
  const tenths = comparison[0].calibration.rows.length;
  const names = Array.from({ length: tenths }, (_, bin) => `${bin / tenths} to ${(bin + 1) / tenths}`);
  return table(
    ["model", ...names],
    comparison.map(({ model, calibration: { rows, shareOfYes } }) => [
      escaped(model),
      ...Array.from(rows, (count, bin) => (count === 0 ? "" : `${shareOfYes[bin].toFixed(2)} (${grouped(count)})`)),
    ]),
  );
}

function settings({ comparison, tried, metric }: UptakeReportInput): string {
  return table(
    ["model", "settings", "seeds, deviation", `tried on validation (${metric})`, "remarks"],
    comparison.map(({ model, config, seeds, deviation, remarks }) => [
      escaped(model),
      escaped(settingsText(config)),
      deviation === null ? `${seeds}` : `${seeds}, ± ${deviation.toFixed(4)}`,
      `${tried.filter((one) => one.model === model).length || "none"}`,
      escaped(remarks.join("; ")),
    ]),
  );
}
