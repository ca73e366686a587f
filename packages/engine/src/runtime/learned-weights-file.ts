/**
 * The stored form of learned weights: what is small in a header of JSON; weights, rates and visits' sizes as doubles and the
 * covariances as floats one after the other, so that what is read back is the same to the bit.
 */
import { assert } from "../base/errors.ts";
import { type LearnedWeights, weightsPerRow } from "../core/intensity-weights.ts";

export interface LearnedHeader extends Pick<LearnedWeights, "nodeCount" | "halfLives" | "origin"> {
  /** Of presence. */
  readonly factors?: readonly number[];
}

export function learnedHeader({ nodeCount, halfLives, origin, presence }: LearnedWeights): LearnedHeader {
  return { nodeCount, halfLives, origin, ...(presence && { factors: [...presence.factors] }) };
}

export function saveLearnedWeights({ weights, rates, eventsPerVisit, covariances }: LearnedWeights): Uint8Array {
  const parts = [weights, rates, eventsPerVisit, covariances];
  const bytes = new Uint8Array(parts.reduce((sum, { byteLength }) => sum + byteLength, 0));
  let to = 0;
  for (const { buffer, byteOffset, byteLength } of parts) {
    bytes.set(new Uint8Array(buffer, byteOffset, byteLength), to);
    to += byteLength;
  }
  return bytes;
}

export function loadLearnedWeights({ factors, ...header }: LearnedHeader, bytes: Uint8Array): LearnedWeights {
  const { buffer } = Uint8Array.from(bytes);
  const rows = 2 * header.nodeCount;
  let from = 0;
  const doubles = (length: number) => {
    const values = new Float64Array(buffer, from, length);
    from += values.byteLength;
    return values;
  };
  const weights = doubles(rows * weightsPerRow);
  const rates = doubles(rows);
  const eventsPerVisit = doubles(header.nodeCount);
  const covariances = new Float32Array(buffer, from, header.nodeCount * weightsPerRow ** 2);
  assert(from + covariances.byteLength === bytes.length, "learned weights have the size that their header says");
  const presence = factors && { factors: Float64Array.from(factors) };
  return { ...header, weights, rates, eventsPerVisit, covariances, ...(presence && { presence }) };
}
