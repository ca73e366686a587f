/** Gradients kept from growing: together they are scaled down to a norm (Pascanu et al., ICML 2013). */
import { sum } from "../operations/broadcasting.ts";
import { add, div, minimum, mul, sqrt } from "../operations/elementwise.ts";
import { cast } from "../operations/logic.ts";
import type { Tensor } from "../tensor.ts";

/** The root of the sum of squares of all numbers in all gradients, as one float32. */
export function globalNorm(gradients: readonly Tensor[]): Tensor {
  return sqrt(gradients.map((gradient) => cast(sum(mul(gradient, gradient)), "float32")).reduce((a, b) => add(a, b)));
}

/** The gradients times min(1, normMax / norm). */
export function clipByGlobalNorm(gradients: readonly Tensor[], norm: Tensor, normMax: number): Tensor[] {
  // The small number makes a norm of zero harmless.
  const factor = minimum(1, div(normMax, add(norm, 1e-6)));
  return gradients.map((gradient) => mul(gradient, cast(factor, gradient.type)));
}
