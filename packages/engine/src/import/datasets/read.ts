/**
 * Data sets by folder: the form is told from the names of the files, plain or gzip.
 *
 * | form | files |
 * | --- | --- |
 * | MovieLens | `ratings.csv` and `movies.csv`, `ratings.dat` and `movies.dat`, `u.data` and `u.item` |
 * | MovieLens, order only | `sequences.*.dat`: `user item:rating ...`, oldest first; `movies.dat` for the titles |
 * | MIND | `behaviors.tsv`, `news.tsv` |
 * | Complete Journey | `transactions*.csv`, `products.csv` |
 * | Globo | `clicks*.csv` |
 * | sequences | `*.txt`: `user item item ...` or `user item`; `items.tsv` (item, title) for the titles |
 * | table | one CSV, JSON Lines or Parquet file of events |
 *
 * A file of a folder can be named instead of the folder, where there are several.
 */
import { existsSync, readdirSync, statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { PenchantError } from "../../base/errors.ts";
import { type Clock, secondMs } from "../../base/time.ts";
import type { LoadedDataset } from "../../core/dataset.ts";
import type { EventMapping } from "../mapping.ts";
import { movieLensFiles, movieLensItems, readMovieLens } from "../movielens.ts";
import { movieName } from "../movielens-titles.ts";
import { openTable } from "../table.ts";
import { DatasetBuilder } from "./builder.ts";
import { readMind } from "./mind.ts";
import { readSequences } from "./sequences.ts";
import { completeJourney, globoClicks, guessedEvents, readEventTable, readItemTable } from "./tables.ts";

export interface DatasetOptions {
  /** Which columns of a table of events hold what; for the form "table" only. */
  readonly mapping?: EventMapping | undefined;
  /** Events from later than a day ahead are left out. */
  readonly clock: Clock;
}

/**
 * Reads a data set from a folder or one file of it.
 *
 * @throws PENCHANT_E_IMPORT_SOURCE when there is nothing at the path, nothing that is known, or a damaged file;
 *   PENCHANT_E_IMPORT_COLUMNS when the mapping does not fit; PENCHANT_E_DATASET when there is no interaction
 */
export async function readDataset(path: string, options: DatasetOptions): Promise<LoadedDataset> {
  if (!existsSync(path)) {
    throw new PenchantError(
      "PENCHANT_E_IMPORT_SOURCE",
      `${path}: expected a folder or a file with a data set, found nothing there.`,
    );
  }
  const isFolder = statSync(path).isDirectory();
  const folder = isFolder ? path : dirname(path);
  const names = isFolder ? readdirSync(path).sort() : [basename(path)];
  const named = (pattern: RegExp) => names.find((name) => pattern.test(bare(name)));
  const beside = (name: string) => [name, `${name}.gz`].map((one) => join(folder, one)).find(existsSync);
  const name = basename(resolve(isFolder ? folder : path)).replace(/\.gz$/, "");
  const built = (form: string, files: readonly (string | undefined)[]) =>
    new DatasetBuilder(
      name,
      form,
      files.filter((file) => file !== undefined),
    );

  if (options.mapping !== undefined) return readTable(tableFile(path, names, folder), options.mapping);
  if (isFolder && movieLensFiles(folder) !== undefined) return readRatings();
  const sequences = named(/^sequences.*\.dat$/);
  if (sequences !== undefined) {
    const [file, movies] = [join(folder, sequences), beside("movies.dat")];
    const builder = built("MovieLens, order only", [file, movies]);
    await readSequences(file, builder);
    if (movies !== undefined) await describeMovies(movies, builder);
    return builder.finish();
  }
  const ratings = named(/^ratings.*\.dat$/);
  if (ratings !== undefined) {
    const [file, movies] = [join(folder, ratings), beside("movies.dat")];
    const builder = built("MovieLens ratings", [file, movies]);
    await readDoubleColons(file, builder);
    if (movies !== undefined) await describeMovies(movies, builder);
    return builder.finish();
  }
  const behaviors = named(/^behaviors\.tsv$/);
  if (behaviors !== undefined) {
    const [file, news] = [join(folder, behaviors), beside("news.tsv")];
    const builder = built("MIND", [file, news]);
    await readMind(file, news, builder);
    return builder.finish();
  }
  const transactions = named(/^transactions.*\.csv$/);
  if (transactions !== undefined) {
    const [file, products] = [join(folder, transactions), beside("products.csv")];
    const builder = built("Complete Journey", [file, products]);
    await readEventTable(file, completeJourney.events, builder, options.clock);
    if (products !== undefined) await readItemTable(products, completeJourney.items, builder);
    return builder.finish();
  }
  const clicks = named(/^clicks.*\.csv$/);
  if (clicks !== undefined) {
    const file = join(folder, clicks);
    const builder = built("Globo clicks", [file]);
    await readEventTable(file, globoClicks, builder, options.clock);
    return builder.finish();
  }
  const texts = names.filter((one) => bare(one).endsWith(".txt") && !/^(readme|license)/i.test(one));
  if (texts.length > 0) {
    const file = join(folder, chosen(texts.length > 1 ? texts.filter((one) => bare(one) !== sameByIds) : texts));
    const titles = beside("items.tsv");
    const builder = built("sequences", [file, titles]);
    await readSequences(file, builder);
    if (titles !== undefined) await describeFromTitles(titles, builder);
    return builder.finish();
  }
  const file = tableFile(path, names, folder);
  return readTable(file, await guessedEvents(file));

  async function readRatings(): Promise<LoadedDataset> {
    const data = await readMovieLens(folder);
    const builder = built("MovieLens", movieLensFiles(folder)!);
    for (const { user, movie, stars, time } of data.ratings) builder.add(user, movie, { time, value: stars });
    // Without the tags: people gave them at times of their own, many of them after what is to be predicted.
    for (const item of movieLensItems(data, { keepTag: () => false })) builder.describe(item);
    for (let count = 0; count < data.problemCount; count++) builder.drop("a row that cannot be read");
    return builder.finish();
  }

  async function readTable(file: string, mapping: EventMapping): Promise<LoadedDataset> {
    const builder = built("table", [file]);
    await readEventTable(file, mapping, builder, options.clock);
    return builder.finish();
  }

  function chosen(candidates: readonly string[]): string {
    if (candidates.length === 1) return candidates[0];
    throw new PenchantError(
      "PENCHANT_E_IMPORT_SOURCE",
      `${path}: expected one data set, found several; name one of ${candidates.join(", ")} instead of the folder.`,
    );
  }

  function tableFile(path: string, names: readonly string[], folder: string): string {
    const tables = names.filter((one) => /\.(csv|tsv|jsonl|ndjson|parquet)$/.test(bare(one)));
    const events = tables.length > 1 ? tables.filter((one) => !/item|meta|movie|product/i.test(one)) : tables;
    if (events.length > 0) return join(folder, chosen(events));
    if (!isFolder) return path;
    throw new PenchantError(
      "PENCHANT_E_IMPORT_SOURCE",
      `${path}: expected a data set (MovieLens, MIND, Complete Journey, Globo clicks, sequences in .txt, or a table of events), found ${names.length === 0 ? "an empty folder" : names.slice(0, 8).join(", ")}.`,
    );
  }
}

/** Some folders have the same sequences twice: with numbers, to which other files refer, and with the shop's own ids. */
const sameByIds = "user_sequence.txt";

function bare(name: string): string {
  return name.replace(/\.gz$/, "");
}

const doubleColons = { delimiter: "::", quotes: false } as const;

async function readDoubleColons(file: string, builder: DatasetBuilder): Promise<void> {
  const table = await openTable(file, { columns: ["user", "item", "rating", "time"], dialect: doubleColons });
  for await (const { rows } of table.batches()) {
    for (const row of rows) {
      const { user, item, rating, time } = (row.values ?? {}) as Record<string, string | undefined>;
      const seconds = time ? Number(time) : Number.NaN;
      const value = rating ? Number(rating) : Number.NaN;
      if (!user || !item || !Number.isFinite(seconds) || !Number.isFinite(value)) {
        builder.drop("a line without user::item::rating::seconds");
      } else builder.add(user, item, { time: seconds * secondMs, value });
    }
  }
}

async function describeMovies(file: string, builder: DatasetBuilder): Promise<void> {
  const table = await openTable(file, { columns: ["id", "title", "genres"], dialect: doubleColons });
  for await (const { rows } of table.batches()) {
    for (const { values } of rows) {
      const { id, title, genres } = (values ?? {}) as Record<string, string | undefined>;
      if (!id || !title) continue;
      const categories = (genres ?? "").split("|").filter(Boolean);
      builder.describe({ id, title: movieName(title).title, categories: categories.map((genre) => [genre]) });
    }
  }
}

async function describeFromTitles(file: string, builder: DatasetBuilder): Promise<void> {
  const table = await openTable(file, { dialect: { delimiter: "\t", quotes: false } });
  for await (const { rows } of table.batches()) {
    for (const { values } of rows) {
      const { item, title } = (values ?? {}) as Record<string, string | undefined>;
      if (item && title) builder.describe({ id: item, title });
    }
  }
}
