/**
 * Results of `penchant evaluate --json` and of the benchmarks, read from a file in the browser: whatever in it is a model with
 * metrics, wherever in the document that stands. Seeds of a model with the same settings are one row.
 */
import type { Figure } from "./mean.tsx";
import { isLowerBetter } from "./metrics.ts";

/** More would be no file of results. */
export const fileBytesMax = 20_000_000;
const resultsMax = 2_000;
const depthMax = 8;

export interface ResultRow {
  readonly model: string;
  /** What was set other than by default, as `name=value`. */
  readonly settings: string;
  readonly seeds: number;
  /** By metric: the mean over seeds, from the lowest to the highest bound of any. */
  readonly figures: Readonly<Record<string, Figure>>;
}

/** Models that were measured alike. */
export interface ResultTable {
  readonly dataset: string;
  readonly protocol: string;
  readonly users: number | undefined;
  readonly items: number | undefined;
  /** Empty where nothing is said, as all texts here. */
  readonly processor: string;
  readonly commit: string;
  readonly metrics: readonly string[];
  readonly rows: readonly ResultRow[];
}

type Json = Readonly<Record<string, unknown>>;

interface Found {
  readonly result: Json;
  /** The document around it, from the outside in: what it says holds for the result. */
  readonly around: readonly Json[];
}

/** The tables of a file's text; none where nothing in it is a result. Throws SyntaxError for a text that is no JSON. */
export function tablesOf(text: string): ResultTable[] {
  const found: Found[] = [];
  collect(documentOf(text), [], found);
  const groups = Map.groupBy(found, ({ result, around }) => {
    const all = [...around, result];
    return JSON.stringify([said(all, "dataset"), protocolOf(all), said(all, "cut")]);
  });
  return [...groups.values()].map(tableOf);
}

/** One document, or one on each line. */
function documentOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const lines = text.split("\n").filter((line) => line.trim() !== "");
    if (lines.length < 2) throw error;
    return lines.map((line) => JSON.parse(line) as unknown);
  }
}

function collect(value: unknown, around: readonly Json[], found: Found[]): void {
  if (typeof value !== "object" || value === null || around.length > depthMax || found.length >= resultsMax) return;
  if (Array.isArray(value)) {
    for (const each of value) collect(each, around, found);
    return;
  }
  const object = value as Json;
  if (typeof object.model === "string" && Object.keys(figuresOf(object.metrics)).length > 0) {
    found.push({ result: object, around });
    return;
  }
  for (const each of Object.values(object)) collect(each, [...around, object], found);
}

function figuresOf(metrics: unknown): Record<string, Figure> {
  if (typeof metrics !== "object" || metrics === null) return {};
  return Object.fromEntries(
    Object.entries(metrics).flatMap(([name, figure]: [string, unknown]): [string, Figure][] => {
      const { value, low, high } = (figure ?? {}) as Json;
      if (typeof value !== "number") return [];
      return [[name, typeof low === "number" && typeof high === "number" ? { value, low, high } : { value }]];
    }),
  );
}

function tableOf(found: readonly Found[]): ResultTable {
  const [{ result, around }] = found;
  const all = [...around, result];
  const rows = Map.groupBy(found, (each) => JSON.stringify([each.result.model, each.result.config]));
  const machine = (said(all, "machine") ?? {}) as Json;
  return {
    dataset: textOf(said(all, "dataset")) || textOf(said(all, "benchmark")),
    protocol: protocolOf(all),
    users: countOf(said(all, "users")),
    items: countOf(said(all, "items")),
    processor: textOf(machine.processor),
    commit: textOf(said(all, "commit")),
    metrics: [...new Set(found.flatMap((each) => Object.keys(figuresOf(each.result.metrics))))],
    rows: [...rows.values()].map(rowOf),
  };
}

function rowOf(found: readonly Found[]): ResultRow {
  const [{ result }] = found;
  const each = found.map((one) => figuresOf(one.result.metrics));
  const names = [...new Set(each.flatMap((figures) => Object.keys(figures)))];
  return {
    model: String(result.model),
    settings: Object.entries((result.config ?? {}) as Json)
      .map(([name, value]) => `${name}=${textOf(value)}`)
      .join(", "),
    seeds: found.length,
    figures: Object.fromEntries(
      names.map((name) => [name, over(each.flatMap((figures) => (name in figures ? [figures[name]] : [])))]),
    ),
  };
}

function over(figures: readonly Figure[]): Figure {
  const value = figures.reduce((sum, figure) => sum + figure.value, 0) / figures.length;
  const lows = figures.flatMap(({ low }) => low ?? []);
  const highs = figures.flatMap(({ high }) => high ?? []);
  return lows.length === 0 ? { value } : { value, low: Math.min(...lows), high: Math.max(...highs) };
}

/** Rows by a metric, the best one first; those without it last. */
export function ranked(rows: readonly ResultRow[], metric: string): ResultRow[] {
  const sign = isLowerBetter(metric) ? 1 : -1;
  const place = ({ figures }: ResultRow) => {
    const value = figures[metric]?.value;
    return value === undefined ? Number.POSITIVE_INFINITY : sign * value;
  };
  return rows.toSorted((a, b) => place(a) - place(b));
}

/** What the innermost says under a name. */
function said(objects: readonly Json[], name: string): unknown {
  return objects.findLast((object) => object[name] !== undefined)?.[name];
}

function protocolOf(objects: readonly Json[]): string {
  const protocol = said(objects, "protocol");
  return typeof protocol === "object" && protocol !== null ? textOf((protocol as Json).name) : textOf(protocol);
}

function textOf(value: unknown): string {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? String(value) : "";
}

function countOf(value: unknown): number | undefined {
  return typeof value === "number" ? value : undefined;
}
