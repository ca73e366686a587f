/** The loss of a batch of sequences, as a graph whose inputs are what `epochBatches` feeds. */
import { gbce } from "../../nn/losses/pointwise.ts";
import { sampledSoftmax } from "../../nn/losses/sampled-softmax.ts";
import { softmaxCrossEntropy } from "../../nn/losses/softmax.ts";
import { reshape, sum } from "../../nn/operations/broadcasting.ts";
import { mul } from "../../nn/operations/elementwise.ts";
import { gather } from "../../nn/operations/indexing.ts";
import { matmul } from "../../nn/operations/linear-algebra.ts";
import { where } from "../../nn/operations/logic.ts";
import { input, type Tensor } from "../../nn/tensor.ts";
import type { Bucket } from "./batches.ts";
import type { Negatives } from "./negatives.ts";
import type { SequenceNetwork } from "./network.ts";
import type { SequenceTrainingConfig } from "./settings.ts";
import { type StepReading, stepInputs } from "./steps.ts";

/** The logit of a negative that is the person's own. */
const hiddenLogit = -1e9;

/**
 * @param network as it is built for training
 * @param negatives undefined for `softmax`
 */
export function batchLoss(
  network: SequenceNetwork,
  reading: StepReading,
  { time, batchSize }: Bucket,
  config: Pick<SequenceTrainingConfig, "loss" | "drawnFor" | "calibration">,
  negatives: Negatives | undefined,
): Tensor {
  const { table } = network;
  const [itemCount, width] = table.shape;
  const rows = batchSize * time;
  const hidden = reshape(network.encode(stepInputs(reading, [batchSize, time])), [rows, width]);
  const targets = input("targets", [rows], "int32");
  const weights = input("weights", [rows]);
  const share = input("share", [1]);
  const scaled = (loss: Tensor) => reshape(mul(loss, share), []);
  if (negatives === undefined) return scaled(softmaxCrossEntropy({ hidden, table, targets, weights }));
  const { count } = negatives;
  const drawn = input("negatives", config.drawnFor === "batch" ? [count] : [batchSize, count], "int32");
  const excluded = input("excluded", [batchSize, count], "bool");
  if (config.loss === "sampled") {
    const logQ = negatives.logQ && { logQ: input("logQ", [itemCount]) };
    return scaled(sampledSoftmax({ hidden, table, targets, weights, negatives: drawn, excluded, ...logQ }));
  }
  const products = matmul(reshape(hidden, [batchSize, time, width]), gather(table, drawn), { transposeB: true });
  const negativeLogits = reshape(where(reshape(excluded, [batchSize, 1, count]), hiddenLogit, products), [rows, count]);
  const positiveLogits = sum(mul(hidden, gather(table, targets)), { axes: [1] });
  const { calibration } = config;
  // With one item there is nothing to draw; two keep the calibration's division from 0.
  const items = Math.max(itemCount, 2);
  return scaled(gbce({ positiveLogits, negativeLogits, items, calibration, weights }));
}
