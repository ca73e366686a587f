/**
 * What every report is made of: a page that needs nothing else, whose styles are in it and whose light and dark follow the
 * reader's setting, with tables of figures.
 */
import type { Metric } from "../ranking.ts";
import { escaped, seriesColours } from "./plots.ts";

/** What a report was measured with. */
export interface Circumstances {
  readonly protocol: object;
  readonly commit: string;
  readonly machine: {
    readonly processor: string;
    readonly cores: number;
    readonly memoryGiB: number;
    readonly system: string;
  };
}

/** @param body HTML */
export function page(title: string, body: string, { protocol, commit, machine }: Circumstances): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)}</title>
<style>${styles}</style>
</head>
<body>
<h1>${escaped(title)}</h1>
${body}
<p class="small">Commit ${escaped(commit)}; ${escaped(machine.processor)}, ${machine.cores} cores, ${machine.memoryGiB} GiB, ${escaped(machine.system)}.
Protocol: ${escaped(JSON.stringify(protocol))}.</p>
</body>
</html>
`;
}

/** @param rows HTML of the cells */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = (tag: string, row: readonly string[]) => row.map((cell) => `<${tag}>${cell}</${tag}>`).join("");
  const body = rows.map((row) => `<tr>${cells("td", row)}</tr>`).join("\n");
  return `<div class="scroll"><table><thead><tr>${cells("th", head)}</tr></thead><tbody>${body}</tbody></table></div>`;
}

export function metricText(metric: Metric | undefined): string {
  if (metric === undefined) return "";
  const value = metric.value.toFixed(4);
  return "low" in metric ? `${value} (${metric.low.toFixed(4)} to ${metric.high.toFixed(4)})` : value;
}

export function settingsText(config: object): string {
  const pairs = Object.entries(config).map(([name, value]) => `${name} ${String(value)}`);
  return pairs.length > 0 ? pairs.join(", ") : "none";
}

/** What was left out, and how often, in a paragraph; nothing where nothing was. */
export function leftOutText(counts: Readonly<Record<string, number>>): string {
  const reasons = Object.entries(counts);
  if (reasons.length === 0) return "";
  return `<p>Left out: ${reasons.map(([reason, count]) => `${grouped(count)} × ${escaped(reason)}`).join("; ")}.</p>`;
}

/** With commas between thousands. */
export function grouped(value: number): string {
  return value.toLocaleString("en-US");
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
