/**
 * The data sets of the forecast benchmark, and what may be known of them at a moment: trees and vectors are fitted before
 * each cut, on what had happened by then.
 *
 * | data set | tree | cuts |
 * | --- | --- | --- |
 * | Complete Journey | department, category, type | three, a month apart, the last one a month before the end |
 * | MovieLens | genres, and what the engine's own tree finds below them | where 80, 90 and 95 % of the ratings are over (latest-small: 60, 75 and 90 %, for it has few people at any time) |
 * | Globo | what the engine's own tree finds in co-clicks | eight and seven days before the last full day |
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { dayMs, systemClock } from "../../../packages/engine/src/base/time.ts";
import type { Dataset } from "../../../packages/engine/src/core/dataset.ts";
import type { InteractionTable } from "../../../packages/engine/src/core/interaction-table.ts";
import { defaultEventWeights, eventWeight } from "../../../packages/engine/src/core/weights.ts";
import { readDataset } from "../../../packages/engine/src/import/datasets/read.ts";
import { fitBehaviourVectors } from "../../../packages/engine/src/models/behaviour-vectors.ts";
import type { IntensityHistories } from "../../../packages/engine/src/models/intensity/sessions.ts";
import { fitModels } from "../../../packages/engine/src/runtime/fitting.ts";

export interface Scenario {
  readonly name: string;
  readonly dataset: Dataset;
  /** With weights: ratings of 4 and more are 1, of 3 a half, below that rejections. */
  readonly interactions: InteractionTable;
  /** Levels of the tree that are scored. */
  readonly levels: readonly number[];
  readonly cuts: readonly number[];
  readonly horizonsDays: readonly number[];
  /** Users without an event for so long before a cut are not forecast. */
  readonly activeDays: number;
  /** Most users per cut; the first ones of the file, whose order says nothing. */
  readonly usersMax: number;
  /** A node is dormant for somebody who did something there, and nothing in so many days. */
  readonly dormantDays: number;
  readonly note: string;
  at(moment: number): Known;
}

/** The tree and the items' vectors as they are known at a moment. */
export interface Known {
  readonly histories: IntensityHistories;
  readonly vectors: Float32Array;
  readonly dimensions: number;
}

const seed = 1;
const behaviourDimensions = 32;

/** Those of the data sets that a folder holds; where it has none, it is taken for a MovieLens folder itself. */
export function findScenarios(folder: string): { name: string; open: () => Promise<Scenario> }[] {
  const found = [
    { name: "complete-journey", path: "complete-journey-2", open: completeJourney },
    { name: "movielens-1m", path: "movielens-1m/ratings.users-1-2999.dat.gz", open: movieLensMillion },
    { name: "movielens-latest-small", path: "movielens-latest-small-2016", open: movieLensSmall },
    { name: "globo", path: "globo-news-clicks-user-sample", open: globo },
  ]
    .filter(({ path }) => existsSync(join(folder, path)))
    .map(({ name, path, open }) => ({ name, open: () => open(join(folder, path)) }));
  return found.length > 0 ? found : [{ name: "movielens", open: () => movieLensFolder(folder) }];
}

async function completeJourney(path: string): Promise<Scenario> {
  const dataset = await read(path);
  const end = lastTime(dataset);
  return {
    name: "complete-journey",
    dataset,
    interactions: dataset.interactions,
    levels: [1, 2, 3],
    cuts: [90, 60, 30].map((days) => end - days * dayMs),
    horizonsDays: [1, 7, 30],
    activeDays: 90,
    usersMax: Number.POSITIVE_INFINITY,
    dormantDays: 30,
    note: "a random twentieth of the purchases, so baskets are incomplete and rates are low",
    at(moment) {
      const rows = new Map<string, number>();
      const parents = [-1];
      const places = dataset.items.map(({ categories }) => {
        let row = 0;
        let name = "";
        for (const category of categories?.[0] ?? []) {
          name += `\n${category}`;
          let next = rows.get(name);
          if (next === undefined) {
            next = parents.push(row) - 1;
            rows.set(name, next);
          }
          row = next;
        }
        return Int32Array.of(row);
      });
      const { interactions, sessions } = dataset;
      return {
        histories: { interactions, sessions, places, parents: Int32Array.from(parents) },
        vectors: behaviourVectors(dataset, moment),
        dimensions: behaviourDimensions,
      };
    },
  };
}

async function movieLensMillion(path: string): Promise<Scenario> {
  return movieLens("movielens-1m", await read(path), [0.8, 0.9, 0.95]);
}

async function movieLensSmall(path: string): Promise<Scenario> {
  return movieLens("movielens-latest-small", await read(path), [0.6, 0.75, 0.9]);
}

async function movieLensFolder(path: string): Promise<Scenario> {
  return movieLens("movielens", await read(path), [0.75, 0.85, 0.95]);
}

function movieLens(name: string, dataset: Dataset, quantiles: readonly number[]): Scenario {
  const times = dataset.interactions.times.slice().sort();
  const weights = Float32Array.from(dataset.interactions.values ?? [], (value) =>
    eventWeight(defaultEventWeights, { type: "rating", value }),
  );
  const interactions = { ...dataset.interactions, weights };
  return {
    name,
    dataset,
    interactions,
    levels: [1, 2],
    cuts: quantiles.map((part) => times[Math.floor(part * times.length)]),
    horizonsDays: [1, 7, 30],
    activeDays: 90,
    usersMax: Number.POSITIVE_INFINITY,
    dormantDays: 30,
    note: "most people rate on one day and never again: what can be seen here is who returns at all, and with which genres; habits cannot be",
    at: (moment) => grown(dataset, interactions, moment),
  };
}

async function globo(path: string): Promise<Scenario> {
  const dataset = await read(path);
  const times = dataset.interactions.times.slice().sort();
  const end = times[Math.floor(0.995 * times.length)];
  return {
    name: "globo",
    dataset,
    interactions: dataset.interactions,
    levels: [1, 2],
    cuts: [8, 7].map((days) => end - days * dayMs),
    horizonsDays: [1, 7],
    activeDays: 7,
    usersMax: 8_000,
    dormantDays: 2,
    note: "sixteen days of news: no horizon of 30 days, and articles live for a day or two, so the tree of co-clicks ages within its own cut",
    at: (moment) => grown(dataset, dataset.interactions, moment),
  };
}

/** The engine's own tree, grown on what had happened by then; items that nobody had met yet stand where nothing is near. */
function grown(dataset: Dataset, interactions: InteractionTable, moment: number): Known {
  const past = before(interactions, moment);
  const { models, fitted } = fitModels(dataset.items, past, { treeVersion: 1, seed, until: moment });
  return {
    histories: {
      interactions,
      sessions: dataset.sessions,
      places: fitted.map(({ nodes }) => nodes),
      parents: Int32Array.from(models.tree.nodes, ({ parent }) => parent),
    },
    vectors: behaviourVectors(dataset, moment),
    dimensions: behaviourDimensions,
  };
}

function behaviourVectors(dataset: Dataset, moment: number): Float32Array {
  const { offsets, items } = before(dataset.interactions, moment);
  const histories = Array.from({ length: offsets.length - 1 }, (_, user) =>
    Int32Array.from(new Set(items.subarray(offsets[user], offsets[user + 1]))),
  );
  return fitBehaviourVectors(histories, dataset.items.length, { dimensions: behaviourDimensions, seed });
}

function before({ offsets, items, times, weights }: InteractionTable, moment: number): InteractionTable {
  const kept = Array.from(times.keys()).filter((at) => times[at] < moment);
  const keptOffsets = new Int32Array(offsets.length);
  let next = 0;
  for (let user = 0; user + 1 < offsets.length; user++) {
    while (next < kept.length && kept[next] < offsets[user + 1]) next += 1;
    keptOffsets[user + 1] = next;
  }
  return {
    offsets: keptOffsets,
    items: Int32Array.from(kept, (at) => items[at]),
    times: Float64Array.from(kept, (at) => times[at]),
    weights: Float32Array.from(kept, (at) => weights[at]),
  };
}

async function read(path: string): Promise<Dataset> {
  return (await readDataset(path, { clock: systemClock })).dataset;
}

function lastTime({ interactions }: Dataset): number {
  return interactions.times.reduce((latest, time) => Math.max(latest, time), 0);
}
