/**
 * Whether words find their place in the interest tree. A fifth of the items that have categories is held out, the tree is
 * built from the others, and the titles of those held out are placed: how many get a place on a level, how many of those
 * the right one. Where people have tagged items (MovieLens), their tags are placed in a tree of all items too: right is a
 * category that one of the items so tagged has. Beside it stand the nearest centroid, and the same without the rule that half
 * of the votes have to agree.
 */
import { seededRandom } from "../packages/engine/src/base/random.ts";
import { systemClock } from "../packages/engine/src/base/time.ts";
import { interactionTable } from "../packages/engine/src/core/interaction-table.ts";
import type { CatalogueEntry, Item } from "../packages/engine/src/core/item.ts";
import { TextPlacement } from "../packages/engine/src/core/text-placement.ts";
import { dot } from "../packages/engine/src/core/vector.ts";
import { readDataset } from "../packages/engine/src/import/datasets/read.ts";
import { movieLensFiles, readMovieLens } from "../packages/engine/src/import/movielens.ts";
import { textDimensions } from "../packages/engine/src/runtime/fit-texts.ts";
import { fitModels } from "../packages/engine/src/runtime/fitting.ts";
import { benchmark, type Figures, tell } from "./support/benchmark.ts";
import { bundled } from "./support/sample.ts";

const heldOut = 0.2;

/** Some words, and the names of the categories that they may stand at, by level. */
interface Question {
  readonly text: string;
  readonly right: readonly ReadonlySet<string>[];
}

await benchmark("text-placement", { seed: 1 }, async ({ seed, data = bundled }) => {
  const { dataset } = await readDataset(data, { clock: systemClock });
  const random = seededRandom(seed);
  const known = dataset.items.filter(({ categories = [] }) => categories.length > 0);
  const isHeld = known.map(() => random.uniform() < heldOut);
  tell("Placing titles of items that were held out");
  const titles = known
    .filter((_, index) => isHeld[index])
    .map(({ title, categories = [] }) => ({ text: title, right: namesByLevel(categories) }));
  const figures: Record<string, Figures> = {
    titles: measured(
      known.filter((_, index) => !isHeld[index]),
      titles,
      seed,
    ),
  };
  if (movieLensFiles(data) !== undefined) {
    tell("Placing tags");
    const { tags } = await readMovieLens(data);
    const byId = new Map(known.map((item) => [item.id, item]));
    const questions = [...Map.groupBy(tags, ({ tag }) => tag)].flatMap(([text, uses]) => {
      const paths = uses.flatMap(({ movie }) => byId.get(movie)?.categories ?? []);
      return paths.length === 0 ? [] : [{ text, right: namesByLevel(paths) }];
    });
    if (questions.length > 0) figures.tags = measured(known, questions, seed);
  }
  return { dataset: dataset.name, ...figures };
});

function namesByLevel(paths: readonly (readonly string[])[]): Set<string>[] {
  const levels = Math.max(...paths.map(({ length }) => length));
  return Array.from({ length: levels }, (_, level) => new Set(paths.flatMap((path) => path[level] ?? [])));
}

function measured(items: readonly Item[], questions: readonly Question[], seed: number): Figures {
  const options = { treeVersion: 1, seed, until: 0 };
  const { models, fitted } = fitModels(items, interactionTable([]), options);
  const { tree, embedder } = models;
  const entries = fitted.map((place, key): CatalogueEntry => ({ ...place, key, item: items[key], treeVersion: 1 }));
  const vectors = embedder.embedNow(questions.map(({ text }) => text));
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
  const score = (place: (vector: Float32Array) => number): Figures => {
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
    halfOfTheVotes: score((vector) => byVotes.place(vector)),
    mostVotes: score((vector) => always.place(vector)),
    nearestCentroid: score(nearestCentroid),
  };
}
