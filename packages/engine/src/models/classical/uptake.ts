/**
 * Makes each classical learner a model of uptake: its dense features are prepared and learned from, and nothing else of the
 * rows. Where there is nothing to tell rows apart, because all answers are the same or no feature ever changes, it says the rate
 * of yes that it has seen, `(yes + 1) / (rows + 2)`.
 */
import type { ModelFitOptions, SavedModel } from "../../core/model.ts";
import type { FeatureColumn, FittedUptake, UptakeExamples, UptakeModel, UptakeTable } from "../../core/uptake.ts";
import { remark } from "../pace.ts";
import { readSaved, type SavedReader, savedModel } from "../saved.ts";
import { checkSettings } from "../settings.ts";
import { beginUptakeFit, checkColumns, readColumns, savedColumns } from "../uptake/table.ts";
import { decisionTree } from "./decision-tree.ts";
import { checkFinite, checkLabelled, type FeatureMatrix, type LabelledFeatures } from "./features.ts";
import { gradientBoosting } from "./gradient-boosting.ts";
import type { FittedLearner, Learner } from "./learner.ts";
import { linearSvm } from "./linear-svm.ts";
import { logisticRegression } from "./logistic-regression.ts";
import {
  fitPreparation,
  loadPreparation,
  type Preparation,
  type PreparationConfig,
  preparationFor,
} from "./preparation/preparation.ts";
import type { TrainingRows } from "./preparation/step.ts";
import { randomForest } from "./random-forest.ts";
import { rbfSvm } from "./rbf-svm.ts";

export interface ClassWeightConfig {
  /** Balanced: yes and no weigh the same together, however rare one is. Probabilities are then those of such a world. */
  readonly classWeights: "none" | "balanced";
}

type Prepared<Config> = Config & PreparationConfig & ClassWeightConfig;

const version = 1;
const columnsPart = "columns";
/** Parts under it are the preparation's and the learner's. */
const [preparationPart, learnerPart] = ["preparation.", "learner."];

function uptakeOf<Config extends object>(learner: Learner<Config>): UptakeModel<Prepared<Config>> {
  const { name } = learner;
  const preparation = preparationFor(learner.reads);
  const ranges = {
    ...learner.ranges,
    ...preparation.ranges,
    classWeights: { oneOf: ["none", "balanced"] },
  } as const;
  return {
    name,
    defaults: { ...learner.defaults, ...preparation.defaults, classWeights: "none" },
    grid: learner.grid,
    async fit(data, config, options) {
      beginUptakeFit(name, data, options);
      checkSettings<Prepared<Config>>(name, config, ranges);
      const rows = trainingRows(data.train, config);
      checkLabelled(name, rows);
      const tell = (note: string) => remark(options, 0, note);
      const prepared = fitPreparation(name, rows, config, { seed: options.seed, tell });
      const validation = data.validation && validationRows(name, data.validation, prepared.preparation);
      const learned = await learn(learner, prepared.rows, validation, config, options);
      return fitted(name, config, data.train.columns, prepared.preparation, learned);
    },
    load(saved) {
      const parts = readSaved(saved, { name, version });
      const columns = readColumns(name, parts);
      const config = saved.config as unknown as Prepared<Config>;
      const partsOf = (prefix: string) => partsUnder(saved, prefix);
      const prepared = loadPreparation(name, config, (step) => partsOf(`${preparationPart}${step}.`));
      // The columns that the preparation leaves, found on no rows.
      const { names } = prepared.apply({ names: columns.map(({ name }) => name), values: new Float32Array(0) });
      const own = partsOf(learnerPart);
      const learned = own.has(ratePart) ? { rate: own.doubles(ratePart)[0] } : learner.load(own, names.length);
      return fitted(name, config, columns, prepared, learned);
    },
  };
}

export const classicalModels: readonly UptakeModel[] = [
  uptakeOf(logisticRegression),
  uptakeOf(linearSvm),
  uptakeOf(rbfSvm),
  uptakeOf(decisionTree),
  uptakeOf(randomForest),
  uptakeOf(gradientBoosting),
];

function featuresOf({ columns, features }: UptakeTable): FeatureMatrix {
  return { names: columns.map(({ name }) => name), values: features };
}

function trainingRows(examples: UptakeExamples, { classWeights }: ClassWeightConfig): TrainingRows {
  const { labels, weights, users, times } = examples;
  const rows = { features: featuresOf(examples), labels, weights, series: users, times };
  if (classWeights === "none") return rows;
  const totals = [0, 0];
  for (let row = 0; row < labels.length; row++) totals[labels[row]] += weights?.[row] ?? 1;
  const mean = (totals[0] + totals[1]) / 2;
  const balanced = Float64Array.from(labels, (label, row) => ((weights?.[row] ?? 1) * mean) / totals[label]);
  return Math.min(...totals) > 0 ? { ...rows, weights: balanced } : rows;
}

function validationRows(
  name: string,
  examples: UptakeExamples,
  preparation: Preparation,
): LabelledFeatures | undefined {
  const features = featuresOf(examples);
  if (examples.labels.length === 0 || examples.weights?.every((weight) => weight === 0)) return undefined;
  checkFinite(name, features);
  return { features: preparation.apply(features), labels: examples.labels, weights: examples.weights };
}

/** Where nothing tells rows apart, a rate is all that there is to learn. */
type Learned = FittedLearner | { readonly rate: number };

const ratePart = "rate";

async function learn<Config extends object>(
  learner: Learner<Config>,
  train: TrainingRows,
  validation: LabelledFeatures | undefined,
  config: Config,
  options: ModelFitOptions,
): Promise<Learned> {
  const { features, labels, weights } = train;
  const answers = new Set<number>();
  let [yes, total] = [0, 0];
  for (let row = 0; row < labels.length; row++) {
    const weight = weights?.[row] ?? 1;
    if (weight > 0) answers.add(labels[row]);
    yes += weight * labels[row];
    total += weight;
  }
  if (answers.size > 1 && features.names.length > 0) return learner.fit(train, validation, config, options);
  remark(options, 1, "nothing tells rows apart: says the rate of yes that it has seen");
  return { rate: (yes + 1) / (total + 2) };
}

function fitted(
  name: string,
  config: object,
  columns: readonly FeatureColumn[],
  preparation: Preparation,
  learned: Learned,
): FittedUptake {
  const predictNow = (table: UptakeTable): Float64Array => {
    checkColumns(name, columns, table);
    const features = featuresOf(table);
    checkFinite(name, features);
    if ("rate" in learned) return new Float64Array(table.items.length).fill(learned.rate);
    return learned.probabilities(preparation.apply(features));
  };
  return {
    name,
    predict: async (table) => predictNow(table),
    predictNow,
    save() {
      const own = "rate" in learned ? { [ratePart]: Float64Array.of(learned.rate) } : learned.tensors;
      return savedModel(
        { name, version, config },
        {
          [columnsPart]: savedColumns(columns),
          ...under(preparationPart, preparation.tensors),
          ...under(learnerPart, own),
        },
      );
    },
  };
}

function under<Part>(prefix: string, parts: Readonly<Record<string, Part>>): Record<string, Part> {
  return Object.fromEntries(Object.entries(parts).map(([part, tensor]) => [`${prefix}${part}`, tensor]));
}

function partsUnder(saved: SavedModel, prefix: string): SavedReader {
  const own = Object.entries(saved.tensors).filter(([part]) => part.startsWith(prefix));
  const tensors = Object.fromEntries(own.map(([part, tensor]) => [part.slice(prefix.length), tensor]));
  return readSaved({ ...saved, tensors }, { name: saved.name, version });
}
