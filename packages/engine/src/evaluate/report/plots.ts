/**
 * Plots as SVG, drawn from numbers alone: no script, nothing fetched. Colours are those of the page (`currentColor` and
 * custom properties), so that light and dark are the page's affair. Every mark has a title with its numbers.
 */
import type { Interval } from "../bootstrap.ts";

const width = 720;
const nameWidth = 170;
const rowHeight = 26;
const axisHeight = 34;

/** Text that is safe inside HTML and SVG. */
export function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}

/** Up to six round numbers from 0 that span the range. */
export function ticks(most: number): number[] {
  if (!(most > 0)) return [0];
  const rough = most / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((one) => one >= rough)!;
  return Array.from({ length: Math.floor(most / step + 1e-9) + 1 }, (_, index) =>
    Number((index * step).toPrecision(6)),
  );
}

export interface DotRow {
  readonly name: string;
  readonly figure: Interval;
}

/** A dot with its interval for each row, from 0. */
export function dotPlot(rows: readonly DotRow[], label: string): string {
  const most = Math.max(1e-9, ...rows.map(({ figure }) => figure.high)) * 1.05;
  const x = (value: number) => nameWidth + (Math.max(0, value) / most) * (width - nameWidth - 20);
  const marks = rows.map(({ name, figure: { value, low, high } }, index) => {
    const y = rowHeight * (index + 0.5) + 6;
    const title = `${name}: ${value.toFixed(4)} (${low.toFixed(4)} to ${high.toFixed(4)})`;
    return `<g><title>${escaped(title)}</title>${nameAt(name, y)}<line class="interval" x1="${at(x(low))}" x2="${at(x(high))}" y1="${y}" y2="${y}"/><circle cx="${at(x(value))}" cy="${y}" r="4.5"/></g>`;
  });
  return figureOf(rows.length * rowHeight, xAxis(most, x, rows.length * rowHeight), marks, label);
}

export interface BarRow {
  readonly name: string;
  readonly value: number;
  /** As it is to be read, with its unit. */
  readonly text: string;
}

export function barPlot(rows: readonly BarRow[], label: string): string {
  const most = Math.max(1e-9, ...rows.map(({ value }) => value)) * 1.25;
  const x = (value: number) => nameWidth + (value / most) * (width - nameWidth - 20);
  const marks = rows.map(({ name, value, text }, index) => {
    const y = rowHeight * (index + 0.5) + 6;
    return `<g><title>${escaped(`${name}: ${text}`)}</title>${nameAt(name, y)}<rect x="${nameWidth}" y="${y - 8}" width="${at(Math.max(1, x(value) - nameWidth))}" height="16" rx="2"/><text x="${at(x(value) + 6)}" y="${y + 4}">${escaped(text)}</text></g>`;
  });
  return figureOf(rows.length * rowHeight, [], marks, label);
}

export interface LineSeries {
  readonly name: string;
  /** One per group, in the groups' order. */
  readonly figures: readonly Interval[];
}

export interface LineGroup {
  readonly name: string;
  /** In the line below the name. */
  readonly note: string;
}

/** A line over groups for each series, the first ones in colours of their own, with a key below. */
export function linePlot(series: readonly LineSeries[], groups: readonly LineGroup[], label: string): string {
  const height = 240;
  const left = 60;
  const most = Math.max(1e-9, ...series.flatMap(({ figures }) => figures.map(({ high }) => high))) * 1.05;
  const x = (group: number) => left + ((group + 0.5) / Math.max(1, groups.length)) * (width - left - 20);
  const y = (value: number) => 8 + (1 - value / most) * (height - 8);
  const grid = ticks(most).map(
    (tick) =>
      `<line class="grid" x1="${left}" x2="${width - 20}" y1="${at(y(tick))}" y2="${at(y(tick))}"/><text class="name" x="${left - 8}" y="${at(y(tick) + 4)}">${tick}</text>`,
  );
  const names = groups.flatMap(({ name, note }, group) =>
    [name, note].map(
      (text, line) => `<text class="tick" x="${at(x(group))}" y="${height + 20 + 15 * line}">${escaped(text)}</text>`,
    ),
  );
  const marks = series.map(({ name, figures }, index) => {
    const points = figures.map(({ value }, group) => `${at(x(group))},${at(y(value))}`).join(" ");
    const dots = figures.map(
      ({ value, low, high }, group) =>
        `<circle cx="${at(x(group))}" cy="${at(y(value))}" r="3.5"><title>${escaped(`${name}, ${groups[group].name}: ${value.toFixed(4)} (${low.toFixed(4)} to ${high.toFixed(4)})`)}</title></circle>`,
    );
    return `<g class="${seriesClass(index)}"><polyline points="${points}"/>${dots.join("")}</g>`;
  });
  const key = series.map(({ name }, index) => {
    const [column, row] = [index % 4, Math.floor(index / 4)];
    const [left, top] = [60 + column * 165, height + 64 + row * 20];
    return `<g class="${seriesClass(index)}"><circle cx="${left}" cy="${top - 4}" r="4.5"/><text x="${left + 10}" y="${top}">${escaped(name)}</text></g>`;
  });
  const below = 56 + Math.ceil(series.length / 4) * 20;
  return svg(height + below, [...grid, ...names, ...marks, ...key], label);
}

/** Colours that the page defines as classes s0, s1, ... Series beyond them begin anew, with lines of dashes. */
export const seriesColours = ["#2563eb", "#d97706", "#059669", "#dc2626", "#7c3aed", "#0891b2", "#be185d", "#65a30d"];

function seriesClass(index: number): string {
  return `s${index % seriesColours.length}${index >= seriesColours.length ? " again" : ""}`;
}

function nameAt(name: string, y: number): string {
  return `<text class="name" x="${nameWidth - 10}" y="${y + 4}">${escaped(name)}</text>`;
}

function xAxis(most: number, x: (value: number) => number, height: number): string[] {
  return ticks(most).map(
    (tick) =>
      `<line class="grid" x1="${at(x(tick))}" x2="${at(x(tick))}" y1="6" y2="${height + 6}"/><text class="tick" x="${at(x(tick))}" y="${height + 24}">${tick}</text>`,
  );
}

function figureOf(height: number, axis: readonly string[], marks: readonly string[], label: string): string {
  return svg(height + axisHeight, [...axis, ...marks], label);
}

function svg(height: number, parts: readonly string[], label: string): string {
  return `<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${escaped(label)}">${parts.join("")}</svg>`;
}

function at(position: number): string {
  return position.toFixed(1);
}
