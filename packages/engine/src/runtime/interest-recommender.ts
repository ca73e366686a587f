/**
 * The profile-based recommender behind the `Recommender` contract: it folds a history into a state as the engine does,
 * reads it and scores the catalogue by the same pipeline. Sources can be weighted down to nothing, to measure the others.
 */
import { Catalogue } from "../core/catalogue.ts";
import { type IntensityModel, intensityModel } from "../core/intensity.ts";
import type { Item } from "../core/item.ts";
import type { Recommender, RecommenderQuery } from "../core/ports.ts";
import { readState } from "../core/profile-read.ts";
import { InterestState } from "../core/state.ts";
import type { RecommendContext } from "../recommend/context.ts";
import { type Blend, scoreCatalogue } from "../recommend/pipeline.ts";
import { type FittedItem, type FittedModels, vectorDimensions } from "./fitting.ts";

export function interestRecommender(
  name: string,
  models: FittedModels,
  items: readonly Item[],
  fitted: readonly FittedItem[],
  blend: Blend,
): Recommender {
  const catalogue = new Catalogue(vectorDimensions);
  for (const [key, { vector, nodes }] of fitted.entries()) {
    catalogue.put({ key, item: items[key], vector, nodes, treeVersion: models.tree.version });
  }
  const intensities = intensityModel(models.tree, models.population);
  return {
    name,
    score: (query) => scoreCatalogue(contextOf(query, models, catalogue, intensities), blend).scores,
  };
}

function contextOf(
  { history, at }: RecommenderQuery,
  models: FittedModels,
  catalogue: Catalogue,
  intensities: IntensityModel,
): RecommendContext {
  const state = new InterestState();
  for (const [index, { item, time, weight }] of history.entries()) {
    const nodes = catalogue.nodes(item);
    state.fold({ position: index + 1, time, type: "interaction", item, nodes, weight, value: Number.NaN });
  }
  const { neighbours, popularity } = models;
  return { state, catalogue, neighbours, popularity, reading: readState(intensities, state, catalogue, at) };
}
