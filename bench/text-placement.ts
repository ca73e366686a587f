/**
 * Whether words find their place in the interest tree. A fifth of the items that have categories is held out, the tree is
 * built from the others, and the titles of those held out are placed: how many get a place on a level, how many of those
 * the right one. Where people have tagged items (MovieLens), their tags are placed in a tree of all items too: right is a
 * category that one of the items so tagged has. Beside it stand the nearest centroid, and the same without the rule that half
 * of the votes have to agree; and the words' vectors by the embedder itself, for which somebody would have to wait, where the engine
 * lets the catalogue's own words stand in.
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { seededRandom } from "../packages/engine/src/base/random.ts";
import { systemClock } from "../packages/engine/src/base/time.ts";
import { openSpace, type SpaceMaker } from "../packages/engine/src/cli/evaluate/text/spaces.ts";
import { engineSettings } from "../packages/engine/src/cli/session.ts";
import { parseConfig } from "../packages/engine/src/config.ts";
import { interactionTable } from "../packages/engine/src/core/interaction-table.ts";
import type { CatalogueEntry, Item } from "../packages/engine/src/core/item.ts";
import { TextPlacement } from "../packages/engine/src/core/text-placement.ts";
import { dot } from "../packages/engine/src/core/vector.ts";
import { openEmbeddingCache } from "../packages/engine/src/engine.ts";
import { readDataset } from "../packages/engine/src/import/datasets/read.ts";
import { movieLensFiles, readMovieLens } from "../packages/engine/src/import/movielens.ts";
import { textDimensions, textVector } from "../packages/engine/src/runtime/fit-texts.ts";
import { fitModels } from "../packages/engine/src/runtime/fitting.ts";
import { itemText } from "../packages/engine/src/runtime/item-text.ts";
import { encodersFolder } from "../packages/engine/src/text/open.ts";
import { benchmark, type Figures, tell } from "./support/benchmark.ts";
import { bundled } from "./support/sample.ts";

const heldOut = 0.2;

/** Some words, and the names of the categories that they may stand at, by level. */
interface Question {
  readonly text: string;
  readonly right: readonly ReadonlySet<string>[];
}

await benchmark("text-placement", { seed: 1 }, async ({ seed, data = bundled, embedders = "lexical" }) => {
  const { dataset } = await readDataset(data, { clock: systemClock });
  const random = seededRandom(seed);
  const known = dataset.items.filter(({ categories = [] }) => categories.length > 0);
  const isHeld = known.map(() => random.uniform() < heldOut);
  const kept = known.filter((_, index) => !isHeld[index]);
  const titles = known
    .filter((_, index) => isHeld[index])
    .map(({ title, categories = [] }) => ({ text: title, right: namesByLevel(categories) }));
  const tags = movieLensFiles(data) === undefined ? [] : await tagsOf(data, known);
  const results = join(import.meta.dirname, "../evaluations");
  mkdirSync(results, { recursive: true });
  const cache = openEmbeddingCache(results);
  const figures: Record<string, Figures> = {};
  for (const name of embedders.split(",")) {
    const configured = parseConfig(engineSettings({})).embedder;
    const space = await openSpace(name, { configured, cache, folder: encodersFolder(results) });
    tell(`Placing titles of items that were held out, by ${space.name}`);
    const found: Record<string, Figures> = { titles: await measured(space, kept, titles, seed) };
    if (tags.length > 0) {
      tell(`Placing tags, by ${space.name}`);
      found.tags = await measured(space, known, tags, seed);
    }
    figures[space.name] = found;
    await space.close();
  }
  cache.close();
  return { dataset: dataset.name, embedders: figures };
});

async function tagsOf(data: string, known: readonly Item[]): Promise<Question[]> {
  const { tags } = await readMovieLens(data);
  const byId = new Map(known.map((item) => [item.id, item]));
  return [...Map.groupBy(tags, ({ tag }) => tag)].flatMap(([text, uses]) => {
    const paths = uses.flatMap(({ movie }) => byId.get(movie)?.categories ?? []);
    return paths.length === 0 ? [] : [{ text, right: namesByLevel(paths) }];
  });
}

function namesByLevel(paths: readonly (readonly string[])[]): Set<string>[] {
  const levels = Math.max(...paths.map(({ length }) => length));
  return Array.from({ length: levels }, (_, level) => new Set(paths.flatMap((path) => path[level] ?? [])));
}

async function measured(
  space: SpaceMaker,
  items: readonly Item[],
  questions: readonly Question[],
  seed: number,
): Promise<Figures> {
  const texts = await space.fit(items.map(itemText), { histories: [], seed });
  const { models, fitted } = fitModels(items, interactionTable([]), { treeVersion: 1, seed, until: 0, texts });
  const { tree } = models;
  const entries = fitted.map((place, key): CatalogueEntry => ({ ...place, key, item: items[key], treeVersion: 1 }));
  const asServed = questions.map(({ text }) => textVector(models, text));
  const byEmbedder = await texts.place(questions.map(({ text }) => text));
  const byVotes = new TextPlacement(tree, entries, textDimensions);
  const always = new TextPlacement(tree, entries, textDimensions, { voteShareMin: 0 });
  const nearestCentroid = (vector: Float32Array) => {
    let best = 0;
    let bestCosine = 0;
    for (const { index, centroid } of tree.nodes) {
      const text = centroid.subarray(0, textDimensions);
      const cosine = dot(text, vector) / Math.sqrt(dot(text, text));
      if (cosine > bestCosine) [best, bestCosine] = [index, cosine];
    }
    return best;
  };
  const levels = Math.max(...questions.map(({ right }) => right.length));
  const score = (vectors: readonly Float32Array[], place: (vector: Float32Array) => number): Figures => {
    const paths = vectors.map((vector) => tree.pathTo(place(vector)));
    return Object.fromEntries(
      Array.from({ length: levels }, (_, level) => {
        const asked = questions.flatMap(({ right }, index) =>
          right[level] === undefined ? [] : [{ names: right[level], node: paths[index][level] }],
        );
        const placed = asked.filter(({ node }) => node !== undefined);
        const right = placed.filter(({ names, node }) => names.has(node.label)).length;
        const figures = {
          placed: placed.length / asked.length,
          precision: right / placed.length,
          recall: right / asked.length,
        };
        return [`level${level + 1}`, figures];
      }),
    );
  };
  return {
    questions: questions.length,
    nodes: tree.nodes.length - 1,
    halfOfTheVotes: score(asServed, (vector) => byVotes.place(vector)),
    mostVotes: score(asServed, (vector) => always.place(vector)),
    nearestCentroid: score(asServed, nearestCentroid),
    halfOfTheVotesByTheEmbedder: score(byEmbedder, (vector) => byVotes.place(vector)),
  };
}
