/** Examples in batches, in an order of its own for every epoch, and the loss on a batch. */
import type { UptakeExamples } from "../../../core/uptake.ts";
import { inOrder } from "../../../nn/graph.ts";
import { bceWithLogits } from "../../../nn/losses/pointwise.ts";
import { mul } from "../../../nn/operations/elementwise.ts";
import { input, type Tensor } from "../../../nn/tensor.ts";
import type { Batch } from "../../../nn/train/options.ts";
import { integerStream } from "../../random-stream.ts";
import { type Augmentation, augmented, augments } from "./augmentation.ts";
import { type WindowReading, windowColumns, windowFeeds, windowWriter } from "./windows.ts";

/**
 * Binary cross-entropy, where every example counts the same, or its weight, whether its batch is full or not: the mean of a
 * batch is multiplied by the batch's share, its weights over the mean of all batches.
 */
export function batchLoss(logits: Tensor): Tensor {
  const { shape } = logits;
  const loss = bceWithLogits(logits, input("labels", shape), input("weights", shape));
  return mul(loss, input("share", []));
}

export interface BatchOptions {
  readonly examples: UptakeExamples;
  /** How much each counts. [rows] */
  readonly weights: Float32Array;
  readonly reading: WindowReading;
  readonly augmentation: Augmentation;
  readonly batchSize: number;
  readonly seed: number;
  /** Of the batches: what it does not read is not fed. */
  readonly loss: Tensor;
}

/** The batches of an epoch, the same ones whenever it is asked for. */
export function epochBatches(options: BatchOptions): (epoch: number) => Generator<Batch> {
  const { examples, weights, reading, augmentation, batchSize, seed, loss } = options;
  const rows = examples.labels.length;
  const batches = Math.ceil(rows / batchSize);
  const meanWeight = weights.reduce((sum, weight) => sum + weight, 0) / batches;
  const writer = windowWriter(reading, examples);
  const read = new Set(inOrder([loss]).flatMap(({ source }) => (source.kind === "input" ? [source.name] : [])));
  return function* batchesOf(epoch) {
    const draw = integerStream(seed + epoch * 0x9e3779b1);
    const order = shuffled(rows, draw);
    for (let from = 0; from < rows; from += batchSize) {
      const columns = windowColumns(reading, batchSize);
      const labels = new Float32Array(batchSize);
      const counted = new Float32Array(batchSize);
      let total = 0;
      for (const [place, row] of order.subarray(from, from + batchSize).entries()) {
        const window = augments(augmentation) ? augmented(writer.extent(row), augmentation, draw) : undefined;
        writer.writeQuestion(columns, place, row);
        writer.writeWindow(columns, place, row, window);
        labels[place] = examples.labels[row];
        counted[place] = weights[row];
        total += weights[row];
      }
      const feeds = { ...windowFeeds(columns), labels, weights: counted, share: Float32Array.of(total / meanWeight) };
      const needed = Object.fromEntries(Object.entries(feeds).filter(([name]) => read.has(name)));
      yield { feeds: needed, examples: rows / batches };
    }
  };
}

/** Fisher and Yates. */
function shuffled(count: number, draw: (count: number) => number): Int32Array {
  const order = Int32Array.from({ length: count }, (_, row) => row);
  for (let place = count - 1; place > 0; place--) {
    const other = draw(place + 1);
    const held = order[place];
    order[place] = order[other];
    order[other] = held;
  }
  return order;
}
