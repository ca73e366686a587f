/**
 * Dropout (Srivastava et al., JMLR 2014) whose masks follow from (seed, step, layer) alone, so that a training that is
 * resumed drops the same elements.
 *
 * The masks are computed in the graph, in three passes: row r and column c of the tensor keep their element when
 * (a_r x_c + b_r) mod 2^32 is at or over the rate's share of 2^32. The numbers a_r (odd), b_r and x_c come out of a hash
 * with full avalanche, which only has to run over the rows; the products are multiply-shift hashing (Dietzfelbinger et al.,
 * 1997), whose values are uniform and pairwise independent.
 */
import { PenchantError } from "../../base/errors.ts";
import { reshape } from "../operations/broadcasting.ts";
import { add, mul } from "../operations/elementwise.ts";
import { bitXor, greaterOrEqual, shiftRight, where } from "../operations/logic.ts";
import { constant, fill, input, sizeOf, type Tensor } from "../tensor.ts";

const range = 2 ** 32;

/** The input that carries seed and step: feed it `dropoutKey(seed, step)`. */
export function dropoutInput(name = "dropoutKey"): Tensor {
  return input(name, [], "uint32");
}

/** What one step's masks follow from. */
export function dropoutKey(seed: number, step: number): Uint32Array {
  return Uint32Array.of(hashed(hashed(seed) ^ step));
}

export interface DropoutOptions {
  /** The share of elements that become 0, in [0, 1); the others are divided by 1 - rate. */
  readonly rate: number;
  /** A number of this place's own, for two places with one number drop alike. */
  readonly layer: number;
  /** From `dropoutInput`. Without it, as at inference, nothing is dropped. */
  readonly key?: Tensor | undefined;
}

export function dropout(x: Tensor, { rate, layer, key }: DropoutOptions): Tensor {
  if (!(rate >= 0 && rate < 1)) {
    throw new PenchantError(
      "PENCHANT_E_NN_GRAPH",
      `Dropout takes a rate from 0 up to, not including, 1; came ${rate}.`,
    );
  }
  if (rate === 0 || key === undefined) return x;
  const columns = x.shape[x.shape.length - 1] ?? 1;
  const rows = sizeOf(x.shape) / columns;
  const layerKey = hash(bitXor(key, fill(hashed(layer), [], "uint32")));
  const numbers = (offset: number) =>
    hash(
      bitXor(
        constant(
          Uint32Array.from({ length: rows }, (_, row) => 2 * row + offset),
          [rows, 1],
        ),
        layerKey,
      ),
    );
  const factor = add(mul(numbers(0), 2), 1);
  const columnNumbers = constant(
    Uint32Array.from({ length: columns }, (_, column) => hashed(column)),
    [1, columns],
  );
  const drawn = add(mul(factor, columnNumbers), numbers(1));
  const kept = greaterOrEqual(drawn, Math.floor(rate * range));
  const factors = where(kept, fill(1 / (1 - rate), [], x.type), fill(0, [], x.type));
  return mul(x, reshape(factors, x.shape));
}

const multipliers = [0x7feb352d, 0x846ca68b] as const;

/** lowbias32 by Chris Wellons: a bijection of 32-bit numbers in which every bit of the input moves every bit of the result. */
function hash(x: Tensor): Tensor {
  x = mul(bitXor(x, shiftRight(x, 16)), multipliers[0]);
  x = mul(bitXor(x, shiftRight(x, 15)), multipliers[1]);
  return bitXor(x, shiftRight(x, 16));
}

/** The same, of one number. */
function hashed(x: number): number {
  x = Math.imul(x ^ (x >>> 16), multipliers[0]);
  x = Math.imul(x ^ (x >>> 15), multipliers[1]);
  return (x ^ (x >>> 16)) >>> 0;
}
