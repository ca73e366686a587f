/**
 * What all benchmarks share: how they are called and what they print.
 *
 *     npm run bench:NAME                 figures for people
 *     npm run bench:NAME -- --json       one JSON document on stdout
 *     npm run bench:NAME -- --save       also writes bench/results/NAME.json
 *
 * A result carries the commit and the machine that it was measured on, because a timing without them says nothing.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { commit, machine } from "../../packages/engine/src/cli/circumstances.ts";

export type Figures = Readonly<Record<string, unknown>>;

/**
 * Runs a benchmark as a program.
 *
 * @param numbers the options that take a whole number above 0, with their defaults
 * @param measure does the work; figures named `...Ms`, `...Bytes` and so on carry their units
 * @example
 * await benchmark("fold", { events: 1_000_000 }, ({ events }) => ({ eventsPerSecond: fold(events) }));
 */
export async function benchmark<Numbers extends Readonly<Record<string, number>>>(
  name: string,
  numbers: Numbers,
  measure: (
    options: { readonly [Key in keyof Numbers]: number } & {
      readonly data: string | undefined;
      /** Names as in `penchant evaluate --task text`, with commas between. */
      readonly embedders: string | undefined;
    },
  ) => Promise<Figures> | Figures,
): Promise<void> {
  const { values } = parseArgs({
    options: {
      json: { type: "boolean" },
      save: { type: "boolean" },
      data: { type: "string" },
      embedders: { type: "string" },
      ...Object.fromEntries(Object.keys(numbers).map((key) => [key, { type: "string" as const }])),
    },
  });
  const given = values as Readonly<Record<string, string | boolean | undefined>>;
  const options = Object.fromEntries(
    Object.entries(numbers).map(([key, fallback]) => [
      key,
      given[key] === undefined ? fallback : wholeNumber(key, given[key]),
    ]),
  ) as { [Key in keyof Numbers]: number };
  const figures = await measure({ ...options, data: values.data, embedders: values.embedders });
  const result = { benchmark: name, ...figures, options, ...circumstances() };
  if (values.save) {
    const folder = join(import.meta.dirname, "../results");
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, `${name}.json`), `${JSON.stringify(result, null, 2)}\n`);
  }
  process.stdout.write(`${values.json ? JSON.stringify(result) : lines(result)}\n`);
}

/** Tells on stderr what a benchmark is doing; stdout belongs to the result. */
export function tell(step: string): void {
  process.stderr.write(`${step}\n`);
}

function wholeNumber(key: string, value: unknown): number {
  const number = Number(value);
  if (Number.isSafeInteger(number) && number > 0) return number;
  process.stderr.write(`--${key}: expected a whole number above 0, got ${String(value)}.\n`);
  process.exit(2);
}

function circumstances(): Figures {
  return { commit: commit(), machine: machine(), node: process.versions.node, date: new Date().toISOString() };
}

/** One line per figure, lists of figures as one line each. */
function lines(value: unknown, name = ""): string {
  if (Array.isArray(value)) return value.map((entry) => `  ${name}: ${flat(entry)}`).join("\n");
  if (typeof value !== "object" || value === null || name !== "") return `  ${name}: ${flat(value)}`;
  return Object.entries(value)
    .map(([key, entry]) => lines(entry, key))
    .join("\n");
}

function flat(value: unknown): string {
  if (typeof value === "number") return value.toLocaleString("en", { maximumFractionDigits: 3 });
  if (typeof value !== "object" || value === null) return String(value);
  return Object.entries(value)
    .map(([key, entry]) => `${key} ${flat(entry)}`)
    .join(", ");
}
