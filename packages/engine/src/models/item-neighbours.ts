/**
 * Item-item neighbours: "people who took this also took that".
 *
 * The similarity of items i and j is the cosine of their columns in the user-item matrix, each user counted by
 * 1 / sqrt(number of their items) so that the most active do not decide it all, shrunk by the number of common users:
 *
 *     sim(i, j) = c_ij / (sqrt(c_ii c_jj) + shrinkage),   c_ij = sum over users with both of 1 / sqrt(n_u)
 *
 * (Sarwar, Karypis, Konstan and Riedl, Item-based collaborative filtering, WWW 2001; shrinkage after Bell and Koren,
 * ICDM 2007). Each item keeps its nearest neighbours only.
 */
import { PenchantError } from "../base/errors.ts";
import type { Recommender, RecommenderQuery } from "../core/ports.ts";

export interface NeighbourOptions {
  /** Neighbours kept per item. */
  readonly neighbours: number;
  readonly shrinkage: number;
}

export const defaultNeighbourOptions: NeighbourOptions = { neighbours: 200, shrinkage: 1 };

/** Neighbours of every item in compressed rows, nearest first. */
export interface ItemNeighbours {
  readonly itemCount: number;
  /** Row i is `offsets[i]` to `offsets[i + 1]`. [itemCount + 1] */
  readonly offsets: Int32Array;
  readonly items: Int32Array;
  readonly similarities: Float32Array;
}

/** @param histories the distinct item keys of every user */
export function fitItemNeighbours(
  histories: readonly Int32Array[],
  itemCount: number,
  options: NeighbourOptions = defaultNeighbourOptions,
): ItemNeighbours {
  const usersOf = invert(histories, itemCount);
  const userWeights = Float64Array.from(histories, (items) => 1 / Math.sqrt(Math.max(1, items.length)));
  const norms = new Float64Array(itemCount);
  for (let item = 0; item < itemCount; item++) for (const user of usersOf(item)) norms[item] += userWeights[user];

  const offsets = new Int32Array(itemCount + 1);
  const items: number[] = [];
  const similarities: number[] = [];
  const common = new Float64Array(itemCount);
  const touched = new Int32Array(itemCount);
  for (let item = 0; item < itemCount; item++) {
    let touchedCount = 0;
    for (const user of usersOf(item)) {
      const weight = userWeights[user];
      for (const other of histories[user]) {
        if (common[other] === 0) touched[touchedCount++] = other;
        common[other] += weight;
      }
    }
    const nearest = new Nearest(options.neighbours);
    for (let at = 0; at < touchedCount; at++) {
      const other = touched[at];
      const similarity = common[other] / (Math.sqrt(norms[item] * norms[other]) + options.shrinkage);
      if (other !== item) nearest.offer(other, similarity);
      common[other] = 0;
    }
    for (const { item: other, similarity } of nearest.finish()) {
      items.push(other);
      similarities.push(similarity);
    }
    offsets[item + 1] = items.length;
  }
  return { itemCount, offsets, items: Int32Array.from(items), similarities: Float32Array.from(similarities) };
}

/** Keeps the best of many: what cannot be among them is turned away at once, the rest is sorted now and then. */
class Nearest {
  readonly #count: number;
  #kept: { item: number; similarity: number }[] = [];
  #threshold = Number.NEGATIVE_INFINITY;

  constructor(count: number) {
    this.#count = count;
  }

  offer(item: number, similarity: number): void {
    if (similarity < this.#threshold) return;
    this.#kept.push({ item, similarity });
    if (this.#kept.length >= 2 * this.#count) this.#sort();
  }

  /** Most similar first; of equals the smaller key. */
  finish(): readonly { item: number; similarity: number }[] {
    this.#sort();
    return this.#kept;
  }

  #sort(): void {
    this.#kept.sort((a, b) => b.similarity - a.similarity || a.item - b.item);
    this.#kept.length = Math.min(this.#kept.length, this.#count);
    if (this.#kept.length === this.#count) this.#threshold = this.#kept[this.#count - 1].similarity;
  }
}

/** The users of each item, as a view into one array. */
function invert(histories: readonly Int32Array[], itemCount: number): (item: number) => Int32Array {
  const starts = new Int32Array(itemCount + 1);
  for (const items of histories) for (const item of items) starts[item + 1] += 1;
  for (let item = 0; item < itemCount; item++) starts[item + 1] += starts[item];
  const users = new Int32Array(starts[itemCount]);
  const next = starts.slice();
  for (const [user, items] of histories.entries()) for (const item of items) users[next[item]++] = user;
  return (item) => users.subarray(starts[item], starts[item + 1]);
}

/** The neighbours as a recommender of its own: the sum of the similarities to what the user took. */
export function itemNeighbourRecommender(neighbours: ItemNeighbours): Recommender {
  return {
    name: "item-knn",
    score({ history }: RecommenderQuery): Float32Array {
      const scores = new Float32Array(neighbours.itemCount);
      for (const { item } of history) {
        if (item < 0 || item >= neighbours.itemCount) continue;
        for (let at = neighbours.offsets[item]; at < neighbours.offsets[item + 1]; at++) {
          scores[neighbours.items[at]] += neighbours.similarities[at];
        }
      }
      return scores;
    },
  };
}

const formatVersion = 1;

export function saveItemNeighbours(neighbours: ItemNeighbours): Uint8Array {
  const { itemCount, offsets, items, similarities } = neighbours;
  const header = Int32Array.of(formatVersion, itemCount, items.length);
  return new Uint8Array(
    Buffer.concat(
      [header, offsets, items, similarities].map((part) => Buffer.from(part.buffer, part.byteOffset, part.byteLength)),
    ),
  );
}

/** @throws PENCHANT_E_STATE_VERSION for a format that this version does not know */
export function loadItemNeighbours(bytes: Uint8Array): ItemNeighbours {
  const buffer = bytes.slice().buffer;
  const [version, itemCount = 0, links = 0] = new Int32Array(buffer, 0, 3);
  if (version !== formatVersion || bytes.length !== 4 * (3 + itemCount + 1 + 2 * links)) {
    throw new PenchantError(
      "PENCHANT_E_STATE_VERSION",
      `Stored item neighbours have format ${version ?? "none"}; this version reads format ${formatVersion}. Run "penchant rebuild".`,
    );
  }
  const start = 12 + 4 * (itemCount + 1);
  return {
    itemCount,
    offsets: new Int32Array(buffer, 12, itemCount + 1),
    items: new Int32Array(buffer, start, links),
    similarities: new Float32Array(buffer, start + 4 * links, links),
  };
}
