/**
 * GroupLens' MovieLens folders in all three of their forms, plain or gzip: `movies.csv`, `ratings.csv` and `tags.csv`
 * (latest, 20M and later); `movies.dat`, `ratings.dat` and `tags.dat` with `::` between the columns (1M, 10M); `u.item`
 * and `u.data` (100K). Rows that cannot be read are reported and left out.
 *
 * F. Maxwell Harper and Joseph A. Konstan, The MovieLens Datasets: History and Context, ACM TiiS 5(4), 2015.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { PenchantError } from "../base/errors.ts";
import { secondMs } from "../base/time.ts";
import type { EventInput } from "../core/event.ts";
import type { Item } from "../core/item.ts";
import type { CsvDialect } from "./csv.ts";
import { derivedId } from "./mapping.ts";
import { movieName } from "./movielens-titles.ts";
import { ProblemLog, type RowProblem } from "./problems.ts";
import { columnList, openTable, type Row, type TableOptions } from "./table.ts";

export interface Movie {
  readonly id: string;
  /** Without the year and with the article first. */
  readonly title: string;
  readonly year: number | null;
  readonly genres: readonly string[];
}

export interface MovieRating {
  readonly user: string;
  readonly movie: string;
  /** 0.5 to 5. */
  readonly stars: number;
  /** Milliseconds since 1970. */
  readonly time: number;
}

export interface MovieTag {
  readonly user: string;
  readonly movie: string;
  readonly tag: string;
  /** Milliseconds since 1970. */
  readonly time: number;
}

export interface MovieLensData {
  readonly movies: readonly Movie[];
  readonly ratings: readonly MovieRating[];
  readonly tags: readonly MovieTag[];
  /** The first of the rows that were left out, and the count of all. */
  readonly problems: readonly RowProblem[];
  readonly problemCount: number;
}

/** More ratings do not fit in memory at once; larger sets go through a table import of their CSV files. */
export const movieLensRatingsMax = 25_000_000;

const genreFlags = (
  "unknown,Action,Adventure,Animation,Children's,Comedy,Crime,Documentary,Drama,Fantasy,Film-Noir,Horror,Musical," +
  "Mystery,Romance,Sci-Fi,Thriller,War,Western"
).split(",");

const columns = {
  movies: ["movieId", "title", "genres"],
  ratings: ["userId", "movieId", "rating", "timestamp"],
  tags: ["userId", "movieId", "tag", "timestamp"],
} as const;

type Part = keyof typeof columns;
type Form = Readonly<Record<Part, { readonly name: string } & TableOptions>>;

const double: CsvDialect = { delimiter: "::", quotes: false };
const tabs: CsvDialect = { delimiter: "\t", quotes: false };
const bars: CsvDialect = { delimiter: "|", quotes: false };

const forms: readonly Form[] = [
  { movies: { name: "movies.csv" }, ratings: { name: "ratings.csv" }, tags: { name: "tags.csv" } },
  {
    movies: { name: "movies.dat", dialect: double, columns: columns.movies },
    ratings: { name: "ratings.dat", dialect: double, columns: columns.ratings },
    tags: { name: "tags.dat", dialect: double, columns: columns.tags },
  },
  {
    movies: {
      name: "u.item",
      dialect: bars,
      columns: ["movieId", "title", "released", "releasedOnVideo", "address", ...genreFlags],
    },
    ratings: { name: "u.data", dialect: tabs, columns: columns.ratings },
    tags: { name: "u.tags", dialect: tabs, columns: columns.tags },
  },
];

/** The files of a MovieLens folder, movies first, or undefined when the folder is none. */
export function movieLensFiles(folder: string): string[] | undefined {
  const form = formOf(folder);
  return form && [form.movies, form.ratings, form.tags].flatMap(({ name }) => located(folder, name) ?? []);
}

/**
 * Reads a MovieLens folder.
 *
 * @throws PENCHANT_E_IMPORT_SOURCE when it is none or a file is damaged, PENCHANT_E_IMPORT_COLUMNS when a file has others
 * @example
 * const data = await readMovieLens("ml-latest-small");
 * await engine.putItems(movieLensItems(data));
 */
export async function readMovieLens(
  folder: string,
  options: { onProgress?: (fraction: number) => void } = {},
): Promise<MovieLensData> {
  const form = formOf(folder);
  if (!form) {
    const pairs = forms.map(({ movies, ratings }) => `${movies.name} and ${ratings.name}`).join(", or ");
    throw new PenchantError(
      "PENCHANT_E_IMPORT_SOURCE",
      `${folder}: expected a MovieLens folder (${pairs}; plain or .gz), found none of these pairs.`,
    );
  }
  const movies: Movie[] = [];
  const ratings: MovieRating[] = [];
  const tags: MovieTag[] = [];
  const problems = new ProblemLog();
  const read = async (part: Part, take: (row: Row) => void) => {
    const file = located(folder, form[part].name);
    if (file === undefined) return;
    const table = await openTable(file, form[part]);
    for (const column of columns[part]) {
      if (table.columns.includes(column) || (column === "genres" && table.columns.includes("unknown"))) continue;
      throw new PenchantError(
        "PENCHANT_E_IMPORT_COLUMNS",
        `${file}: expected the columns ${columns[part].join(", ")}, got ${columnList(table)}.`,
      );
    }
    for await (const batch of table.batches()) {
      for (const row of batch.rows) {
        const reason = row.values ? reasonAgainst(take, row) : row.reason;
        if (reason !== undefined) problems.add({ file, line: row.line, reason });
      }
      if (part === "ratings") options.onProgress?.(batch.fraction);
    }
  };
  await read("movies", (row) => {
    movies.push({ id: idIn(row, "movieId"), ...movieName(textIn(row, "title")), genres: genresOf(row) });
  });
  await read("ratings", (row) => {
    if (ratings.length === movieLensRatingsMax) {
      throw new PenchantError(
        "PENCHANT_E_IMPORT_SOURCE",
        `${folder}: expected at most ${movieLensRatingsMax} ratings; import its files as tables, which need not fit in memory.`,
      );
    }
    ratings.push({ user: idIn(row, "userId"), movie: idIn(row, "movieId"), stars: starsIn(row), time: timeIn(row) });
  });
  await read("tags", (row) => {
    tags.push({ user: idIn(row, "userId"), movie: idIn(row, "movieId"), tag: textIn(row, "tag"), time: timeIn(row) });
  });
  return { movies, ratings, tags, problems: problems.kept, problemCount: problems.count };
}

/**
 * The movies as items: genres as categories of one level, the year as an attribute, and the tags, each once and in the
 * order of the file, as text. `keepTag` leaves tags out, those after an evaluation's cut for instance.
 */
export function movieLensItems(data: MovieLensData, options: { keepTag?: (tag: MovieTag) => boolean } = {}): Item[] {
  const tagsOf = new Map<string, Set<string>>();
  for (const tag of data.tags) {
    if (options.keepTag && !options.keepTag(tag)) continue;
    const tags = tagsOf.get(tag.movie);
    if (tags) tags.add(tag.tag);
    else tagsOf.set(tag.movie, new Set([tag.tag]));
  }
  return data.movies.map((movie) => {
    const tags = tagsOf.get(movie.id);
    return {
      id: movie.id,
      title: movie.title,
      ...(tags && { text: [...tags].join(", ") }),
      categories: movie.genres.map((genre) => [genre]),
      ...(movie.year !== null && { attributes: { year: movie.year } }),
    };
  });
}

/** The ratings as events in order of time, ties as in the file, with ids that are the same in every import. */
export function movieLensEvents(data: MovieLensData): EventInput[] {
  return data.ratings
    .map(({ user, movie, stars, time }) => {
      const event = { user, type: "rating", item: movie, value: stars, time };
      return { id: derivedId(event), ...event };
    })
    .sort((a, b) => a.time - b.time);
}

class BadRow extends Error {}

function reasonAgainst(take: (row: Row) => void, row: Row): string | undefined {
  try {
    take(row);
    return undefined;
  } catch (error) {
    if (error instanceof BadRow) return error.message;
    throw error;
  }
}

function formOf(folder: string): Form | undefined {
  return forms.find(({ movies, ratings }) => located(folder, movies.name) && located(folder, ratings.name));
}

function located(folder: string, name: string): string | undefined {
  return [join(folder, name), join(folder, `${name}.gz`)].find((path) => existsSync(path));
}

function cell(row: Row, column: string): string {
  return row.values[column] as string;
}

function textIn(row: Row, column: string): string {
  const text = cell(row, column).trim();
  if (text === "") throw new BadRow(`${column}: expected some words, got none.`);
  return text;
}

function idIn(row: Row, column: string): string {
  const id = cell(row, column);
  if (!/^\d+$/.test(id)) throw new BadRow(`${column}: expected a whole number, got ${JSON.stringify(id)}.`);
  return id;
}

function starsIn(row: Row): number {
  const stars = Number(cell(row, "rating") || Number.NaN);
  if (stars >= 0.5 && stars <= 5) return stars;
  throw new BadRow(`rating: expected 0.5 to 5 stars, got ${JSON.stringify(cell(row, "rating"))}.`);
}

function timeIn(row: Row): number {
  const seconds = cell(row, "timestamp");
  if (/^\d{1,11}$/.test(seconds)) return Number(seconds) * secondMs;
  throw new BadRow(`timestamp: expected seconds since 1970, got ${JSON.stringify(seconds)}.`);
}

function genresOf(row: Row): string[] {
  if (!("genres" in row.values)) {
    return genreFlags.filter((genre) => genre !== "unknown" && cell(row, genre) === "1");
  }
  return cell(row, "genres")
    .split("|")
    .filter((genre) => genre !== "" && genre !== "(no genres listed)");
}
