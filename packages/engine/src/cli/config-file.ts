/**
 * `penchant.config.json`: the engine's settings (dataDir, eventWeights and the rest), and under `imports` which files to
 * import and how to read them. `penchant init` writes it with comments, which go from `//` to the end of the line;
 * everything else is JSON. Unknown keys and wrong types are refused: here what concerns the import, by the engine the rest.
 */
import { readFileSync } from "node:fs";
import { dirname, isAbsolute, join } from "node:path";
import { z } from "zod";
import { PenchantError } from "../base/errors.ts";
import type { ImportSource } from "../import/import.ts";
import type { EventMapping, ItemMapping } from "../import/mapping.ts";
import { timeUnits } from "../import/times.ts";

export const configName = "penchant.config.json";
/** How a file's name ends that is a configuration and not data. */
export const configEnding = ".config.json";

const column = z.string().min(1);
const columns = z.array(column).min(1);
const time = z.union([column, z.strictObject({ column, unit: z.enum(timeUnits) })]);

const eventMapping = z.strictObject({
  id: column.optional(),
  user: column,
  type: z.union([column, z.strictObject({ constant: z.string().min(1) })]),
  item: column.optional(),
  value: column.optional(),
  text: column.optional(),
  time,
  session: column.optional(),
  context: columns.optional(),
}) satisfies z.ZodType<EventMapping>;

const itemMapping = z.strictObject({
  id: column,
  title: z.union([column, columns]),
  text: z.union([column, columns]).optional(),
  categories: z
    .union([columns, z.strictObject({ column, separator: column.optional(), levels: column.optional() })])
    .optional(),
  attributes: columns.optional(),
  image: column.optional(),
  createdAt: time.optional(),
}) satisfies z.ZodType<ItemMapping>;

const source = z.union([
  z.strictObject({ movieLens: z.string().min(1) }),
  z.strictObject({ file: z.string().min(1), events: eventMapping, columns: columns.optional() }),
  z.strictObject({ file: z.string().min(1), items: itemMapping, columns: columns.optional() }),
]);

const config = z.looseObject({ imports: z.array(source).min(1).optional() });

export interface ConfigFile {
  /** Relative paths start at the file's folder. */
  readonly imports: readonly ImportSource[];
  /** Everything but the imports, for the engine to check. */
  readonly engine: Readonly<Record<string, unknown>>;
}

/** Throws PENCHANT_E_CONFIG with the place that is wrong. */
export function readConfigFile(path: string): ConfigFile {
  const { imports = [], ...engine } = parseWith(config, readText(path), path);
  const located = (file: string) => (isAbsolute(file) ? file : join(dirname(path), file));
  return {
    imports: imports.map((entry) =>
      "movieLens" in entry ? { movieLens: located(entry.movieLens) } : { ...entry, file: located(entry.file) },
    ),
    engine,
  };
}

/** A mapping as the command line takes it: the path of a JSON file, or `field=column` pairs with `type:constant`. */
export function readMapping(kind: "events", text: string): EventMapping;
export function readMapping(kind: "items", text: string): ItemMapping;
export function readMapping(kind: "events" | "items", text: string): EventMapping | ItemMapping {
  const schema = kind === "events" ? eventMapping : itemMapping;
  if (!text.includes("=")) return parseWith<EventMapping | ItemMapping>(schema, readText(text), text);
  const fields: Record<string, unknown> = {};
  for (const pair of text.split(",")) {
    const [, field, mark, value] = /^\s*([A-Za-z]+)([=:])(.+)$/.exec(pair) ?? [];
    if (field === undefined || value === undefined) {
      throw new PenchantError(
        "PENCHANT_E_USAGE",
        `--mapping: expected field=column or type:constant, got ${JSON.stringify(pair)}.`,
      );
    }
    const several = value.split("+");
    fields[field] =
      mark === ":" ? { constant: value } : listFields.has(field) ? several : several.length > 1 ? several : value;
  }
  return checked<EventMapping | ItemMapping>(schema, fields, "--mapping");
}

/** Fields whose columns are a list even where there is one. */
const listFields = new Set(["context", "attributes", "categories"]);

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    const reason =
      (error as NodeJS.ErrnoException).code === "ENOENT" ? "there is no such file" : (error as Error).message;
    throw new PenchantError("PENCHANT_E_CONFIG", `${path}: ${reason}.`, { cause: error });
  }
}

function parseWith<T>(schema: z.ZodType<T>, text: string, path: string): T {
  let value: unknown;
  try {
    value = JSON.parse(withoutComments(text));
  } catch (error) {
    throw new PenchantError("PENCHANT_E_CONFIG", `${path}: expected JSON: ${(error as Error).message}.`, {
      cause: error,
    });
  }
  return checked(schema, value, path);
}

function checked<T>(schema: z.ZodType<T>, value: unknown, where: string): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const problems = deepestIssues(result.error.issues).map(
    ({ path, message }) => `${path.join(".") || "the whole"}: ${message}`,
  );
  throw new PenchantError("PENCHANT_E_CONFIG", `${where}: ${problems.join("; ")}.`);
}

/** Of a union's branches, those of the one that came closest: the one with the fewest complaints. */
function deepestIssues(issues: readonly z.core.$ZodIssue[]): { path: PropertyKey[]; message: string }[] {
  return issues.flatMap((issue) => {
    if (issue.code !== "invalid_union" || issue.errors.length === 0)
      return [{ path: issue.path, message: issue.message }];
    const closest = issue.errors.reduce((best, branch) => (badness(branch) < badness(best) ? branch : best));
    return deepestIssues(closest).map(({ path, message }) => ({ path: [...issue.path, ...path], message }));
  });
}

/** A branch that knows none of the keys is further away than one with a wrong value deep inside. */
function badness(issues: readonly z.core.$ZodIssue[]): number {
  return issues.reduce(
    (sum, issue) => sum + 1 / (1 + issue.path.length) + (issue.code === "unrecognized_keys" ? issue.keys.length : 0),
    0,
  );
}

/** Blanks out `//` comments, strings left alone, so that positions in error messages stay right. */
export function withoutComments(text: string): string {
  return text.replaceAll(/"(?:[^"\\\n]|\\.)*"|\/\/[^\n]*/g, (part) =>
    part.startsWith("//") ? " ".repeat(part.length) : part,
  );
}
