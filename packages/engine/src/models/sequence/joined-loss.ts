/**
 * The losses of networks that join two scores by a gate. Both are brought to logarithms of probabilities first,
 *
 *     score = gate ln softmax(first) + (1 - gate) ln softmax(second),
 *
 * because a softmax leaves it open on which level scores lie, and a gate between different levels would rank by itself: the
 * higher score for whatever it likes and the lower for all else. The loss is that of the score and, less, of each of the
 * two. It is computed a few sequences at a time.
 */
import { lossInChunks } from "../../nn/losses/chunks.ts";
import { gbce, shares } from "../../nn/losses/pointwise.ts";
import { fewestChunks } from "../../nn/losses/softmax.ts";
import { reshape, sum } from "../../nn/operations/broadcasting.ts";
import { add, mul, neg, sub } from "../../nn/operations/elementwise.ts";
import { logSoftmax } from "../../nn/operations/fused.ts";
import { gather, gatherAlong } from "../../nn/operations/indexing.ts";
import { where } from "../../nn/operations/logic.ts";
import { concat, slice } from "../../nn/operations/shape.ts";
import type { Tensor } from "../../nn/tensor.ts";
import { allProducts, type GatedScores, type JoinedNetwork, joined, ownProducts } from "./network.ts";
import type { SequenceTrainingConfig } from "./settings.ts";

/** The logit of a negative that is the person's own. */
export const hiddenLogit = -1e9;
/** Tensors as large as the logits that a chunk keeps at a time, over those of a plain product. */
const logitsKept = 8;

export interface JoinedBatch {
  readonly batchSize: number;
  readonly time: number;
  /** [batch time, width] */
  readonly vectors: Tensor;
  /** [items, width of rows] */
  readonly table: Tensor;
  /** int32 [batch time] */
  readonly targets: Tensor;
  /** [batch time] */
  readonly weights: Tensor;
  /** Undefined where all items are compared with. Keys are [negatives] or [batch, negatives], `excluded` [batch, negatives]. */
  readonly drawn: { readonly keys: Tensor; readonly excluded: Tensor; readonly logQ: Tensor | undefined } | undefined;
}

type Config = Pick<SequenceTrainingConfig, "loss" | "calibration">;

/** The weighted mean over rows, as in `batchLoss`. */
export function joinedLoss(network: JoinedNetwork, batch: JoinedBatch, config: Config): Tensor {
  const { batchSize, time, vectors, table, targets, weights, drawn } = batch;
  const byStep = (x: Tensor, width: number) => reshape(x, [batchSize, time, width]);
  const cut = { vectors: byStep(vectors, vectors.shape[1]) };
  const beside = { weights: byStep(shares(weights), 1), targets: byStep(targets, 1) };
  const compared = drawn === undefined ? table.shape[0] : drawn.excluded.shape[1];
  const chunks = fewestChunks(batchSize, logitsKept * time * compared);
  if (drawn === undefined) {
    return lossInChunks({
      cut,
      beside,
      whole: { table },
      chunks,
      loss: (own) => {
        const scores = network.scores(own.vectors, own.table, allProducts);
        return likelihoodLoss(network, scores, own.weights, (x) => gatherAlong(x, own.targets));
      },
    });
  }
  const { keys, logQ } = drawn;
  const items = gather(table, keys);
  const isApart = keys.shape.length === 2;
  const ofNegatives = logQ && reshape(gather(logQ, keys), [isApart ? batchSize : 1, 1, compared]);
  return lossInChunks({
    cut: { ...cut, positives: byStep(gather(table, targets), table.shape[1]), ...(isApart && { items }) },
    beside: {
      ...beside,
      excluded: reshape(drawn.excluded, [batchSize, 1, compared]),
      ...(logQ && { ofTargets: byStep(gather(logQ, targets), 1) }),
      ...(isApart && ofNegatives && { ofNegatives }),
    },
    whole: isApart ? {} : { items },
    chunks,
    loss: (own: Readonly<Record<string, Tensor>>) => {
      const positive = network.scores(own.vectors, own.positives, ownProducts);
      const negative = network.scores(own.vectors, own.items, allProducts);
      if (config.loss === "gbce") {
        const options = { ...config, items: table.shape[0], excluded: own.excluded, weights: own.weights };
        return gbceLoss(network, positive, negative, options);
      }
      const less = (logits: Tensor, taken: Tensor | undefined) => (taken ? sub(logits, taken) : logits);
      const both = (part: "first" | "second") => {
        const others = less(negative[part], own.ofNegatives ?? ofNegatives);
        return concat([less(positive[part], own.ofTargets), where(own.excluded, hiddenLogit, others)], 2);
      };
      const scores = { first: both("first"), second: both("second"), gate: concat([positive.gate, negative.gate], 2) };
      return likelihoodLoss(network, scores, own.weights, (x) => slice(x, 2, 0, 1));
    },
  });
}

/** @param rightOf the columns of the right items, [.., 1] of [.., items] */
function likelihoodLoss(
  { apart }: JoinedNetwork,
  { first, second, gate }: GatedScores,
  weights: Tensor,
  rightOf: (x: Tensor) => Tensor,
): Tensor {
  const parts = [logSoftmax(first), logSoftmax(second)];
  const whole = logSoftmax(joined({ first: parts[0], second: parts[1], gate }));
  const [ofWhole, ...ofParts] = [whole, ...parts].map((x) => sum(mul(neg(rightOf(x)), weights)));
  return add(ofWhole, mul(add(ofParts[0], ofParts[1]), apart));
}

/** Of yes or no, which leaves nothing open: scores are joined as they are. */
function gbceLoss(
  { apart }: JoinedNetwork,
  positive: GatedScores,
  negative: GatedScores,
  { items, excluded, weights, calibration }: Config & { items: number; excluded: Tensor; weights: Tensor },
): Tensor {
  const rows = weights.shape[0] * weights.shape[1];
  const lossOf = (ofPositive: Tensor, ofNegatives: Tensor) =>
    gbce({
      positiveLogits: reshape(ofPositive, [rows]),
      negativeLogits: reshape(where(excluded, hiddenLogit, ofNegatives), [rows, ofNegatives.shape[2]]),
      // With one item there is nothing to draw; two keep the calibration's division from 0.
      items: Math.max(items, 2),
      calibration,
      weights: reshape(weights, [rows]),
    });
  const ofParts = add(lossOf(positive.first, negative.first), lossOf(positive.second, negative.second));
  const loss = add(lossOf(joined(positive), joined(negative)), mul(ofParts, apart));
  // Its mean is over these rows alone; what they count of all makes a part of the whole mean of it.
  return mul(loss, sum(weights));
}
