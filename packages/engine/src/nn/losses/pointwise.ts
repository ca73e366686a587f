/** Losses of single predictions and of pairs. `weights` are [rows]; the loss is the weighted mean of the rows' losses. */
import { sum } from "../operations/broadcasting.ts";
import { add, div, maximum, mul, neg, softplus, sub } from "../operations/elementwise.ts";
import { mean } from "../operations/reduction.ts";
import type { Tensor } from "../tensor.ts";

/** The weighted mean over rows; 0 where all weights are 0. Without weights, the mean. */
export function weightedMean(rows: Tensor, weights?: Tensor): Tensor {
  return weights === undefined ? mean(rows) : sum(mul(rows, shares(weights)));
}

/** Weights divided by their sum. */
export function shares(weights: Tensor): Tensor {
  return div(weights, maximum(sum(weights), 1e-9));
}

/** Binary cross-entropy: -t ln p - (1 - t) ln (1 - p) with p = sigmoid(logit), without overflow. */
export function bceWithLogits(logits: Tensor, targets: Tensor, weights?: Tensor): Tensor {
  return weightedMean(sub(softplus(logits), mul(logits, targets)), weights);
}

export function meanSquaredError(predictions: Tensor, targets: Tensor, weights?: Tensor): Tensor {
  const error = sub(predictions, targets);
  return weightedMean(mul(error, error), weights);
}

/** Bayesian personalised ranking: -ln sigmoid(positive - negative) (Rendle et al., UAI 2009). */
export function bpr(positiveLogits: Tensor, negativeLogits: Tensor, weights?: Tensor): Tensor {
  return weightedMean(softplus(sub(negativeLogits, positiveLogits)), weights);
}

export interface GbceOptions {
  /** [rows] */
  readonly positiveLogits: Tensor;
  /** [rows, negatives] */
  readonly negativeLogits: Tensor;
  /** How many items the negatives are drawn from. */
  readonly items: number;
  /** From 0, plain cross-entropy, to 1, as if all items were negatives; the paper's t. */
  readonly calibration: number;
  readonly weights?: Tensor;
}

/**
 * Generalised binary cross-entropy, which takes back the overconfidence that sampling negatives brings:
 * -(beta ln sigmoid(positive) + sum ln (1 - sigmoid(negative))) / (negatives + 1) with
 * beta = alpha (t (1 - 1 / alpha) + 1 / alpha), alpha = negatives / (items - 1)
 * (Petrov and Macdonald, gSASRec, RecSys 2023).
 */
export function gbce(options: GbceOptions): Tensor {
  const { positiveLogits, negativeLogits, items, calibration, weights } = options;
  const negatives = negativeLogits.shape[1];
  const alpha = negatives / (items - 1);
  const beta = alpha * (calibration * (1 - 1 / alpha) + 1 / alpha);
  const positive = mul(softplus(neg(positiveLogits)), beta);
  const rows = add(positive, sum(softplus(negativeLogits), { axes: [1] }));
  return weightedMean(div(rows, negatives + 1), weights);
}
