/**
 * User-based neighbours: "people like you took this" (Herlocker, Konstan, Borchers and Riedl, SIGIR 1999, on implicit
 * feedback). The similarity of two people is the cosine of their rows in the user-item matrix, each item counted by
 * log(1 + users / users of the item) so that agreement on what everybody takes says little, shrunk:
 *
 *     sim(u, v) = sum over common items of idf_i^2 / (|u| |v| + shrinkage),    score(i) = sum over the neighbours with i
 *
 * The person asked for is compared as their history is now, so that nobody is unknown; people of the training data are
 * the neighbours, and are kept with the model.
 */
import type { FittedRecommender, RecommenderModel } from "../core/model.ts";
import { type SparseMatrix, transpose } from "../core/sparse-matrix.ts";
import { topItems } from "../core/top-items.ts";
import { beginFit, distinctItems, queriedItems } from "./histories.ts";
import { readSaved, savedModel } from "./saved.ts";
import { checkSettings } from "./settings.ts";

export interface UserKnnConfig {
  /** Most similar people that are asked; 1 to 10,000. */
  readonly neighbours: number;
  /** 0 to 10,000. */
  readonly shrinkage: number;
}

const identity = { name: "user-knn", version: 1 };

export const userKnn: RecommenderModel<UserKnnConfig> = {
  name: identity.name,
  description: "What people with like histories took.",
  defaults: { neighbours: 100, shrinkage: 10 },
  grid: { neighbours: [20, 50, 100, 200, 400], shrinkage: [0, 10, 100] },
  predicts: "ranking",
  keepsHistories: true,
  async fit(data, config, options) {
    checkSettings(identity.name, config, {
      neighbours: { min: 1, max: 10_000, integer: true },
      shrinkage: { min: 0, max: 10_000 },
    });
    beginFit(identity.name, data, options);
    const histories = distinctItems(data.interactions);
    const offsets = new Int32Array(histories.length + 1);
    for (const [user, items] of histories.entries()) offsets[user + 1] = offsets[user] + items.length;
    const items = new Int32Array(offsets[histories.length]);
    for (const [user, own] of histories.entries()) items.set(own, offsets[user]);
    return fitted({ offsets, items, itemCount: data.itemCount }, config);
  },
  load(saved) {
    const parts = readSaved(saved, identity);
    const offsets = parts.offsets("offsets", "items");
    const [itemCount] = parts.integers("itemCount");
    return fitted({ offsets, items: parts.integers("items"), itemCount }, saved.config as unknown as UserKnnConfig);
  },
};

/** Everybody's distinct items in compressed rows. */
interface People {
  readonly offsets: Int32Array;
  readonly items: Int32Array;
  readonly itemCount: number;
}

function fitted({ offsets, items, itemCount }: People, config: UserKnnConfig): FittedRecommender {
  const users = offsets.length - 1;
  const values = new Float32Array(items.length);
  const byUser: SparseMatrix = { rows: users, columns: itemCount, offsets, indices: items, values };
  const byItem = transpose(byUser); // [items, users]
  const weights = Float64Array.from({ length: itemCount }, (_, item) => {
    const takers = byItem.offsets[item + 1] - byItem.offsets[item];
    return takers === 0 ? 0 : Math.log(1 + users / takers) ** 2;
  });
  const norms = new Float64Array(users);
  for (let user = 0; user < users; user++) {
    for (let at = offsets[user]; at < offsets[user + 1]; at++) norms[user] += weights[items[at]];
    norms[user] = Math.sqrt(norms[user]);
  }

  return {
    name: identity.name,
    score({ history }) {
      const taken = queriedItems(history, itemCount);
      const similarities = new Float32Array(users);
      let squares = 0;
      for (const item of taken) {
        squares += weights[item];
        const end = byItem.offsets[item + 1];
        for (let at = byItem.offsets[item]; at < end; at++) similarities[byItem.indices[at]] += weights[item];
      }
      const norm = Math.sqrt(squares);
      for (let user = 0; user < users; user++) {
        if (similarities[user] > 0) similarities[user] /= norm * norms[user] + config.shrinkage;
      }
      const nearest = topItems(similarities, config.neighbours, (user) => similarities[user] > 0, identity.name);
      const scores = new Float32Array(itemCount);
      for (const user of nearest) {
        for (let at = offsets[user]; at < offsets[user + 1]; at++) scores[items[at]] += similarities[user];
      }
      return scores;
    },
    save: () => savedModel({ ...identity, config }, { offsets, items, itemCount: Int32Array.of(itemCount) }),
  };
}
