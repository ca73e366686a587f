/**
 * The networks whose training steps are timed; `rivals/train.py` has the same. 32 bits, no dropout, no padding, a table of
 * 3,416 items, pre-norm blocks with biases, and random feeds, because speed does not depend on them.
 */
import { type Random, seededRandom } from "../../packages/engine/src/base/random.ts";
import { inOrder } from "../../packages/engine/src/nn/graph.ts";
import { hstuBlock, relativeBias, selfAttention } from "../../packages/engine/src/nn/layers/attention.ts";
import { embedding } from "../../packages/engine/src/nn/layers/embedding.ts";
import { feedForward } from "../../packages/engine/src/nn/layers/feed-forward.ts";
import { layerNormalization, linear } from "../../packages/engine/src/nn/layers/linear.ts";
import { lstm } from "../../packages/engine/src/nn/layers/recurrent.ts";
import { bceWithLogits } from "../../packages/engine/src/nn/losses/pointwise.ts";
import { sampledSoftmax } from "../../packages/engine/src/nn/losses/sampled-softmax.ts";
import { softmaxCrossEntropy } from "../../packages/engine/src/nn/losses/softmax.ts";
import { reshape } from "../../packages/engine/src/nn/operations/broadcasting.ts";
import { add } from "../../packages/engine/src/nn/operations/elementwise.ts";
import { zeros } from "../../packages/engine/src/nn/parameters.ts";
import { allocate, input, parameter, type Tensor, type Values } from "../../packages/engine/src/nn/tensor.ts";

const items = 3_416;
const length = 200;
const width = 64;
const negatives = 256;

/**
 * FLOPs of a step by the dense formula: 2 m k n for each product of the forward pass, three times that with the gradients of both
 * operands. Attention counts in full: what a causal one may leave out is the implementation's gain. B batch, T = 200 steps,
 * d = 64 width, I items or negatives:
 *
 *   SASRec, per block   6 B T (4 d^2 + 2 T d + 2 d^2)      projections, scores and mixing, feed-forward
 *   HSTU, per block     6 B T (4 d^2 + 2 T d + d^2)        u, v, q and k, scores and mixing, output
 *   LSTM, per layer     6 B 50 * 4 units (inputs + units)
 *   loss                6 B T d I
 */
export const denseFlops: Readonly<Record<TrainCaseName, (shrink: number) => number>> = {
  "sasrec-sampled": (shrink) =>
    sequenceFlops({ batch: 128 / shrink, blocks: 2, projections: 6, candidates: negatives }),
  "sasrec-full": (shrink) => sequenceFlops({ batch: 64 / shrink, blocks: 2, projections: 6, candidates: items }),
  lstm: (shrink) => ((6 * 256) / shrink) * 50 * 4 * (64 * (64 + 64) + 32 * (64 + 32)),
  hstu: (shrink) => sequenceFlops({ batch: 64 / shrink, blocks: 4, projections: 5, candidates: negatives }),
};

function sequenceFlops(form: { batch: number; blocks: number; projections: number; candidates: number }): number {
  const { batch, blocks, projections, candidates } = form;
  const ofBlocks = blocks * (projections * width ** 2 + 2 * length * width);
  return 6 * batch * length * (ofBlocks + width * candidates);
}

/** Each gives the loss of one batch, which `shrink` makes so many times smaller. Integers among its inputs are item keys. */
export const trainCases = {
  /** SASRec: 2 blocks, 1 head, feed-forward of the same width; softmax over 256 negatives shared by the batch. */
  "sasrec-sampled": (shrink: number) => sequenceLoss({ batch: 128 / shrink, blocks: sasrecBlocks(), sampled: true }),
  /** The same with softmax over all items. */
  "sasrec-full": (shrink: number) => sequenceLoss({ batch: 64 / shrink, blocks: sasrecBlocks(), sampled: false }),
  /** Two layers of 64 and 32 units over 50 steps of 64 features, and a logit from the last state. */
  lstm: (shrink: number) => {
    const batch = 256 / shrink;
    const first = lstm("first", { inputs: 64, units: 64 });
    const second = lstm("second", { inputs: 64, units: 32 });
    const { lastHidden } = second(first(input("features", [batch, 50, 64])).output);
    const logits = reshape(linear("head", { inputs: 32, outputs: 1 })(lastHidden), [batch]);
    return bceWithLogits(logits, input("labels", [batch]));
  },
  /** HSTU: 4 blocks, 2 heads, a learned bias by relative position; loss as in the first. */
  hstu: (shrink: number) => sequenceLoss({ batch: 64 / shrink, blocks: hstuBlocks(), sampled: true }),
} satisfies Readonly<Record<string, (shrink: number) => Tensor>>;

export type TrainCaseName = keyof typeof trainCases;

type Blocks = (x: Tensor) => Tensor;

function sasrecBlocks(): Blocks {
  const blocks = [0, 1].map((index) => ({
    attention: selfAttention(`block${index}.attention`, { width, heads: 1, causal: true }),
    feedForward: feedForward(`block${index}.feedForward`, { width, hidden: width, activation: "relu" }),
    beforeAttention: layerNormalization(`block${index}.beforeAttention`, { width }),
    beforeFeedForward: layerNormalization(`block${index}.beforeFeedForward`, { width }),
  }));
  return (x) =>
    blocks.reduce((h, block) => {
      const attended = add(h, block.attention(block.beforeAttention(h)));
      return add(attended, block.feedForward(block.beforeFeedForward(attended)));
    }, x);
}

function hstuBlocks(): Blocks {
  const heads = 2;
  const blocks = [0, 1, 2, 3].map((index) => ({
    block: hstuBlock(`block${index}`, { width, heads, causal: true }),
    bias: relativeBias(`block${index}.bias`, { heads, time: length, timeBuckets: 0 }),
  }));
  return (x) => blocks.reduce((h, { block, bias }) => block(h, { bias: bias() }), x);
}

function sequenceLoss({ batch, blocks, sampled }: { batch: number; blocks: Blocks; sampled: boolean }): Tensor {
  const table = embedding("items", { rows: items, width });
  const positions = parameter("positions", [length, width], zeros);
  const steps = add(table(input("steps", [batch, length], "int32")), positions);
  const last = layerNormalization("last", { width })(blocks(steps));
  const hidden = reshape(last, [batch * length, width]);
  const targets = input("targets", [batch * length], "int32");
  if (!sampled) return softmaxCrossEntropy({ hidden, table: table.table, targets });
  return sampledSoftmax({ hidden, table: table.table, targets, negatives: input("negatives", [negatives], "int32") });
}

/** Random numbers for every input of a network: item keys, and reals from 0 to 1. */
export function randomFeeds(loss: Tensor, seed: number): Record<string, Values> {
  const random = seededRandom(seed);
  const feeds: Record<string, Values> = {};
  for (const tensor of inOrder([loss])) {
    if (tensor.source.kind !== "input") continue;
    feeds[tensor.source.name] = filled(allocate(tensor), random);
  }
  return feeds;
}

function filled(values: Values, random: Random): Values {
  for (let index = 0; index < values.length; index++) {
    values[index] = values instanceof Int32Array ? random.integer(items) : random.uniform();
  }
  return values;
}
