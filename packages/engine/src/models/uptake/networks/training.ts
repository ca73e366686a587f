/**
 * The training of a network on questions and their answers, from plain data to weights: what a worker thread runs. AdamW on
 * binary cross-entropy; after each epoch log loss and AUC on validation, where there is one, say whether it was the best so far.
 */
import { availableParallelism } from "node:os";
import { areaUnderCurve } from "../../../core/area-under-curve.ts";
import type { UptakeExamples } from "../../../core/uptake.ts";
import { dropoutInput } from "../../../nn/layers/dropout.ts";
import { add } from "../../../nn/operations/elementwise.ts";
import { adam, adamW } from "../../../nn/optimisers/optimiser.ts";
import { constantSchedule } from "../../../nn/optimisers/schedule.ts";
import { parametersOf } from "../../../nn/parameters.ts";
import type { DeviceOptions, Feeds } from "../../../nn/session.ts";
import type { Tensor } from "../../../nn/tensor.ts";
import type { CheckpointOptions } from "../../../nn/train/options.ts";
import { train } from "../../../nn/train/trainer.ts";
import { remark } from "../../pace.ts";
import { type ItemFeatures, wholeRows } from "../../sequence/item-features.ts";
import type { TrainingForm } from "../../sequence/network.ts";
import { progressOf, type TrainingHooks } from "../../training/progress.ts";
import type { Weights } from "../../training/weights.ts";
import { openAnswerer } from "./answers.ts";
import { batchLoss, epochBatches } from "./batches.ts";
import { fittedLine, type Line, lineOf, withLine } from "./line.ts";
import type { UptakeAnswers } from "./network.ts";
import { type UptakeNetworkName, uptakeNetworkNamed } from "./networks.ts";
import type { UptakeTrainingConfig } from "./settings.ts";
import { type WindowInputs, type WindowReading, widthsOf, windowInputs } from "./windows.ts";

/** What a network is built from, learned numbers aside. */
export interface NetworkPlan {
  readonly network: UptakeNetworkName;
  readonly config: UptakeTrainingConfig;
  readonly reading: WindowReading;
  /** Of all items. */
  readonly features: ItemFeatures;
}

/** Plain data. */
export interface UptakeJob extends NetworkPlan {
  readonly train: UptakeExamples;
  readonly validation?: UptakeExamples | undefined;
  /** Keys of items that no example reads: what they begin with is not to be kept. */
  readonly unread: Int32Array;
  readonly seed: number;
  readonly checkpoint?: CheckpointOptions | undefined;
}

/**
 * @returns what is learned, by name
 * @throws what `train` throws: PENCHANT_E_NN_DIVERGED, PENCHANT_E_NN_CHECKPOINT and others
 */
export async function trainUptake(job: UptakeJob, hooks: TrainingHooks): Promise<Weights> {
  const { config, reading, train: examples, validation, seed, checkpoint } = job;
  const device: DeviceOptions = {
    device: config.device,
    threads: config.threads || availableParallelism(),
    spinning: false,
  };
  const rows = examples.labels.length;
  const batchSize = Math.min(config.batchSize, rows);
  const form: TrainingForm = { dropoutKey: dropoutInput(), ownDropout: config.ownDropout };
  const weights = rowWeights(examples, config.classWeights);
  const line = await fittedLine(reading, examples, weights, hooks);
  const loss = batchLoss(learningNetwork(job, { form, line })(windowInputs(reading, batchSize)).logits);
  const validator = validation && (await openAnswerer(answeringNetwork(job), reading, device));
  const measure = async (current: Feeds, asked: UptakeExamples) =>
    figures(await validator!.logits(asked, composedWeights(job, settled(job, current as Weights, line))), asked);
  const hasBoth = validation?.labels.includes(0) && validation.labels.includes(1);
  try {
    const trained = await train({
      ...device,
      losses: { questions: loss },
      batches: epochBatches({ examples, weights, reading, augmentation: config, batchSize, seed, loss }),
      epochs: config.epochs,
      seed,
      optimiser: config.weightDecay > 0 ? adamW({ weightDecay: config.weightDecay }) : adam(),
      schedule: constantSchedule({ rate: config.learningRate }),
      ...(validation && {
        validate: (current) => measure(current, validation),
        earlyStopping: {
          ...(config.stopBy === "AUC" && hasBoth
            ? { metric: "AUC", better: "higher" as const }
            : { metric: "log loss", better: "lower" as const }),
          patienceEpochs: config.patience,
        },
      }),
      ...(checkpoint && { checkpoint }),
      ...progressOf(hooks, config),
    });
    if (trained.stopped === "early") {
      const { epochs, bestEpoch } = trained;
      remark(
        hooks,
        1,
        `stopped after ${epochs.length} of ${config.epochs} epochs, of which epoch ${bestEpoch} is kept`,
      );
    }
    return settled(job, trained.weights as Weights, line);
  } finally {
    await validator?.close();
  }
}

/** What a network has while it is trained: what is dropped, and where its line begins. */
interface Learning {
  readonly form: TrainingForm;
  readonly line: Line;
}

/** The network as it is learned, with rows of items in their parts. */
export function learningNetwork(plan: NetworkPlan, learning?: Learning): (inputs: WindowInputs) => UptakeAnswers {
  return build(plan, plan.features, learning);
}

/** The network as it answers, with composed rows of items. */
export function answeringNetwork(plan: NetworkPlan): (inputs: WindowInputs) => UptakeAnswers {
  return build(plan);
}

/** The layers of the network's name, and the line beside them. */
function build(plan: NetworkPlan, features?: ItemFeatures, learning?: Learning) {
  const { network, config, reading } = plan;
  const { itemCount: items, isTemporal } = reading;
  const sizes = { items, ...widthsOf(reading), isTemporal, features };
  const layers = uptakeNetworkNamed(network)({ ...config }, sizes, learning?.form);
  return (inputs: WindowInputs): UptakeAnswers => {
    const { logits, ...others } = layers(inputs);
    return { ...others, logits: add(logits, lineOf(inputs.dense, learning?.line)) };
  };
}

/** Everything that is learned. */
export function learnedParameters(plan: NetworkPlan): Tensor[] {
  return parametersOf(learningNetwork(plan)(windowInputs(plan.reading, 1)).logits);
}

/** What is learned as the answering network takes it: rows of items composed, with one of zeros for what has no key. */
export function composedWeights({ config, reading, features }: NetworkPlan, learned: Weights): Weights {
  if (learned.items === undefined) return learned;
  const items = new Float32Array((reading.itemCount + 1) * config.width);
  items.set(wholeRows(learned as Weights & { items: Float32Array }, features, config.width));
  return { ...learned, items };
}

/**
 * What was learned, with the line whole. Items that no example has read have no rows of their own, but what they have in
 * common with others.
 */
function settled({ unread, config: { width } }: UptakeJob, learned: Weights, line: Line): Weights {
  const whole = withLine(learned, line);
  if (learned.items === undefined) return whole;
  const items = learned.items.slice();
  for (const item of unread) items.fill(0, item * width, (item + 1) * width);
  return { ...whole, items };
}

/** How much each row counts; where classes are balanced, yes and no half of everything each. */
function rowWeights({ labels, weights }: UptakeExamples, classWeights: "none" | "balanced"): Float32Array {
  const own = weights === undefined ? new Float32Array(labels.length).fill(1) : weights;
  if (classWeights === "none") return own;
  const totals = [0, 0];
  for (const [row, weight] of own.entries()) totals[labels[row]] += weight;
  const half = (totals[0] + totals[1]) / 2;
  return own.map((weight, row) => weight * (totals[labels[row]] === 0 ? 1 : half / totals[labels[row]]));
}

function figures(logits: Float64Array, { labels, weights }: UptakeExamples): Record<string, number> {
  let loss = 0;
  let total = 0;
  for (const [row, logit] of logits.entries()) {
    const weight = weights?.[row] ?? 1;
    // ln(1 + exp(logit)) - label logit, without overflow.
    loss += weight * (Math.max(logit, 0) + Math.log1p(Math.exp(-Math.abs(logit))) - labels[row] * logit);
    total += weight;
  }
  const area = areaUnderCurve(logits, labels);
  return { "log loss": total > 0 ? loss / total : 0, ...(!Number.isNaN(area) && { AUC: area }) };
}
