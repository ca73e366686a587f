/**
 * Hybrid of collaboration and content: item neighbours where an item has users enough to say whose it is, its content
 * before that. With both scores scaled to the person's largest,
 *
 *     score(i) = (1 - w_i) neighbours(i) + w_i content(i),   w_i = share + (1 - share) prior / (prior + users of i),
 *
 * a weighted hybrid (Burke, Hybrid Recommender Systems, User Modeling and User-Adapted Interaction 2002) whose weights
 * follow the evidence: a new item has content alone, a known one the share that serves everybody.
 */
import type { FittedRecommender, RecommenderModel } from "../../core/model.ts";
import type { SparseMatrix } from "../../core/sparse-matrix.ts";
import { distinctItems } from "../histories.ts";
import { fitItemNeighbours, type ItemNeighbours, itemNeighbourRecommender } from "../item-neighbours.ts";
import { countPopularity } from "../popularity.ts";
import { readSaved, savedModel } from "../saved.ts";
import { checkSettings } from "../settings.ts";
import { fitTerms, halfLifeRange, nearness, readTerms, termTensors } from "./content.ts";

export interface HybridConfig {
  /** Neighbours kept per item; 1 to 10,000. */
  readonly neighbours: number;
  /** 0 to 10,000. */
  readonly shrinkage: number;
  /** What content counts for an item with many users; 0 to 1. */
  readonly share: number;
  /** Users at which an item is half known; 0 to 10,000. */
  readonly prior: number;
  /** Items after which an earlier one counts half in the content's profile; 1 to 10,000. */
  readonly halfLifeItems: number;
}

const identity = { name: "hybrid", version: 1 };

interface Parts {
  readonly neighbours: ItemNeighbours;
  readonly terms: SparseMatrix;
  /** Users of each item. */
  readonly users: Float32Array;
}

export const hybrid: RecommenderModel<HybridConfig> = {
  name: identity.name,
  description: "Item neighbours, and the words of items the more, the fewer people took them.",
  defaults: { neighbours: 200, shrinkage: 1, share: 0.1, prior: 3, halfLifeItems: 3 },
  grid: { share: [0, 0.1, 0.3], prior: [1, 3, 10], halfLifeItems: [3, 20] },
  predicts: "ranking",
  async fit(data, config, options) {
    checkSettings(identity.name, config, {
      neighbours: { min: 1, max: 10_000, integer: true },
      shrinkage: { min: 0, max: 10_000 },
      share: { min: 0, max: 1 },
      prior: { min: 0, max: 10_000 },
      halfLifeItems: halfLifeRange,
    });
    const terms = fitTerms(identity.name, data, options);
    const histories = distinctItems(data.interactions);
    const neighbours = fitItemNeighbours(histories, data.itemCount, config);
    return fitted({ neighbours, terms, users: countPopularity(histories, data.itemCount) }, config);
  },
  load(saved) {
    const parts = readSaved(saved, identity);
    const offsets = parts.offsets("offsets", "items");
    const items = parts.integers("items");
    const neighbours = { itemCount: offsets.length - 1, offsets, items, similarities: parts.floats("similarities") };
    const users = parts.floats("users");
    return fitted({ neighbours, terms: readTerms(parts), users }, saved.config as unknown as HybridConfig);
  },
};

function fitted({ neighbours, terms, users }: Parts, config: HybridConfig): FittedRecommender {
  const { share, prior } = config;
  const collaborative = itemNeighbourRecommender(neighbours);
  const contentWeights = users.map((count) => share + (1 - share) * (count === 0 ? 1 : prior / (prior + count)));
  return {
    name: identity.name,
    score(query) {
      const byNeighbours = toUnit(collaborative.score(query));
      const byContent = toUnit(nearness(terms, query.history, config.halfLifeItems));
      return byNeighbours.map((score, item) => score + contentWeights[item] * (byContent[item] - score));
    },
    save() {
      const { offsets, items, similarities } = neighbours;
      return savedModel({ ...identity, config }, { offsets, items, similarities, users, ...termTensors(terms) });
    },
  };
}

/** Scaled so that the largest is 1; all zeros stay. */
function toUnit(scores: Float32Array): Float32Array {
  const largest = scores.reduce((most, score) => Math.max(most, score), 0);
  return largest === 0 ? scores : scores.map((score) => score / largest);
}
