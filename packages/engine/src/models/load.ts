/**
 * A stored model of whichever kind, ready to score. The models are loaded when one is first asked for: they bring a runtime
 * for networks, and an engine that has no model starts without.
 */
import { PenchantError } from "../base/errors.ts";
import type { FittedRecommender, RecommenderModel } from "../core/model.ts";
import type { TrainableModel } from "../core/registered-model.ts";
import { readModelFolder } from "./model-folder.ts";

/** The kind of recommender that goes by a name, or undefined with the names that there are. */
export async function modelNamed(name: string): Promise<{ model: RecommenderModel | undefined; names: string[] }> {
  const { recommenderModels } = await import("./all.ts");
  return {
    model: recommenderModels.find((model) => model.name === name),
    names: recommenderModels.map((model) => model.name),
  };
}

/** Every kind, in the order of `models/all.ts`. */
export async function trainableModels(): Promise<TrainableModel[]> {
  const { recommenderModels } = await import("./all.ts");
  return recommenderModels.map(({ name, description, defaults }) => ({
    name,
    description,
    config: defaults as TrainableModel["config"],
  }));
}

export interface LoadedModel {
  readonly model: RecommenderModel;
  readonly fitted: FittedRecommender;
}

/** @throws PENCHANT_E_MODEL_FILE naming the folder where what is there is damaged, or not of a kind and version known here */
export async function loadModelFolder(folder: string): Promise<LoadedModel> {
  const { saved } = await readModelFolder(folder);
  const unfit = (problem: string, cause?: unknown) =>
    new PenchantError("PENCHANT_E_MODEL_FILE", `${folder}: ${problem}`, { details: { folder }, cause });
  const { model } = await modelNamed(saved.name);
  if (model === undefined) throw unfit(`there is no recommender named ${JSON.stringify(saved.name)}.`);
  try {
    return { model, fitted: model.load(saved) };
  } catch (error) {
    throw PenchantError.isInstance(error) ? unfit(error.message, error) : error;
  }
}
