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
import { hiddenLogit, joinedLoss } from "./joined-loss.ts";
import type { Negatives } from "./negatives.ts";
import { type SequenceNetwork, vectorsOf } from "./network.ts";
import type { SequenceTrainingConfig } from "./settings.ts";
import { type StepReading, stepInputs } from "./steps.ts";

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
  const encoded = network.encode(stepInputs(reading, [batchSize, time]));
  const hidden = vectorsOf(network, reading, reshape(encoded, [rows, encoded.shape[2]]));
  const targets = input("targets", [rows], "int32");
  const weights = input("weights", [rows]);
  const share = input("share", [1]);
  const scaled = (loss: Tensor) => reshape(mul(loss, share), []);
  const drawn = negatives && {
    keys: input("negatives", config.drawnFor === "batch" ? [negatives.count] : [batchSize, negatives.count], "int32"),
    excluded: input("excluded", [batchSize, negatives.count], "bool"),
    logQ: negatives.logQ && input("logQ", [itemCount]),
  };
  if (network.joins !== undefined) {
    const batch = { batchSize, time, vectors: hidden, table, targets, weights, drawn };
    return scaled(joinedLoss(network.joins, batch, config));
  }
  if (drawn === undefined) return scaled(softmaxCrossEntropy({ hidden, table, targets, weights }));
  const { keys, excluded, logQ } = drawn;
  if (config.loss === "sampled") {
    const drawnItems = { negatives: keys, excluded, ...(logQ && { logQ }) };
    return scaled(sampledSoftmax({ hidden, table, targets, weights, ...drawnItems }));
  }
  const [, count] = excluded.shape;
  const products = matmul(reshape(hidden, [batchSize, time, width]), gather(table, keys), { transposeB: true });
  const negativeLogits = reshape(where(reshape(excluded, [batchSize, 1, count]), hiddenLogit, products), [rows, count]);
  const positiveLogits = sum(mul(hidden, gather(table, targets)), { axes: [1] });
  const { calibration } = config;
  // With one item there is nothing to draw; two keep the calibration's division from 0.
  const items = Math.max(itemCount, 2);
  return scaled(gbce({ positiveLogits, negativeLogits, items, calibration, weights }));
}
