/**
 * Several kinds of vectors of the same things as one: what different embedders make of the texts, and what a caller knows of
 * images and sounds.
 *
 *   1. Each part is centred, and turned to its principal directions. Their spread is evened out halfway: a direction of
 *      standard deviation s is divided by s^1/2. Not at all, and the few directions that all texts share drown the rest; fully,
 *      and the noise of the last directions counts as much as the first.
 *   2. Each part is scaled to mean square 1, so that no part is louder for having more dimensions.
 *   3. Side by side, their principal directions are what the parts say together; the first ones are kept (Carroll's
 *      generalised canonical correlation with softened whitening; 1968).
 *
 * All of it is linear, so that a fusion is a mean and a matrix for each part, and a new thing is placed with two products.
 * A part that is missing adds nothing, which is the mean. Parts are known by the name of what they come from: vectors of
 * another model, or of another length, are never taken for a part's.
 */
import { assert } from "../base/errors.ts";
import type { SparseMatrix } from "../core/sparse-matrix.ts";
import { truncatedSvd } from "../core/truncated-svd.ts";
import { unit } from "./unit.ts";

/** Vectors by item; all zeros where there is none. */
export interface FusionInput {
  /** The model, or `vector:NAME` for what callers bring. */
  readonly source: string;
  readonly dimensions: number;
  /** `[items, dimensions]` row-major. */
  readonly vectors: Float32Array;
}

export interface FusionPart {
  readonly source: string;
  readonly dimensions: number;
  /** `[dimensions]` */
  readonly mean: Float32Array;
  /** `[dimensions, fused dimensions]` row-major. */
  readonly matrix: Float32Array;
}

export interface Fusion {
  readonly dimensions: number;
  readonly parts: readonly FusionPart[];
  /** Whether its matrices were refined on behaviour (`adapted.ts`), as far as there was enough of it. */
  readonly isAdapted?: boolean;
  /** What to go by where none of the given parts can be had; missing where all of them are made here. */
  readonly standIn?: FusionPart | undefined;
}

/** Items that are read for the fit, evenly taken from all. */
const fittedItemsMax = 5_000;
/** Directions of a part that are kept for the second step. */
const directionsMax = 192;
/** How far the spread is evened out: 0 not at all, 1 fully. */
const whitening = 0.5;

/**
 * Fits a fusion. Parts without a vector that is not zero are left out, and the result may span fewer dimensions than asked
 * for: the remaining ones are zero.
 */
export function fitFusion(inputs: readonly FusionInput[], options: { dimensions: number; seed: number }): Fusion {
  const { dimensions, seed } = options;
  const count = inputs.length === 0 ? 0 : inputs[0].vectors.length / inputs[0].dimensions;
  const taken = Array.from({ length: Math.min(count, fittedItemsMax) }, (_, at) =>
    Math.floor((at * count) / Math.min(count, fittedItemsMax)),
  );
  const fitted = inputs
    .map((input) =>
      fitPart(input, taken, { rank: Math.min(input.dimensions, Math.max(directionsMax, dimensions)), seed }),
    )
    .filter((part) => part !== undefined);
  const width = fitted.reduce((sum, { rank }) => sum + rank, 0);
  const joined = new Float32Array(taken.length * width);
  let offset = 0;
  for (const { rank, rows } of fitted) {
    for (let row = 0; row < taken.length; row++)
      joined.set(rows.subarray(row * rank, (row + 1) * rank), row * width + offset);
    offset += rank;
  }
  const { right, singularValues } = truncatedSvd(dense(joined, width), { rank: dimensions, seed, powerIterations: 2 });
  const found = singularValues.length;
  offset = 0;
  const parts = fitted.map(({ source, dimensions: own, mean, directions, rank }): FusionPart => {
    const matrix = new Float32Array(own * dimensions);
    for (let d = 0; d < own; d++) {
      for (let k = 0; k < rank; k++) {
        const weight = directions[d * rank + k];
        if (weight === 0) continue;
        for (let f = 0; f < found; f++) matrix[d * dimensions + f] += weight * right[(offset + k) * found + f];
      }
    }
    offset += rank;
    return { source, dimensions: own, mean, matrix };
  });
  return { dimensions, parts };
}

/** The fusion that leaves one part as it is. */
export function unchanged({ source, dimensions }: FusionInput): Fusion {
  const matrix = Float32Array.from({ length: dimensions ** 2 }, (_, at) => (at % (dimensions + 1) === 0 ? 1 : 0));
  return { dimensions, parts: [{ source, dimensions, mean: new Float32Array(dimensions), matrix }] };
}

/**
 * The fused vector of one thing, at unit length; all zeros where no part is known.
 *
 * @param vectors by source; those of another length than the part's, and all zeros, count as missing
 */
export function fuse({ dimensions, parts }: Fusion, vectors: ReadonlyMap<string, ArrayLike<number>>): Float32Array {
  const sum = new Float32Array(dimensions);
  for (const { source, dimensions: own, mean, matrix } of parts) {
    const vector = vectors.get(source);
    if (vector?.length !== own) continue;
    const scale = inverseLength(vector);
    if (scale === 0) continue;
    for (let d = 0; d < own; d++) {
      const value = vector[d] * scale - mean[d];
      const from = d * dimensions;
      for (let f = 0; f < dimensions; f++) sum[f] += value * matrix[from + f];
    }
  }
  return unit(sum);
}

/** One part's principal directions, scaled, and the items along them. */
function fitPart(
  { source, dimensions, vectors }: FusionInput,
  taken: readonly number[],
  { rank: rankMax, seed }: { rank: number; seed: number },
) {
  const rows = new Float32Array(taken.length * dimensions);
  const mean = new Float32Array(dimensions);
  let present = 0;
  for (const [row, item] of taken.entries()) {
    const vector = vectors.subarray(item * dimensions, (item + 1) * dimensions);
    const scale = inverseLength(vector);
    if (scale === 0) continue;
    present += 1;
    for (let d = 0; d < dimensions; d++) {
      const value = vector[d] * scale;
      rows[row * dimensions + d] = value;
      mean[d] += value;
    }
  }
  if (present === 0) return undefined;
  // One thing alone is its own mean, and would be nothing.
  for (let d = 0; d < dimensions; d++) mean[d] = present === 1 ? 0 : mean[d] / present;
  for (const [row, item] of taken.entries()) {
    if (inverseLength(vectors.subarray(item * dimensions, (item + 1) * dimensions)) === 0) continue;
    for (let d = 0; d < dimensions; d++) rows[row * dimensions + d] -= mean[d];
  }
  const { right, singularValues } = truncatedSvd(dense(rows, dimensions), { rank: rankMax, seed, powerIterations: 2 });
  const rank = singularValues.length;
  if (rank === 0) return undefined;
  const softened = Float64Array.from(singularValues, (value) => (value / Math.sqrt(present)) ** -whitening);
  const squares = singularValues.reduce((sum, value, k) => sum + (value * softened[k]) ** 2, 0);
  const loudness = Math.sqrt(present / squares);
  const directions = Float32Array.from(right, (value, at) => value * softened[at % rank] * loudness);
  const along = new Float32Array(taken.length * rank);
  for (let row = 0; row < taken.length; row++) {
    for (let d = 0; d < dimensions; d++) {
      const value = rows[row * dimensions + d];
      if (value === 0) continue;
      for (let k = 0; k < rank; k++) along[row * rank + k] += value * directions[d * rank + k];
    }
  }
  return { source, dimensions, mean, directions, rank, rows: along };
}

/** What brings a vector to length 1; 0 for one that is nothing. */
export function inverseLength(vector: ArrayLike<number>): number {
  let squares = 0;
  for (let d = 0; d < vector.length; d++) squares += vector[d] * vector[d];
  return squares > 1e-24 ? 1 / Math.sqrt(squares) : 0;
}

/** A full matrix in the form that the decomposition reads. @param values row-major */
function dense(values: Float32Array, columns: number): SparseMatrix {
  const rows = columns === 0 ? 0 : values.length / columns;
  return {
    rows,
    columns,
    offsets: Int32Array.from({ length: rows + 1 }, (_, row) => row * columns),
    indices: Int32Array.from({ length: values.length }, (_, at) => at % columns),
    values,
  };
}

/** The stored form: the parts' names and sizes in JSON, then means and matrices as little-endian 32-bit floats. */
export function saveFusion({ dimensions, parts, isAdapted, standIn }: Fusion): Uint8Array {
  const described = ({ source, dimensions: own }: FusionPart) => ({ source, dimensions: own });
  const header = Buffer.from(
    JSON.stringify({
      dimensions,
      ...(isAdapted === true && { isAdapted }),
      parts: parts.map(described),
      ...(standIn !== undefined && { standIn: described(standIn) }),
    }),
  );
  const size = Buffer.alloc(4);
  size.writeUInt32LE(header.length);
  const bytes = (values: Float32Array) => new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  const stored = standIn === undefined ? parts : [...parts, standIn];
  return Buffer.concat([size, header, ...stored.flatMap(({ mean, matrix }) => [bytes(mean), bytes(matrix)])]);
}

/** What `saveFusion` wrote. */
export function loadFusion(stored: Uint8Array): Fusion {
  const buffer = Buffer.from(stored.buffer, stored.byteOffset, stored.byteLength);
  let start = 4 + buffer.readUInt32LE(0);
  const header = JSON.parse(buffer.toString("utf8", 4, start)) as Fusion;
  const floats = (count: number) => {
    const end = start + 4 * count;
    assert(end <= stored.length, "a stored fusion is as long as it says");
    const values = new Float32Array(new Uint8Array(stored.subarray(start, end)).buffer);
    start = end;
    return values;
  };
  const { dimensions, isAdapted } = header;
  const part = ({ source, dimensions: own }: FusionPart) => ({
    source,
    dimensions: own,
    mean: floats(own),
    matrix: floats(own * dimensions),
  });
  const parts = header.parts.map(part);
  const standIn = header.standIn && part(header.standIn);
  return { dimensions, parts, ...(isAdapted === true && { isAdapted }), ...(standIn !== undefined && { standIn }) };
}
