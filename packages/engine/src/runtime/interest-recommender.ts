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
import { prominenceOf } from "../recommend/candidates/interests.ts";
import type { RecommendContext } from "../recommend/context.ts";
import { type Blend, scoreCatalogue } from "../recommend/pipeline.ts";
import { Workspace } from "../recommend/workspace.ts";
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
  const { neighbours, popularity } = models;
  const prominence = prominenceOf(popularity);
  const known = { catalogue, neighbours, popularity, prominence, workspace: new Workspace() };
  return {
    name,
    score: (query) => scoreCatalogue({ ...known, ...readHistory(query, catalogue, intensities) }, blend).scores.slice(),
  };
}

/** The state after a history, and its reading at the moment of the question. */
function readHistory(
  { history, at }: RecommenderQuery,
  catalogue: Catalogue,
  intensities: IntensityModel,
): Pick<RecommendContext, "state" | "reading"> {
  const state = new InterestState();
  for (const [index, { item, time, weight }] of history.entries()) {
    const nodes = catalogue.nodes(item);
    const event = { position: index + 1, time, type: "interaction", item, nodes, weight };
    state.fold({ ...event, value: Number.NaN, engaging: true });
  }
  return { state, reading: readState(intensities, state, at) };
}
