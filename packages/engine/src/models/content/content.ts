/**
 * Content: items like those that a person had to do with, by the words of their titles and texts and by their categories
 * (`terms.ts`). The person's profile is the sum of their items' term vectors, the latest first and each earlier one counting
 * less, and an item's score is the product of its vector with the profile (Lops, de Gemmis and Semeraro, Recommender Systems
 * Handbook 2011). It needs nobody else's interactions, so that an item scores the day it is listed.
 */
import type { FittedRecommender, ModelFitOptions, RecommenderModel, TrainingData } from "../../core/model.ts";
import type { Interaction } from "../../core/ports.ts";
import type { SparseMatrix } from "../../core/sparse-matrix.ts";
import { beginFit, dataError, queriedSequence } from "../histories.ts";
import { readSaved, type SavedReader, savedModel } from "../saved.ts";
import { checkSettings } from "../settings.ts";
import { termMatrix } from "./terms.ts";

export interface ContentConfig {
  /** Items after which an earlier one counts half; 1 to 10,000. */
  readonly halfLifeItems: number;
}

const identity = { name: "content", version: 1 };

export const content: RecommenderModel<ContentConfig> = {
  name: identity.name,
  description: "Items with like titles, texts and categories. Reads no other people, so new items count at once.",
  defaults: { halfLifeItems: 3 },
  grid: { halfLifeItems: [1, 3, 10, 20, 100] },
  predicts: "ranking",
  async fit(data, config, options) {
    checkSettings(identity.name, config, { halfLifeItems: halfLifeRange });
    return fitted(fitTerms(identity.name, data, options), config);
  },
  load: (saved) => fitted(readTerms(readSaved(saved, identity)), saved.config as unknown as ContentConfig),
};

export const halfLifeRange = { min: 1, max: 10_000 } as const;

/** @throws PENCHANT_E_MODEL_DATA where nothing is known of any item */
export function fitTerms(model: string, data: TrainingData, options: ModelFitOptions): SparseMatrix {
  beginFit(model, data, options);
  if (data.items === undefined || data.items.length === 0) {
    throw dataError(model, "expected items with titles or categories, got none.");
  }
  return termMatrix(data.items, data.itemCount);
}

/** The parts of a saved model that hold its terms. */
export function termTensors({ offsets, indices, values, columns }: SparseMatrix) {
  return { termOffsets: offsets, terms: indices, termWeights: values, termCount: Int32Array.of(columns) };
}

export function readTerms(parts: SavedReader): SparseMatrix {
  const offsets = parts.offsets("termOffsets", "terms");
  const [columns] = parts.integers("termCount");
  return {
    rows: offsets.length - 1,
    columns,
    offsets,
    indices: parts.integers("terms"),
    values: parts.floats("termWeights"),
  };
}

/** How near every item is to what a person had to do with. `[itemCount]` */
export function nearness(terms: SparseMatrix, history: readonly Interaction[], halfLifeItems: number): Float32Array {
  const { rows, columns, offsets, indices, values } = terms;
  const profile = new Float64Array(columns);
  for (const [back, item] of queriedSequence(history, rows).reverse().entries()) {
    const says = 2 ** (-back / halfLifeItems);
    for (let at = offsets[item]; at < offsets[item + 1]; at++) profile[indices[at]] += says * values[at];
  }
  const scores = new Float32Array(rows);
  for (let item = 0; item < rows; item++) {
    let sum = 0;
    for (let at = offsets[item]; at < offsets[item + 1]; at++) sum += profile[indices[at]] * values[at];
    scores[item] = sum;
  }
  return scores;
}

function fitted(terms: SparseMatrix, config: ContentConfig): FittedRecommender {
  return {
    name: identity.name,
    score: ({ history }) => nearness(terms, history, config.halfLifeItems),
    save: () => savedModel({ ...identity, config }, termTensors(terms)),
  };
}
