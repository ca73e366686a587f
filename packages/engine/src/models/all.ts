/** Every recommender that can be fitted, compared and tuned by its name. */
import type { RecommenderModel } from "../core/model.ts";
import { itemKnn } from "./item-knn.ts";
import { popularity } from "./popularity.ts";
import { decayedPopularity, windowedPopularity } from "./recent-popularity.ts";

export const recommenderModels: readonly RecommenderModel[] = [
  popularity,
  windowedPopularity,
  decayedPopularity,
  itemKnn,
];
