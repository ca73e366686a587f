/**
 * The samples of the demonstration. They come with the repository and not with the published package, which asks for a
 * folder: the terms of MovieLens do not allow commercial use, and data would be most of the package.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { PenchantError } from "../../base/errors.ts";
import type { ImportSource } from "../../import/import.ts";
import type { EventMapping, ItemMapping } from "../../import/mapping.ts";
import { movieLensFiles } from "../../import/movielens.ts";

export interface Sample {
  readonly name: SampleName;
  /** What it is, in the summary. */
  readonly title: string;
  /** What its items and events are called. */
  readonly items: string;
  readonly events: string;
  /** Where it lies in the repository. */
  readonly bundled: URL;
  /** Where the engine keeps it unless told otherwise; undefined for where everything is kept. */
  readonly dataDir?: string;
  /** The files of a folder; undefined when they are not there. */
  readonly sources: (folder: string) => ImportSource[] | undefined;
  /** Whether recommendations are measured, as the benchmark of quality does it. */
  readonly isMeasured: boolean;
  /** Whether there is enough of a history to learn how interests fade. */
  readonly isLearned: boolean;
  /** Whose profile is worth showing: somebody with so many events over so many days. */
  readonly telling: { readonly eventsMin: number; readonly daysMin: number };
  /** What of a profile is looked at for different phases. */
  readonly phasesShown: { readonly depth: number; readonly minStrength: number };
  /** As much of a profile as fits a screen. */
  readonly shown: { readonly depth: number; readonly minStrength: number };
  /** An event to try. */
  readonly trial: { readonly type: string; readonly item: string; readonly value?: number };
}

export type SampleName = keyof typeof samples;

const examples = "../../../../../examples/data";

const purchases: EventMapping = {
  user: "household_id",
  type: { constant: "purchase" },
  item: "product_id",
  value: "sales_value",
  time: "transaction_timestamp",
  session: "basket_id",
};

const products: ItemMapping = {
  id: "product_id",
  title: ["product_type", "package_size"],
  categories: ["department", "product_category", "product_type"],
  attributes: ["brand"],
};

const samples = {
  movielens: {
    name: "movielens",
    title: "MovieLens latest small (2016)",
    items: "films",
    events: "ratings",
    bundled: new URL(`${examples}/movielens-latest-small`, import.meta.url),
    sources: (folder: string) => (movieLensFiles(folder) === undefined ? undefined : [{ movieLens: folder }]),
    isMeasured: true,
    isLearned: false,
    telling: { eventsMin: 100, daysMin: 5 * 365 },
    phasesShown: { depth: 1, minStrength: 0 },
    shown: { depth: 2, minStrength: 0.08 },
    trial: { type: "rating", item: "296", value: 5 },
  },
  groceries: {
    name: "groceries",
    title: "The Complete Journey, a year of groceries (2017)",
    items: "products",
    events: "purchases",
    bundled: new URL(`${examples}/complete-journey`, import.meta.url),
    dataDir: "./data-groceries",
    sources(folder: string) {
      const [items, events] = ["products.csv", "transactions.csv"].map((name) =>
        [name, `${name}.gz`].map((one) => join(folder, one)).find(existsSync),
      );
      if (items === undefined || events === undefined) return undefined;
      return [
        { file: items, items: products },
        { file: events, events: purchases },
      ];
    },
    isMeasured: false,
    isLearned: true,
    telling: { eventsMin: 60, daysMin: 300 },
    phasesShown: { depth: 2, minStrength: 0.04 },
    shown: { depth: 2, minStrength: 0.04 },
    trial: { type: "purchase", item: "1082185", value: 1 },
  },
} as const;

/**
 * The sample of a name, or of a folder that somebody names.
 *
 * @throws PENCHANT_E_IMPORT_SOURCE when its files are not there
 */
export function sampleNamed(named: string): { sample: Sample; folder: string; sources: readonly ImportSource[] } {
  const all: readonly Sample[] = Object.values(samples);
  const known = all.find(({ name }) => name === named);
  const folder = known === undefined ? named : fileURLToPath(known.bundled);
  for (const sample of known === undefined ? all : [known]) {
    const sources = sample.sources(folder);
    if (sources !== undefined) return { sample, folder, sources };
  }
  throw new PenchantError(
    "PENCHANT_E_IMPORT_SOURCE",
    known === undefined
      ? `${named}: expected ${Object.keys(samples).join(", ")}, or a folder with movies.csv and ratings.csv (MovieLens), or with products.csv and transactions.csv (Complete Journey); found none of it.`
      : `The sample ${named} comes with the repository and not with the package; name a folder that holds its files with --sample (MovieLens: https://grouplens.org/datasets/movielens/).`,
  );
}

/** What a stored summary tells of its sample; those of before there were several are of MovieLens. */
export function sampleOf(name: SampleName = "movielens"): Sample {
  return samples[name];
}

export const sampleNames = Object.keys(samples) as readonly SampleName[];
