/**
 * The interest tree: whether it stays itself, and how long it takes.
 *
 * 1. Stability: a tree over nine tenths of a data set's items (drawn at random, with the events of those), then one over all
 *    of them that continues it, beside one that is built afresh. How many of the old items keep their leaf, by its id; the
 *    tree's quality (mean cosine of items to the centroid of their leaf) against the fresh one's. Twice: with vectors that
 *    are fitted anew for each tree, as a rebuild of the engine does, and with vectors that stay, as those of a text
 *    encoder do. What keeps its leaf without continuing, by the best matching of leaves, stands beside both.
 * 2. Time and memory of a tree over many made-up vectors: clusters in clusters, with noise.
 * 3. Time to learn the decay of a tree's nodes, and who is still there, from many made-up events: people come in sessions for as long
 *    as they stay, and have habits under a few leaves each.
 */

import { seededRandom } from "../packages/engine/src/base/random.ts";
import { dayMs, systemClock } from "../packages/engine/src/base/time.ts";
import type { Dataset } from "../packages/engine/src/core/dataset.ts";
import { type InteractionTable, interactionTable } from "../packages/engine/src/core/interaction-table.ts";
import type { Interaction } from "../packages/engine/src/core/ports.ts";
import { type BuiltTree, buildTree, type TreeItem, treeCohesion } from "../packages/engine/src/core/tree-build.ts";
import { readDataset } from "../packages/engine/src/import/datasets/read.ts";
import { fitIntensity } from "../packages/engine/src/models/intensity/fit.ts";
import { fitModels, vectorDimensions } from "../packages/engine/src/runtime/fitting.ts";
import { itemTerms } from "../packages/engine/src/runtime/item-text.ts";
import { benchmark, type Figures, tell } from "./support/benchmark.ts";
import { bundled } from "./support/sample.ts";

const newShare = 0.1;
/** Of the made-up events. */
const eventsPerPerson = 50;
const habitsPerPerson = 4;
const yearDays = 365;
/** Of the made-up vectors. */
const broadGroups = 7;
const groupsPerBroad = 5;

const numbers = { seed: 1, items: 100_000, dimensions: 256, events: 1_000_000, nodes: 500 };

await benchmark("tree", numbers, async ({ seed, items, dimensions, events, nodes, data }) => {
  const { dataset } = await readDataset(data ?? bundled, { clock: systemClock });
  return {
    dataset: dataset.name,
    items: dataset.items.length,
    stability: stability(dataset, seed),
    large: large(items, dimensions, seed),
    decay: decay(events, nodes, seed),
  };
});

function stability(dataset: Dataset, seed: number): Figures {
  // Keys are in an order that has to do with nothing, so the last of them are a random tenth.
  const oldCount = Math.floor(dataset.items.length * (1 - newShare));
  tell("Fitting the tree before, the one after, and one afresh");
  const before = fitted(dataset, oldCount, seed);
  const fresh = fitted(dataset, dataset.items.length, seed);
  const after = fitted(dataset, dataset.items.length, seed, before.built);

  tell("The same with vectors that stay");
  const items = dataset.items.map(
    (item, key): TreeItem => ({
      categories: item.categories ?? [],
      vector: fresh.vectors[key].vector,
      terms: itemTerms(item),
      title: item.title,
      popularity: 0,
    }),
  );
  const options = { version: 1, dimensions: vectorDimensions, seed };
  const keptBefore = buildTree(items.slice(0, oldCount), options);
  const keptFresh = buildTree(items, options);
  const keptAfter = buildTree(items, { ...options, version: 2, earlier: keptBefore });
  return {
    vectorsFittedAnew: comparison(before.built, after.built, fresh.built, fresh.vectors),
    vectorsThatStay: comparison(keptBefore, keptAfter, keptFresh, items),
  };
}

function fitted(dataset: Dataset, itemCount: number, seed: number, earlier?: BuiltTree) {
  const { models, fitted } = fitModels(dataset.items.slice(0, itemCount), onlyItems(dataset.interactions, itemCount), {
    treeVersion: earlier === undefined ? 1 : 2,
    seed,
    until: dataset.interactions.times.reduce((latest, time) => Math.max(latest, time), 0),
    earlier,
  });
  return { built: { tree: models.tree, nodes: fitted.map(({ nodes }) => nodes) }, vectors: fitted };
}

function comparison(
  before: BuiltTree,
  after: BuiltTree,
  fresh: BuiltTree,
  items: readonly { vector: Float32Array }[],
): Figures {
  const quality = treeCohesion(items, after);
  const freshQuality = treeCohesion(items, fresh);
  const changes: Record<string, number> = {};
  for (const { lineage } of after.tree.nodes) changes[lineage.change] = (changes[lineage.change] ?? 0) + 1;
  for (const { change } of after.tree.retired) changes[`retired: ${change}`] = (changes[`retired: ${change}`] ?? 0) + 1;
  return {
    leafKeptShare: leafKeptShare(before, after),
    leafKeptShareAfresh: bestOverlapShare(before, fresh),
    quality,
    freshQuality,
    qualityRatio: quality / freshQuality,
    interests: after.tree.nodes.length - 1,
    freshInterests: fresh.tree.nodes.length - 1,
    changes,
  };
}

/** Of the old items' places, those whose node has the id that it had. */
function leafKeptShare(before: BuiltTree, after: BuiltTree): number {
  let kept = 0;
  let places = 0;
  for (const [item, nodes] of before.nodes.entries()) {
    for (const [place, node] of nodes.entries()) {
      places++;
      if (before.tree.nodes[node].id === after.tree.nodes[after.nodes[item][place]].id) kept++;
    }
  }
  return kept / places;
}

/** The same when each old leaf is taken for the new one that shares most with it, each new one once, the largest first. */
function bestOverlapShare(before: BuiltTree, after: BuiltTree): number {
  const overlaps = new Map<string, { left: number; right: number; count: number }>();
  let places = 0;
  for (const [item, nodes] of before.nodes.entries()) {
    for (const [place, left] of nodes.entries()) {
      places++;
      const right = after.nodes[item][place];
      const known = overlaps.get(`${left} ${right}`);
      if (known === undefined) overlaps.set(`${left} ${right}`, { left, right, count: 1 });
      else known.count++;
    }
  }
  const [lefts, rights] = [new Set<number>(), new Set<number>()];
  let shared = 0;
  for (const { left, right, count } of [...overlaps.values()].sort((a, b) => b.count - a.count)) {
    if (lefts.has(left) || rights.has(right)) continue;
    lefts.add(left);
    rights.add(right);
    shared += count;
  }
  return shared / places;
}

/** The interactions with the first items. */
function onlyItems({ offsets, items, times, weights }: InteractionTable, itemCount: number): InteractionTable {
  const rows: number[] = [];
  const ends = new Int32Array(offsets.length);
  for (let user = 0; user + 1 < offsets.length; user++) {
    for (let at = offsets[user]; at < offsets[user + 1]; at++) if (items[at] < itemCount) rows.push(at);
    ends[user + 1] = rows.length;
  }
  return {
    offsets: ends,
    items: Int32Array.from(rows, (at) => items[at]),
    times: Float64Array.from(rows, (at) => times[at]),
    weights: Float32Array.from(rows, (at) => weights[at]),
  };
}

function large(count: number, dimensions: number, seed: number): Figures {
  tell(`Building a tree over ${count} made-up vectors of ${dimensions} dimensions`);
  const random = seededRandom(seed);
  const direction = () => Float32Array.from({ length: dimensions }, () => random.normal() / Math.sqrt(dimensions));
  const broad = Array.from({ length: broadGroups }, direction);
  const groups = broad.flatMap((centre) =>
    Array.from({ length: groupsPerBroad }, () => direction().map((value, d) => centre[d] + value)),
  );
  const items = Array.from({ length: count }, (_, item): TreeItem => {
    const centre = groups[item % groups.length];
    const vector = direction().map((value, d) => centre[d] + value);
    const length = Math.hypot(...vector);
    return {
      categories: [],
      vector: vector.map((value) => value / length),
      terms: [`group ${item % groups.length}`],
      title: `item ${item}`,
      popularity: 0,
    };
  });
  const start = performance.now();
  const built = buildTree(items, { version: 1, dimensions, seed });
  const seconds = (performance.now() - start) / 1_000;
  const peakMemoryBytes = process.resourceUsage().maxRSS * 1_024;
  return { seconds, peakMemoryBytes, interests: built.tree.nodes.length - 1, quality: treeCohesion(items, built) };
}

function decay(count: number, nodeCount: number, seed: number): Figures {
  const random = seededRandom(seed);
  /** The root, a level of branches about as many as each has leaves, and the leaves. */
  const branches = Math.max(1, Math.round(Math.sqrt(nodeCount)));
  const parents = Int32Array.from({ length: nodeCount }, (_, row) =>
    row === 0 ? -1 : row <= branches ? 0 : 1 + (row % branches),
  );
  const leaves = Array.from({ length: Math.max(1, nodeCount - 1 - branches) }, (_, leaf) =>
    Int32Array.of(Math.min(1 + branches + leaf, nodeCount - 1)),
  );
  const people = Math.max(2, Math.round(count / eventsPerPerson));
  tell(`Learning the decay of ${nodeCount} nodes from ${count} made-up events of ${people} people`);
  let events = 0;
  const histories = Array.from({ length: people }, (_, person): Interaction[] => {
    const habits = Array.from({ length: habitsPerPerson }, () => random.integer(leaves.length));
    const mine = Math.floor(((person + 1) * count) / people) - events;
    events += mine;
    const begins = random.uniform() * yearDays;
    const stays = random.uniform() * (yearDays - begins);
    const times = Array.from({ length: mine }, () => begins + Math.floor(random.uniform() * stays * 2) / 2).sort(
      (a, b) => a - b,
    );
    return times.map((day) => {
      const item = random.uniform() < 0.8 ? habits[random.integer(habits.length)] : random.integer(leaves.length);
      return { item, time: day * dayMs, weight: 1 };
    });
  });
  const data = { interactions: interactionTable(histories), places: leaves, parents };
  const start = performance.now();
  const { gap } = fitIntensity(data, yearDays * dayMs);
  return { seconds: (performance.now() - start) / 1_000, events, people, nodes: nodeCount, gapNatsPerEvent: gap };
}
