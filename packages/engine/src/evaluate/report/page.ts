/**
 * A report as one page that needs nothing else: styles and plots are in it, light and dark follow the reader's setting,
 * and what it says stands in tables as well.
 */
import type { GroupFigure, ModelComparison } from "../comparison.ts";
import type { Metric } from "../ranking.ts";
import type { Protocol } from "../splits/protocol.ts";
import { barPlot, dotPlot, escaped, linePlot, seriesColours } from "./plots.ts";

export interface ReportInput {
  readonly comparison: readonly ModelComparison[];
  readonly metric: string;
  readonly protocol: Protocol;
  readonly questions: number;
  readonly size: { readonly users: number; readonly items: number; readonly interactions: number };
  readonly data: { readonly form: string; readonly dropped: Readonly<Record<string, number>> };
  readonly leftOut: Readonly<Record<string, number>>;
  readonly results: readonly { readonly dataset: string; readonly users: number }[];
  readonly tried: readonly { readonly model: string; readonly config: object; readonly value: number }[];
  readonly commit: string;
  readonly machine: {
    readonly processor: string;
    readonly cores: number;
    readonly memoryGiB: number;
    readonly system: string;
  };
}

export function reportPage(input: ReportInput): string {
  const { comparison, metric, protocol, size, questions, results, machine } = input;
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
  const counts = Object.entries({ ...input.data.dropped, ...input.leftOut });
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(name)}: ${escaped(protocol.name)}</title>
<style>${styles}</style>
</head>
<body>
<h1>${escaped(name)}: ${escaped(protocol.name)}</h1>
<p>${grouped(size.users)} users, ${grouped(size.items)} items, ${grouped(size.interactions)} interactions (${escaped(input.data.form)}).
${grouped(questions)} questions about ${grouped(results[0]?.users ?? 0)} users. Every item is ranked; nothing is sampled.
Intervals are 95 % bootstrap intervals over users${comparison.some(({ seeds }) => seeds > 1) ? ", of the mean over seeds" : ""}.</p>
${counts.length > 0 ? `<p>Left out: ${counts.map(([reason, count]) => `${grouped(count)} × ${escaped(reason)}`).join("; ")}.</p>` : ""}
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
${settingsTable(input)}
<p class="small">Commit ${escaped(input.commit)}; ${escaped(machine.processor)}, ${machine.cores} cores, ${machine.memoryGiB} GiB, ${escaped(machine.system)}.
Protocol: ${escaped(JSON.stringify(protocol))}.</p>
</body>
</html>
`;
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

function settingsText(config: object): string {
  const pairs = Object.entries(config).map(([name, value]) => `${name} ${String(value)}`);
  return pairs.length > 0 ? pairs.join(", ") : "none";
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = (tag: string, row: readonly string[]) => row.map((cell) => `<${tag}>${cell}</${tag}>`).join("");
  const body = rows.map((row) => `<tr>${cells("td", row)}</tr>`).join("\n");
  return `<div class="scroll"><table><thead><tr>${cells("th", head)}</tr></thead><tbody>${body}</tbody></table></div>`;
}

function metricText(metric: Metric | undefined): string {
  if (metric === undefined) return "";
  const value = metric.value.toFixed(4);
  return "low" in metric ? `${value} (${metric.low.toFixed(4)} to ${metric.high.toFixed(4)})` : value;
}

function grouped(value: number): string {
  return value.toLocaleString("en-US");
}

function rounded(value: number): string {
  return grouped(Math.round(value));
}

const styles = `
:root { color-scheme: light dark; --ground: #fff; --text: #1c1c1e; --faint: #d9d9de; --mark: #2563eb; --quiet: #6b6b73; }
@media (prefers-color-scheme: dark) { :root { --ground: #17171a; --text: #ececf0; --faint: #3a3a41; --mark: #7aa2ff; --quiet: #a0a0aa; } }
body { background: var(--ground); color: var(--text); font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
h1, h2 { line-height: 1.2; } h2 { margin-top: 2.5rem; }
svg { width: 100%; height: auto; display: block; margin: 1rem 0; } svg text { fill: currentColor; font-size: 12px; }
svg .name { text-anchor: end; } svg .tick { text-anchor: middle; fill: var(--quiet); font-size: 11px; }
svg .grid { stroke: var(--faint); } svg .interval { stroke: var(--mark); stroke-width: 3; opacity: .45; }
svg circle, svg rect { fill: var(--mark); } svg polyline { fill: none; stroke-width: 2; } .again polyline { stroke-dasharray: 6 4; } .again circle { fill-opacity: .55; }
.scroll { overflow-x: auto; } table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: .9rem; }
th, td { text-align: left; padding: .3rem .8rem .3rem 0; border-bottom: 1px solid var(--faint); white-space: nowrap; }
.small { color: var(--quiet); font-size: .85rem; margin-top: 3rem; overflow-wrap: anywhere; }
${seriesColours
  .map((colour, index) => `.s${index} circle { fill: ${colour}; } .s${index} polyline { stroke: ${colour}; }`)
  .join("\n")}
`;
