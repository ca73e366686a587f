/** What models are handed: from the columns of a split, or from a whole data set when a model is fitted to be used. */
import { type Dataset, isDescribed } from "../core/dataset.ts";
import type { TrainingData, ValidationCase } from "../core/model.ts";
import { type CaseTable, caseAt, caseCount, casesOf, tableOfRanges } from "./cases.ts";
import { type Fold, protocolDefaults, userRanges, withStopping } from "./splits/protocol.ts";

export function trainingDataOf(dataset: Dataset, { train, stopping }: Pick<Fold, "train" | "stopping">): TrainingData {
  return {
    itemCount: dataset.items.length,
    interactions: train,
    ...(isDescribed(dataset.items) && { items: dataset.items }),
    validation: validationCases(stopping),
  };
}

/** All there is to learn from: everything but the last event of one user in ten, which says when to stop. */
export function wholeTrainingData(dataset: Dataset): TrainingData {
  const { interactions } = dataset;
  const { train, stopping } = withStopping([...userRanges(dataset)]);
  return trainingDataOf(dataset, {
    train: tableOfRanges(interactions, train),
    stopping: casesOf(interactions, stopping, protocolDefaults).cases,
  });
}

/** Questions become objects when they are read: all at once would take far more memory than the columns. */
function validationCases(cases: CaseTable): ValidationCase[] {
  return Array.from({ length: caseCount(cases) }, (_, index) => ({
    get query() {
      return caseAt(cases, index).query;
    },
    get targets() {
      return caseAt(cases, index).targets;
    },
  }));
}
