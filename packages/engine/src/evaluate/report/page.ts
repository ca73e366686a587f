/** The report of an evaluation by ranking: plots, and what they say in tables as well. */
import type { GroupFigure, ModelComparison } from "../comparison.ts";
import type { Metric } from "../ranking.ts";
import type { Protocol } from "../splits/protocol.ts";
import { type Circumstances, grouped, leftOutText, metricText, page, settingsText, table } from "./parts.ts";
import { barPlot, dotPlot, escaped, linePlot } from "./plots.ts";

export interface ReportInput extends Circumstances {
  readonly comparison: readonly ModelComparison[];
  readonly metric: string;
  readonly protocol: Protocol;
  readonly questions: number;
  readonly size: { readonly users: number; readonly items: number; readonly interactions: number };
  readonly data: { readonly form: string; readonly dropped: Readonly<Record<string, number>> };
  readonly leftOut: Readonly<Record<string, number>>;
  readonly results: readonly { readonly dataset: string; readonly users: number }[];
  readonly tried: readonly { readonly model: string; readonly config: object; readonly value: number }[];
}

export function reportPage(input: ReportInput): string {
  const { comparison, metric, protocol, size, questions, results } = input;
  const name = results[0]?.dataset ?? "";
  const figures = (pick: (model: ModelComparison) => readonly GroupFigure[]) =>
    comparison.map((model) => ({ name: model.model, figures: pick(model).map(({ figure }) => figure) }));
  const groups = (pick: (model: ModelComparison) => readonly GroupFigure[], unit: string) =>
    (comparison[0] ? pick(comparison[0]) : []).map(({ from, to, questions }) => ({
      name: `${rounded(from)}${from === to ? "" : ` to ${rounded(to)}`} ${unit}`,
      note: `${grouped(questions)} questions`,
    }));
  const byHistory = ({ byHistoryLength }: ModelComparison) => byHistoryLength;
  const byPopularity = ({ byTargetPopularity }: ModelComparison) => byTargetPopularity;
  const body = `<p>${grouped(size.users)} users, ${grouped(size.items)} items, ${grouped(size.interactions)} interactions (${escaped(input.data.form)}).
${grouped(questions)} questions about ${grouped(results[0]?.users ?? 0)} users. Every item is ranked; nothing is sampled.
Intervals are 95 % bootstrap intervals over users${comparison.some(({ seeds }) => seeds > 1) ? ", of the mean over seeds" : ""}.</p>
${leftOutText({ ...input.data.dropped, ...input.leftOut })}
<h2>${escaped(metric)}</h2>
${dotPlot(
  comparison.map(({ model, metrics }) => ({ name: model, figure: metrics[metric] as DotFigure })),
  `${metric} of each model with its interval`,
)}
${qualityTable(input)}
<h2>${escaped(metric)} by length of history</h2>
${linePlot(figures(byHistory), groups(byHistory, "events"), `${metric} by events in the history`)}
<h2>${escaped(metric)} by how known the target is</h2>
<p>Users of the training data who had to do with what was to be found: to the left what hardly anybody knew.</p>
${linePlot(figures(byPopularity), groups(byPopularity, "users"), `${metric} by the target's popularity`)}
<h2>Time and memory</h2>
${barPlot(
  comparison.map(({ model, fitSeconds }) => ({
    name: model,
    value: fitSeconds,
    text: `${fitSeconds.toFixed(1)} s to fit`,
  })),
  "Seconds to fit each model",
)}
${barPlot(
  comparison.map(({ model, rankSeconds }) => ({
    name: model,
    value: rankSeconds,
    text: `${rankSeconds.toFixed(1)} s to rank`,
  })),
  "Seconds to rank everything for all questions",
)}
${barPlot(
  comparison.map(({ model, peakMemoryBytes }) => ({
    name: model,
    value: peakMemoryBytes,
    text: `${Math.round(peakMemoryBytes / 2 ** 20)} MiB at most`,
  })),
  "Most memory of each model's process",
)}
<h2>All metrics</h2>
${metricsTable(comparison)}
<h2>Settings</h2>
${settingsTable(input)}`;
  return page(`${name}: ${protocol.name}`, body, input);
}

type DotFigure = Extract<Metric, { readonly low: number }>;

function qualityTable({ comparison, metric }: ReportInput): string {
  const rows = comparison.map(({ model, metrics, spread, difference, seeds }) => [
    escaped(model),
    metricText(metrics[metric]),
    spread.deviation === null ? `${seeds}` : `${seeds}, ± ${spread.deviation.toFixed(4)}`,
    difference === undefined ? "best" : metricText(difference),
  ]);
  return table(["model", escaped(metric), "seeds, deviation", "less the best's, paired"], rows);
}

function metricsTable(comparison: readonly ModelComparison[]): string {
  const names = [...new Set(comparison.flatMap(({ metrics }) => Object.keys(metrics)))];
  return table(
    ["model", ...names.map(escaped)],
    comparison.map(({ model, metrics }) => [
      escaped(model),
      ...names.map((name) => {
        const metric = metrics[name];
        return metric === undefined ? "" : `<span title="${metricText(metric)}">${metric.value.toFixed(4)}</span>`;
      }),
    ]),
  );
}

function settingsTable({ comparison, tried, metric }: ReportInput): string {
  return table(
    ["model", "settings", `tried on validation (${escaped(metric)})`],
    comparison.map(({ model, config }) => {
      const own = tried.filter((one) => one.model === model);
      const best = own.map(({ value }) => value).sort((a, b) => b - a);
      const range = `${own.length} combinations, ${best[0]?.toFixed(4)} to ${best.at(-1)?.toFixed(4)}`;
      return [escaped(model), escaped(settingsText(config)), own.length > 0 ? range : "none"];
    }),
  );
}

function rounded(value: number): string {
  return grouped(Math.round(value));
}
