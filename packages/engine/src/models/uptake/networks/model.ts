/**
 * A network as a model of uptake: what turns its graph and its settings into `fit`, `load`, `predict`, `explain` and `save`.
 * Logits become probabilities by a calibration fitted to the validation, where there is one.
 */
import { PenchantError } from "../../../base/errors.ts";
import type { SavedModel } from "../../../core/model.ts";
import {
  type FittedUptake,
  selectRows,
  type UptakeData,
  type UptakeExamples,
  type UptakeModel,
  type UptakeTable,
} from "../../../core/uptake.ts";
import { type Calibration, fitCalibration, loadCalibration } from "../../classical/calibration.ts";
import { dataError } from "../../histories.ts";
import { inTurn } from "../../in-turn.ts";
import { readSaved, savedModel } from "../../saved.ts";
import { itemFeaturesOf } from "../../sequence/feature-space.ts";
import { featureTensors, readFeatures } from "../../sequence/saved-features.ts";
import { type SettingRange, settingsCheck } from "../../settings.ts";
import { readWeights, weightTensors } from "../../training/saved-weights.ts";
import type { Weights } from "../../training/weights.ts";
import { beginUptakeFit, checkColumns } from "../table.ts";
import { openAnswerer, type UptakeAnswerer } from "./answers.ts";
import { fitUptake } from "./fit.ts";
import type { UptakeNetworkName } from "./networks.ts";
import { readingTensors, readReading } from "./saved-reading.ts";
import type { UptakeTrainingConfig } from "./settings.ts";
import { answeringNetwork, composedWeights, learnedParameters, type NetworkPlan, type UptakeJob } from "./training.ts";
import { readingOf, type WindowReading, windowWriter } from "./windows.ts";

export interface UptakeNetworkOptions<Config extends UptakeTrainingConfig> {
  readonly name: UptakeNetworkName;
  readonly version: number;
  readonly defaults: Readonly<Config>;
  readonly grid: UptakeModel<Config>["grid"];
  readonly ranges: Readonly<Record<keyof Config & string, SettingRange>>;
  /** What is wrong with settings that are each in range, as the end of a sentence that begins with the model's name. */
  readonly problem?: (config: Config) => string | undefined;
  /** The network on plain arrays, which answers at once: the logits of a table's rows, by composed weights. */
  readonly atOnce?: (config: Config, weights: Weights, reading: WindowReading) => (table: UptakeTable) => Float64Array;
}

/** Parts of a stored network that stand for others which go with them, and that not every one has. */
const optionalParts = ["pathOffsets", "vectors", "calibration"];
/** Rows of validation that are asked after each epoch and calibrated on, spread evenly over all of them. */
const validationRowsMax = 50_000;

export function uptakeNetwork<Config extends UptakeTrainingConfig>(
  model: UptakeNetworkOptions<Config>,
): UptakeModel<Config> {
  const { name } = model;
  const check = settingsCheck(model);
  return {
    name,
    defaults: model.defaults,
    grid: model.grid,
    async fit(data, config, options) {
      check(config);
      beginUptakeFit(name, data, options);
      const { train, validation } = data;
      if (train.weights?.every((weight) => weight === 0)) {
        throw dataError(name, "expected at least one row that counts; all weights are 0.");
      }
      const plan = planOf(name, data, config, options.seed);
      const job: UptakeJob = {
        ...plan,
        train,
        ...(validation && validation.labels.length > 0 && { validation: evenlySelected(validation) }),
        unread: unreadItems(plan.reading, train),
        seed: options.seed,
        ...(options.checkpoint !== undefined && { checkpoint: { folder: options.checkpoint } }),
      };
      const asked = asking(plan, await fitUptake(job, options));
      return fitted(model, asked, await calibrated(job, asked));
    },
    load(saved) {
      const { plan, weights, calibration } = loaded(model, check, saved);
      return fitted(model, asking(plan, weights), calibration);
    },
  };
}

function planOf(network: UptakeNetworkName, data: UptakeData, config: UptakeTrainingConfig, seed: number): NetworkPlan {
  const { train, itemCount } = data;
  const longest = train.starts.reduce((most, start, row) => Math.max(most, train.ends[row] - start), 1);
  return {
    network,
    config,
    reading: readingOf(train, { itemCount, length: Math.min(config.length, longest) }),
    features: itemFeaturesOf(data, { paths: config.paths, texts: config.texts, seed }).features,
  };
}

/** Keys of items that no example asks about or has in its window, ascending. */
function unreadItems(reading: WindowReading, train: UptakeExamples): Int32Array {
  const isRead = new Uint8Array(reading.itemCount);
  const writer = windowWriter(reading, train);
  for (const [row, item] of train.items.entries()) {
    isRead[item] = 1;
    const [from, to] = writer.extent(row);
    for (let event = from; event < to; event++) isRead[train.histories.items[event]] = 1;
  }
  return Int32Array.from(isRead.keys()).filter((item) => isRead[item] === 0);
}

function evenlySelected(examples: UptakeExamples): UptakeExamples {
  const rows = examples.labels.length;
  if (rows <= validationRowsMax) return examples;
  const places = Int32Array.from({ length: validationRowsMax }, (_, place) => (place * rows) / validationRowsMax);
  return selectRows(examples, places);
}

function loaded<Config extends UptakeTrainingConfig>(
  model: UptakeNetworkOptions<Config>,
  check: (config: Config) => void,
  saved: SavedModel,
): { readonly plan: NetworkPlan; readonly weights: Weights; readonly calibration: Calibration | undefined } {
  const { name } = model;
  const parts = readSaved(saved, model);
  const config = saved.config as unknown as Config;
  try {
    check(config);
  } catch (cause) {
    throw new PenchantError("PENCHANT_E_MODEL_FILE", `${name}: the stored settings do not fit: ${String(cause)}`, {
      cause,
    });
  }
  const reading = readReading(name, parts);
  // Parts that not every network has are there where this one had them.
  const had = parts.integers("had");
  for (const [place, part] of optionalParts.entries()) if (had[place] === 1) parts.shape(part);
  const features = readFeatures(name, parts, reading.itemCount);
  const plan: NetworkPlan = { network: name, config, reading, features };
  return {
    plan,
    weights: readWeights(name, parts, learnedParameters(plan)),
    calibration: parts.has("calibration") ? loadCalibration(parts, "calibration") : undefined,
  };
}

/** A learned network that is asked through one session, opened when it is first needed. */
interface Asked {
  readonly plan: NetworkPlan;
  /** What is learned, and as the answering network takes it. */
  readonly weights: Weights;
  readonly composed: Weights;
  /** One question after the other: a session's results lie where the next ones will. */
  readonly ask: <Result>(question: (answerer: UptakeAnswerer) => Promise<Result>) => Promise<Result>;
}

function asking(plan: NetworkPlan, weights: Weights): Asked {
  const { threads } = plan.config;
  let answerer: Promise<UptakeAnswerer> | undefined;
  const oneByOne = inTurn();
  return {
    plan,
    weights,
    composed: composedWeights(plan, weights),
    ask: (question) =>
      oneByOne(async () => {
        answerer ??= openAnswerer(answeringNetwork(plan), plan.reading, {
          ...(threads > 0 && { threads }),
          spinning: false,
        });
        return question(await answerer);
      }),
  };
}

async function calibrated({ config, validation }: UptakeJob, { ask, composed }: Asked) {
  if (validation === undefined || config.calibration === "none") return undefined;
  const logits = await ask((answerer) => answerer.logits(validation, composed));
  return fitCalibration(config.calibration, logits, validation.labels, validation.weights);
}

function fitted<Config extends UptakeTrainingConfig>(
  model: UptakeNetworkOptions<Config>,
  { plan, weights, composed, ask }: Asked,
  calibration: Calibration | undefined,
): FittedUptake {
  const { name } = model;
  const { reading, features } = plan;
  const config = plan.config as Config;
  const probabilities = (logits: Float64Array) =>
    calibration === undefined ? logits.map((logit) => 1 / (1 + Math.exp(-logit))) : calibration.probabilities(logits);
  const atOnce = model.atOnce?.(config, composed, reading);
  return {
    name,
    async predict(table) {
      checkColumns(name, reading.columns, table);
      return probabilities(await ask((answerer) => answerer.logits(table, composed)));
    },
    ...(atOnce && {
      predictNow(table) {
        checkColumns(name, reading.columns, table);
        return probabilities(atOnce(table));
      },
    }),
    async explain(table) {
      checkColumns(name, reading.columns, table);
      return ask((answerer) => answerer.attention(table, composed));
    },
    save() {
      const tensors = {
        ...weightTensors(learnedParameters(plan), weights),
        ...featureTensors(features),
        ...readingTensors(reading),
        ...(calibration && { calibration: calibration.tensor }),
      };
      const had = Int32Array.from(optionalParts, (part) => (Object.hasOwn(tensors, part) ? 1 : 0));
      return savedModel({ name, version: model.version, config }, { ...tensors, had });
    },
  };
}
