/**
 * Importing, from files to the engine:
 *
 * 1. Every source is opened, its columns checked against its mapping and its content hashed. Missing and damaged files
 *    and wrong mappings stop the import here, before anything is written.
 * 2. With `strict`, all rows are read once without writing; a single bad one stops the import.
 * 3. Items first, then events, in batches; rows that make neither are reported and left out.
 * 4. A source that came to its end goes into the ledger, and a later import of the same content skips it. An import that
 *    was interrupted can simply be repeated: events that are there already are recognised by their ids.
 */
import { PenchantError } from "../base/errors.ts";
import type { Clock } from "../base/time.ts";
import type { EventInput, TrackResult } from "../core/event.ts";
import type { Item } from "../core/item.ts";
import { limits } from "../core/limits.ts";
import type { ImportLedger } from "../core/ports.ts";
import { fingerprint } from "./fingerprint.ts";
import { type EventMapping, eventReader, type ItemMapping, itemReader } from "./mapping.ts";
import { movieLensEvents, movieLensFiles, movieLensItems, readMovieLens } from "./movielens.ts";
import { ProblemLog, type RowProblem } from "./problems.ts";
import { openTable, type Row } from "./table.ts";

/** What to import. `columns` names those of delimited text without a header line. */
export type ImportSource =
  | { readonly movieLens: string }
  | { readonly file: string; readonly events: EventMapping; readonly columns?: readonly string[] | undefined }
  | { readonly file: string; readonly items: ItemMapping; readonly columns?: readonly string[] | undefined };

/** What an import needs of an engine. */
export interface ImportTarget {
  readonly clock: Clock;
  readonly storage: { readonly imports: ImportLedger };
  putItems(items: readonly Item[]): Promise<{ created: number; updated: number }>;
  track(events: readonly EventInput[]): Promise<TrackResult[]>;
}

export interface ImportOptions {
  /** Refuse the whole import when a row cannot be imported; default false. */
  readonly strict?: boolean;
  /** Items or events per write, at most `limits.batch`; default 5,000. */
  readonly batchSize?: number;
  /** Called after each batch; `total` is estimated from the part of the file that has been read. */
  readonly onProgress?: (progress: { step: string; done: number; total: number }) => void;
}

export interface ImportedFile {
  readonly file: string;
  readonly status: "imported" | "skipped";
  /** Rows that became items or events; 0 for a skipped file. */
  readonly items: number;
  readonly events: number;
}

export interface ImportReport {
  /** Items written, new or changed. */
  readonly items: number;
  /** Events that were new. */
  readonly events: number;
  /** Events that were there already. */
  readonly duplicates: number;
  /** The first bad rows, at most `keptProblemsMax`; `problemCount` counts all. */
  readonly problems: readonly RowProblem[];
  readonly problemCount: number;
  readonly files: readonly ImportedFile[];
}

type Totals = { items: number; events: number; duplicates: number };

/**
 * Imports sources into an engine.
 *
 * @throws PENCHANT_E_IMPORT_SOURCE, PENCHANT_E_IMPORT_COLUMNS, or with `strict` PENCHANT_E_IMPORT_ROWS, each before
 *   anything is written
 * @example
 * await importInto(engine, [{ file: "orders.csv", events: { user: "customer_id", item: "sku", type: { constant: "purchase" }, time: "ts" } }]);
 */
export async function importInto(
  target: ImportTarget,
  sources: readonly ImportSource[],
  options: ImportOptions = {},
): Promise<ImportReport> {
  const batchSize = options.batchSize ?? 5_000;
  if (!Number.isInteger(batchSize) || batchSize < 1 || batchSize > limits.batch) {
    throw new PenchantError("PENCHANT_E_USAGE", `batchSize: expected 1 to ${limits.batch}, got ${batchSize}.`);
  }
  const jobs = await Promise.all(sources.map((source) => prepare(source, target)));
  const waiting = jobs.filter(({ known }) => !known);
  if (options.strict) {
    const problems = new ProblemLog();
    const dry: Writer = {
      putItems: async () => {},
      track: async () => {},
    };
    for (const { run } of waiting) await run(dry, problems, { ...options, batchSize });
    if (problems.count > 0) throw strictError(problems);
  }
  const problems = new ProblemLog();
  const totals: Totals = { items: 0, events: 0, duplicates: 0 };
  const writer = writerTo(target, totals);
  const files: ImportedFile[] = [];
  for (const job of [
    ...waiting.filter(({ kind }) => kind !== "events"),
    ...waiting.filter(({ kind }) => kind === "events"),
  ]) {
    const before = { ...totals };
    await job.run(writer, problems, { ...options, batchSize });
    const items = totals.items - before.items;
    const events = totals.events + totals.duplicates - before.events - before.duplicates;
    await target.storage.imports.add(job.fingerprint, `${job.name}: ${items} items, ${events} events`);
    files.push({ file: job.name, status: "imported", items, events });
  }
  for (const { known, name } of jobs) if (known) files.push({ file: name, status: "skipped", items: 0, events: 0 });
  return { ...totals, problems: problems.kept, problemCount: problems.count, files };
}

interface Writer {
  readonly putItems: (items: readonly Item[]) => Promise<void>;
  readonly track: (events: readonly EventInput[]) => Promise<void>;
}

function writerTo(target: ImportTarget, totals: Totals): Writer {
  return {
    async putItems(items) {
      await target.putItems(items);
      totals.items += items.length;
    },
    async track(events) {
      for (const { status } of await target.track(events)) totals[status === "accepted" ? "events" : "duplicates"] += 1;
    },
  };
}

interface Job {
  readonly name: string;
  readonly kind: "items" | "events" | "both";
  readonly fingerprint: string;
  /** The ledger has it. */
  readonly known: boolean;
  readonly run: (writer: Writer, problems: ProblemLog, options: ImportOptions & { batchSize: number }) => Promise<void>;
}

async function prepare(source: ImportSource, target: ImportTarget): Promise<Job> {
  if ("movieLens" in source) return prepareMovieLens(source.movieLens, target);
  const { file, columns } = source;
  const table = await openTable(file, { columns });
  const reading = "events" in source ? { events: source.events, columns } : { items: source.items, columns };
  const job = { name: file, ...(await ledgerEntry(target, [file], reading)) };
  if ("events" in source) {
    const read = eventReader(table, source.events, () => target.clock.now());
    return {
      ...job,
      kind: "events",
      run: (writer, problems, options) => runTable(table, read, writer.track, problems, options),
    };
  }
  const read = itemReader(table, source.items);
  return {
    ...job,
    kind: "items",
    run: (writer, problems, options) => runTable(table, read, writer.putItems, problems, options),
  };
}

async function prepareMovieLens(folder: string, target: ImportTarget): Promise<Job> {
  // A folder that is none is refused by the reader, with the reason.
  const files = movieLensFiles(folder) ?? [];
  if (files.length === 0) await readMovieLens(folder);
  return {
    name: folder,
    kind: "both",
    ...(await ledgerEntry(target, files, "movielens")),
    async run(writer, problems, { onProgress, batchSize }) {
      const data = await readMovieLens(folder);
      for (const problem of data.problems) problems.add(problem);
      problems.addUnkept(data.problemCount - data.problems.length);
      const write = async <T>(step: string, all: readonly T[], send: (batch: readonly T[]) => Promise<void>) => {
        for (let start = 0; start < all.length; start += batchSize) {
          await send(all.slice(start, start + batchSize));
          onProgress?.({ step, done: Math.min(all.length, start + batchSize), total: all.length });
        }
      };
      await write("Importing films", movieLensItems(data), writer.putItems);
      await write("Importing ratings", movieLensEvents(data), writer.track);
    },
  };
}

async function ledgerEntry(target: ImportTarget, files: readonly string[], reading: unknown) {
  const print = await fingerprint(files, reading);
  return { fingerprint: print, known: await target.storage.imports.has(print) };
}

async function runTable<T>(
  table: Awaited<ReturnType<typeof openTable>>,
  read: (row: Row) => T,
  send: (batch: readonly T[]) => Promise<void>,
  problems: ProblemLog,
  { onProgress, batchSize }: ImportOptions & { batchSize: number },
): Promise<void> {
  const { file } = table;
  let waiting: T[] = [];
  let done = 0;
  for await (const batch of table.batches()) {
    for (const row of batch.rows) {
      const result = row.values ? attempt(read, row) : row;
      if ("reason" in result) problems.add({ file, line: row.line, reason: result.reason });
      else waiting.push(result.value);
      if (waiting.length === batchSize) {
        await send(waiting);
        waiting = [];
      }
    }
    done += batch.rows.length;
    onProgress?.({ step: `Importing ${file}`, done, total: Math.max(done, Math.round(done / (batch.fraction || 1))) });
  }
  if (waiting.length > 0) await send(waiting);
}

function attempt<T>(read: (row: Row) => T, row: Row): { value: T } | { reason: string } {
  try {
    return { value: read(row) };
  } catch (error) {
    if (!PenchantError.isInstance(error)) throw error;
    return { reason: error.message.replace(derivedIdPrefix, "") };
  }
}

/** An id that the import made up tells the reader of the file nothing. */
const derivedIdPrefix = /^event "[\w-]{22}": /;

function strictError(problems: ProblemLog): PenchantError {
  const [first] = problems.kept;
  return new PenchantError(
    "PENCHANT_E_IMPORT_ROWS",
    `${problems.count} ${problems.count === 1 ? "row" : "rows"} cannot be imported, and nothing was (strict). The first: ${first.file}:${first.line}: ${first.reason}`,
    { details: { problems: problems.count, file: first.file, line: first.line } },
  );
}
