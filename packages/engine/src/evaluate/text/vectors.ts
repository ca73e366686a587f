/**
 * How good item vectors are, whatever they were made by: as the candidates of a profile use them (near to the newest items
 * that somebody had), as a tree is grown from them, and as free text is placed by them.
 */
import { seededRandom } from "../../base/random.ts";
import { RowMatrix } from "../../core/row-matrix.ts";
import { topItems } from "../../core/top-items.ts";
import { buildTree } from "../../core/tree-build.ts";
import { dot } from "../../core/vector.ts";
import { bootstrapMeans, type Interval } from "../bootstrap.ts";
import { accuracy } from "../metrics/accuracy.ts";
import { type Agreement, agreement } from "../metrics/agreement.ts";
import type { VectorQuestion } from "./questions.ts";

const listLength = 10;
/** Items after which one counts half, as in the profile's own candidates. */
const halfLifeItems = 6;
/** Newest items of a history that count. */
const historyMax = 40;

/** How often and how high the target stands among the ten items that are nearest to what somebody had. */
export function rankByVectors(
  questions: readonly VectorQuestion[],
  vectors: readonly Float32Array[],
  isCandidate: (item: number) => boolean,
  seed: number,
): { HR: Interval; NDCG: Interval } {
  const matrix = new RowMatrix(vectors[0]?.length ?? 1);
  for (const [item, vector] of vectors.entries()) matrix.set(item, vector);
  const values = questions.map(({ history, target, seen }) => {
    const wanted = new Float32Array(matrix.dimensions);
    for (const [age, item] of history.slice(-historyMax).reverse().entries()) {
      const attention = 2 ** (-age / halfLifeItems);
      for (let d = 0; d < wanted.length; d++) wanted[d] += attention * vectors[item][d];
    }
    const scores = matrix.products(wanted);
    const list = topItems(scores, listLength, (item) => isCandidate(item) && !seen.has(item), "vectors");
    return accuracy(list, new Set([target]), listLength);
  });
  const [HR, NDCG] = bootstrapMeans(
    [values.map((value) => value.HR), values.map((value) => value.NDCG)],
    seededRandom(seed),
    { users: questions.map(({ user }) => user) },
  );
  return { HR, NDCG };
}

export interface DescribedItem {
  readonly title: string;
  /** Class on each level, broadest first. */
  readonly path: readonly string[];
}

/** Grows a tree from vectors alone, and compares the interests that it found with the items' known classes, level by level. */
export function treeAgreement(
  items: readonly DescribedItem[],
  vectors: readonly Float32Array[],
  seed: number,
): Agreement[] {
  const { nodes } = buildTree(
    items.map(({ title }, item) => ({ categories: [], vector: vectors[item], terms: [title], title, popularity: 1 })),
    { version: 1, dimensions: vectors[0].length, seed },
  );
  const leaves = nodes.map(([leaf]) => leaf);
  const levels = Math.max(...items.map(({ path }) => path.length));
  return Array.from({ length: levels }, (_, level) => {
    const deep = items
      .keys()
      .filter((item) => items[item].path.length > level)
      .toArray();
    return agreement(
      deep.map((item) => leaves[item]),
      deep.map((item) => items[item].path.slice(0, level + 1).join(" > ")),
    );
  });
}

/** A text with the classes that would be right for it. */
export interface Placement {
  readonly vector: Float32Array;
  readonly paths: readonly (readonly string[])[];
}

/**
 * The part of the texts whose nearest class is right, level by level: of all classes on a level, the one whose items' mean
 * is nearest. A text of which nothing is known is placed nowhere, which is wrong.
 */
export function placementAccuracy(
  items: readonly { readonly vector: Float32Array; readonly paths: readonly (readonly string[])[] }[],
  texts: readonly Placement[],
  seed: number,
): Interval[] {
  const levels = Math.max(0, ...items.flatMap(({ paths }) => paths.map((path) => path.length)));
  return Array.from({ length: levels }, (_, level) => {
    const nameOf = (path: readonly string[]) => path.slice(0, level + 1).join(" > ");
    const centroids = new Map<string, Float32Array>();
    for (const { vector, paths } of items) {
      for (const name of new Set(paths.filter((path) => path.length > level).map(nameOf))) {
        const sum = centroids.get(name) ?? new Float32Array(vector.length);
        for (let d = 0; d < vector.length; d++) sum[d] += vector[d];
        centroids.set(name, sum);
      }
    }
    for (const [name, sum] of centroids) {
      const length = Math.sqrt(dot(sum, sum)) || 1;
      centroids.set(
        name,
        sum.map((value) => value / length),
      );
    }
    const values = texts
      .filter(({ paths }) => paths.some((path) => path.length > level))
      .map(({ vector, paths }) => {
        let nearest = "";
        let most = 0;
        for (const [name, centroid] of centroids) {
          const cosine = dot(vector, centroid);
          if (cosine > most) [nearest, most] = [name, cosine];
        }
        return paths.some((path) => nameOf(path) === nearest) ? 1 : 0;
      });
    return bootstrapMeans([values], seededRandom(seed))[0];
  });
}
