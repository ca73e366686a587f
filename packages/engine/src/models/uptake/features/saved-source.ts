/** What features are read with as parts of a stored model. */
import { PenchantError } from "../../../base/errors.ts";
import type { SavedTensor } from "../../../core/model.ts";
import type { SavedReader } from "../../saved.ts";
import { featureTensors, readFeatures } from "../../sequence/saved-features.ts";
import { ofEverybody } from "./item-statistics.ts";
import type { FeatureSource } from "./pipeline.ts";

/** Of the pipeline: a model that was fitted on other features is not asked with these. */
const version = 1;

/** To answer questions with: statistics without one part of the people are for learning only, and not kept. */
export function sourceTensors({
  statistics,
  known,
}: FeatureSource): Record<string, SavedTensor | SavedTensor["values"]> {
  const { means, counts, meanValues, valueDeviations } = ofEverybody(statistics);
  const { paths, vectors, createdAt, nodeShares, values, rejections, companions } = known;
  return {
    version: Int32Array.of(version),
    means,
    counts,
    meanValues,
    valueDeviations,
    known: Int32Array.from([values, rejections, paths, vectors, createdAt], (one) => (one ? 1 : 0)),
    people: companions.people,
    companionOffsets: companions.offsets,
    companions: companions.companions,
    common: companions.common,
    ...featureTensors({ ...(paths && { paths }), ...(vectors && { vectors }) }),
    ...(createdAt && { createdAt }),
    ...(nodeShares && { nodeShares }),
  };
}

/** @throws PENCHANT_E_MODEL_FILE for parts that are missing, of another version, or do not fit each other */
export function readSource(model: string, parts: SavedReader): FeatureSource {
  const unfit = (problem: string) =>
    new PenchantError("PENCHANT_E_MODEL_FILE", `${model}: ${problem}`, { details: { model } });
  const [stored] = parts.integers("version");
  if (stored !== version) throw unfit(`expected features of version ${version}, got ${stored}.`);
  const counts = parts.floats("counts");
  const itemCount = counts.length;
  const [meanValues, valueDeviations] = [parts.floats("meanValues"), parts.floats("valueDeviations")];
  const means = parts.doubles("means");
  const [values, rejections, hasPaths, hasVectors, hasTimes] = Array.from(parts.integers("known"), Boolean);
  const createdAt = hasTimes ? parts.doubles("createdAt") : undefined;
  const { paths, vectors } = readFeatures(model, parts, itemCount);
  if (hasPaths !== Boolean(paths) || hasVectors !== Boolean(vectors)) {
    throw unfit("it lacks the paths or the vectors of its items.");
  }
  const nodeShares = paths && parts.floats("nodeShares");
  const companions = {
    people: parts.integers("people"),
    offsets: parts.offsets("companionOffsets", "companions"),
    companions: parts.integers("companions"),
    common: parts.integers("common"),
  };
  const lengths = [meanValues, valueDeviations, createdAt, companions.people].map(
    (column) => column?.length ?? itemCount,
  );
  if (companions.offsets.length !== itemCount + 1 || companions.common.length !== companions.companions.length) {
    throw unfit("the parts of its items' companions do not fit each other.");
  }
  if (lengths.some((length) => length !== itemCount) || means.length !== 1 || nodeShares?.length !== paths?.nodeCount) {
    throw unfit(`the parts of its features do not fit its ${itemCount} items.`);
  }
  return {
    statistics: { itemCount, means, counts, meanValues, valueDeviations },
    known: { values, rejections, paths, vectors, createdAt, nodeShares, companions },
  };
}
