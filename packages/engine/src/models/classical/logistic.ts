/** The logistic function and its loss. */

export function sigmoid(z: number): number {
  return 1 / (1 + Math.exp(-z));
}

/** `ln(1 + exp(z))` without overflow: what a no costs at the score z; a yes costs z less. */
export function softplus(z: number): number {
  return Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z)));
}
