/**
 * Item-based neighbours as a recommender that can be fitted, saved and tuned: the sum of the similarities to what the
 * person took. The mathematics are in `item-neighbours.ts`, which the running engine uses, too.
 */
import type { FittedRecommender, RecommenderModel } from "../core/model.ts";
import { beginFit, distinctItems } from "./histories.ts";
import { fitItemNeighbours, type ItemNeighbours, itemNeighbourRecommender } from "./item-neighbours.ts";
import { readSaved, savedModel } from "./saved.ts";
import { checkSettings } from "./settings.ts";

export interface ItemKnnConfig {
  /** Neighbours kept per item; 1 to 10,000. */
  readonly neighbours: number;
  /** Added to the denominator of the cosine, so that similarities with few common users shrink; 0 to 10,000. */
  readonly shrinkage: number;
}

const identity = { name: "item-knn", version: 1 };

export const itemKnn: RecommenderModel<ItemKnnConfig> = {
  name: identity.name,
  description: "Items that the same people take go together. Fitted in seconds, and its reasons name single events.",
  defaults: { neighbours: 200, shrinkage: 1 },
  grid: { neighbours: [20, 50, 100, 200, 400], shrinkage: [0, 1, 10] },
  predicts: "ranking",
  isAdditive: true,
  async fit(data, config, options) {
    checkSettings(identity.name, config, {
      neighbours: { min: 1, max: 10_000, integer: true },
      shrinkage: { min: 0, max: 10_000 },
    });
    beginFit(identity.name, data, options);
    return fitted(fitItemNeighbours(distinctItems(data.interactions), data.itemCount, config), config);
  },
  load(saved) {
    const parts = readSaved(saved, identity);
    const offsets = parts.offsets("offsets", "items");
    return fitted(
      {
        itemCount: offsets.length - 1,
        offsets,
        items: parts.integers("items"),
        similarities: parts.floats("similarities"),
      },
      saved.config,
    );
  },
};

function fitted(neighbours: ItemNeighbours, config: object): FittedRecommender {
  const { offsets, items, similarities } = neighbours;
  return {
    ...itemNeighbourRecommender(neighbours),
    save: () => savedModel({ ...identity, config }, { offsets, items, similarities }),
  };
}
