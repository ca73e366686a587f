/**
 * Inner loops in WebAssembly SIMD for the models that are heavy to fit, on matrices that lie in a memory of their own. A
 * workspace is sized once, before anything is placed in it, because views of a memory end when it grows.
 */
import { PenchantError } from "../../base/errors.ts";
import { kernelsBytes } from "./kernels-bytes.ts";

/** Numbers are 32-bit floats, indices 32-bit integers; addresses and lengths are bytes. Rows are at least 64 bytes. */
interface Kernels {
  /** Inner product; `bytes` is a multiple of 64. */
  dot(a: number, b: number, bytes: number): number;
  /** to += scale * from; `bytes` is a multiple of 64. */
  addScaled(to: number, from: number, bytes: number, scale: number): void;
  /**
   * C -= A B for four rows of C and `tiles` times eight columns.
   *
   * @param a four rows of A, column by column: `[depth, 4]`
   * @param b B in tiles of eight columns: `[tiles, depth, 8]`
   * @param c first element of C
   * @param stride from one row of C to the next
   */
  subtractProduct(a: number, b: number, depth: number, c: number, stride: number, tiles: number): void;
  /** out += sum over entries of weight times row; `count` is a multiple of 4 and `bytes` one of 16. */
  addRows(rows: number, bytes: number, indices: number, weights: number, count: number, out: number): void;
  /**
   * out += sum over entries of (base + w (base + sign y'v)) y, with y an entry's row, w its weight and v the vector: one
   * product with the matrix of normal equations, or their residual. `bytes` is a multiple of 64.
   */
  normalProduct(
    rows: number,
    bytes: number,
    indices: number,
    weights: number,
    count: number,
    vector: number,
    out: number,
    base: number,
    sign: number,
  ): void;
  /**
   * One step of skip-gram with negative sampling: the vector is drawn to the first row and away from the others, and they
   * to and from it. `gradient` is space for one row.
   */
  contrastRows(
    rows: number,
    bytes: number,
    indices: number,
    count: number,
    vector: number,
    gradient: number,
    rate: number,
    sigmoids: number,
  ): void;
  /**
   * One step of Bayesian personalised ranking: `liked` should score above `other` for `user`.
   *
   * @param biases the bias of the first item less that of the second
   * @param keep what regularisation leaves of a value, 1 - rate times strength
   * @param learnItems 0 to change the user only
   * @returns the size of the step, for the biases
   */
  preferRow(
    user: number,
    liked: number,
    other: number,
    bytes: number,
    biases: number,
    rate: number,
    keep: number,
    learnItems: 0 | 1,
    sigmoids: number,
  ): number;
  /**
   * Histograms of binned rows: histograms[column][bin of the row] += sums of the row, for the listed rows and columns.
   *
   * @param rows numbers of the rows; one or more
   * @param bins bytes, `[all rows, width]`
   * @param sums two floats of each row
   * @param columns numbers of the columns; one or more
   * @param histograms two 64-bit floats for each bin: `[width, 256, 2]`
   */
  sumBins(
    rows: number,
    count: number,
    bins: number,
    width: number,
    sums: number,
    columns: number,
    columnCount: number,
    histograms: number,
  ): void;
}

declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (
    module: object,
    imports: { kernels: { memory: { readonly buffer: ArrayBuffer } } },
  ) => { readonly exports: Kernels };
  readonly Memory: new (pages: { initial: number; maximum: number }) => { readonly buffer: ArrayBuffer };
};

const pageBytes = 65_536;
/** Every array begins at a multiple of it, so that a load never spans two lines of the cache. */
const alignBytes = 64;
/** Just under 4 GiB, which is as far as addresses reach. */
const workspaceBytesMax = pageBytes * 65_535;

/** A memory with room for some arrays, and the loops that run on it. */
export interface Workspace {
  readonly kernels: Kernels;
  /** The next free floats, zero; the view's `byteOffset` is its address. */
  floats(count: number): Float32Array;
  integers(count: number): Int32Array;
}

/** The bytes that an array of so many 4-byte numbers takes in a workspace. */
export function spaceFor(count: number): number {
  return Math.ceil((4 * count) / alignBytes) * alignBytes;
}

/**
 * @param counts the lengths of all arrays that will be placed, in any order
 * @throws PENCHANT_E_MODEL_DATA where they are more than 4 GiB or than the machine gives
 */
export function openWorkspace(model: string, counts: readonly number[]): Workspace {
  const bytes = counts.reduce((sum, count) => sum + spaceFor(count), 0);
  const memory = memoryOf(model, bytes);
  compiled ??= new WebAssembly.Module(kernelsBytes);
  const { exports } = new WebAssembly.Instance(compiled, { kernels: { memory } });
  let next = 0;
  const place = (count: number): number => {
    const at = next;
    next += spaceFor(count);
    return at;
  };
  return {
    kernels: exports,
    floats: (count) => new Float32Array(memory.buffer, place(count), count),
    integers: (count) => new Int32Array(memory.buffer, place(count), count),
  };
}

let compiled: object | undefined;

function memoryOf(model: string, bytes: number): { readonly buffer: ArrayBuffer } {
  const pages = Math.max(1, Math.ceil(bytes / pageBytes));
  try {
    if (bytes > workspaceBytesMax) throw new RangeError("beyond 4 GiB");
    return new WebAssembly.Memory({ initial: pages, maximum: pages });
  } catch (cause) {
    throw new PenchantError(
      "PENCHANT_E_MODEL_DATA",
      `${model}: needs ${Math.ceil(bytes / 2 ** 20)} MiB of memory in one piece, and that is not to be had.`,
      { details: { model, bytes }, cause },
    );
  }
}

/** Values of the logistic function for the kernels that need it: 4,096 over [-8, 8). */
export function fillSigmoids(table: Float32Array): Float32Array {
  for (let index = 0; index < table.length; index++) table[index] = 1 / (1 + Math.exp(8 - (index + 0.5) / 256));
  return table;
}

export const sigmoidCount = 4_096;

/** The next multiple of 16: rows of factors are so wide, the rest of them zero. */
export const paddedWidth = (width: number): number => Math.ceil(width / 16) * 16;
