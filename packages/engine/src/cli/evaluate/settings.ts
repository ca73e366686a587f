/** From the words of the command to what is measured: models, their settings, lengths of list. */
import { InvalidArgumentError } from "commander";
import { PenchantError } from "../../base/errors.ts";
import type { ModelSetting, RecommenderModel } from "../../core/model.ts";
import type { ModelConfig } from "../../evaluate/measure.ts";
import { accuracyNames } from "../../evaluate/metrics/accuracy.ts";
import { listNames } from "../../evaluate/metrics/lists.ts";
import { kMax } from "../../evaluate/ranking.ts";
import { recommenderModels } from "../../models/all.ts";

/**
 * Models by name, in the order asked for; all that rank without a word. Throws PENCHANT_E_USAGE for an unknown one.
 *
 * @param option what it was that named them
 */
export function modelsNamed(names: string | undefined, option = "--models"): readonly RecommenderModel[] {
  if (names === undefined) return recommenderModels.filter(({ predicts }) => predicts === "ranking");
  return namedAmong(recommenderModels, names, option);
}

/** Those of some models, by name and in the order asked for. Throws PENCHANT_E_USAGE for an unknown one. */
export function namedAmong<Model extends { readonly name: string }>(
  models: readonly Model[],
  names: string,
  option: string,
): readonly Model[] {
  return [...new Set(names.split(",").map((name) => name.trim()))].map((name) => {
    const model = models.find((one) => one.name === name);
    if (model !== undefined) return model;
    const known = models.map((one) => one.name).join(", ");
    throw new PenchantError("PENCHANT_E_USAGE", `${option}: expected some of ${known}; got ${JSON.stringify(name)}.`);
  });
}

/**
 * `ease.l2=100` and the like, by model. Only the settings that a model has, with values of their type; ranges are the
 * model's to check. Throws PENCHANT_E_USAGE.
 */
export function settingsByModel(
  words: readonly string[],
  models: readonly Pick<RecommenderModel, "name" | "defaults">[],
): ReadonlyMap<string, ModelConfig> {
  const settings = new Map<string, Record<string, ModelSetting>>(models.map(({ name }) => [name, {}]));
  for (const word of words) {
    const [, name, key, text] = /^([a-z0-9-]+)\.([A-Za-z0-9]+)=(.+)$/.exec(word) ?? [];
    const model = models.find((one) => one.name === name);
    const config = name === undefined ? undefined : settings.get(name);
    if (model === undefined || config === undefined || key === undefined || text === undefined) {
      throw usage(`--set: expected model.setting=value of a model that is measured, got ${JSON.stringify(word)}.`);
    }
    const fallback = (model.defaults as Record<string, ModelSetting>)[key];
    if (fallback === undefined) {
      const known = Object.keys(model.defaults).join(", ") || "none";
      throw usage(`--set: ${model.name} has no setting ${key}; its settings are: ${known}.`);
    }
    config[key] = settingLike(fallback, text, word);
  }
  return settings;
}

function settingLike(fallback: ModelSetting, text: string, word: string): ModelSetting {
  if (typeof fallback === "string") return text;
  if (typeof fallback === "boolean") {
    if (text === "true" || text === "false") return text === "true";
    throw usage(`--set ${word}: expected true or false.`);
  }
  const value = Number(text);
  if (Number.isFinite(value)) return value;
  throw usage(`--set ${word}: expected a number.`);
}

/** An option that takes lengths of list such as 10 or 5,10,20; ascending ones come out. */
export function listLengths(text: string): readonly number[] {
  const ks = text.split(",").map(Number);
  if (ks.every((k) => Number.isInteger(k) && k >= 1 && k <= kMax)) return [...new Set(ks)].sort((a, b) => a - b);
  throw new InvalidArgumentError(`Expected whole numbers from 1 to ${kMax}, such as 5,10,20.`);
}

/** The metric that counts; NDCG at the first length unless another is named. Throws PENCHANT_E_USAGE. */
export function metricNamed(name: string | undefined, ks: readonly number[]): string {
  if (name === undefined) return `NDCG@${ks[0]}`;
  const known = ks.flatMap((k) => [...accuracyNames, ...listNames].map((one) => `${one}@${k}`));
  if (known.includes(name)) return name;
  throw usage(`--metric: expected one of ${known.join(", ")}; got ${JSON.stringify(name)}.`);
}

function usage(sentence: string): PenchantError {
  return new PenchantError("PENCHANT_E_USAGE", sentence);
}
