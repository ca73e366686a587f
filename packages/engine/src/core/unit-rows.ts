/**
 * A growing matrix of unit vectors that are multiplied with one vector, 16 bits per number: a product over a catalogue is
 * mostly a wait for memory, and this is half as much of it as with 32-bit floats.
 *
 * A row v is kept as r = round(S v) with S = 2^15 - 1, so that no number is off by more than 2^-16. A vector u is brought
 * to the same scale and kept as two integers per number, h + l / 4096 = S u / |u|, which leaves an error below 2^-28:
 *
 *     v.u = |u| / S^2 (r.h + r.l / 4096)
 *
 * By Cauchy and Schwarz no sum of products of r and h, in whatever order, leaves 2^30 by much, nor one of r and l 2^29 for
 * up to a thousand numbers: 32 bits hold them. All answers are about the rows as they are kept, so that they agree with
 * each other to the rounding of 32-bit floats, whether WebAssembly can be had or not. In its memory lie
 *
 *     [ h ][ l ][ products of a chunk of rows ][ rows ... ]
 *
 * with rows filled up by zeros to a multiple of eight numbers.
 */
import { assert } from "../base/errors.ts";
import { grownTo, pageBytes, type SimdMemory, simdMemory } from "./simd.ts";

/** S: unit length in the integers of a row. */
const unit = 2 ** 15 - 1;
const lowScale = 2 ** 12;
const integerBytes = 2;
const floatBytes = 4;
/** Integers that are multiplied at once. */
const lanes = 8;
/** Rows whose products are copied out at once. */
const chunkRows = 4_096;
/** The multiplication reads up to three rows beyond the last. */
const spareRows = 3;
const firstRows = 16;
/** How much longer than 1 a vector may be by the rounding of whoever made it. */
const lengthSlack = 1e-4;

export class UnitRows {
  readonly dimensions: number;
  /** Integers from one row to the next. */
  readonly #stride: number;
  #size = 0;
  #simd: SimdMemory | undefined;
  /** All rows that there is room for. */
  #rows: Int16Array;

  constructor(dimensions: number, options: { simd: boolean } = { simd: true }) {
    this.dimensions = dimensions;
    this.#stride = Math.ceil(dimensions / lanes) * lanes;
    this.#simd = options.simd && dimensions > 0 ? simdMemory(this.#pagesFor(firstRows)) : undefined;
    this.#rows = this.#simd === undefined ? new Int16Array(firstRows * this.#stride) : this.#rowsIn(this.#simd);
  }

  /** Rows up to the last that was set. */
  get size(): number {
    return this.#size;
  }

  /** @param vector of length 1 at most. `[dimensions]` */
  set(row: number, vector: Float32Array): void {
    let squares = 0;
    for (const value of vector) squares += value * value;
    assert(squares <= 1 + lengthSlack, `a row has unit length or less, got a squared length of ${squares}`);
    const size = Math.max(this.#size, row + 1);
    if (size * this.#stride > this.#rows.length) this.#grow(size);
    this.#size = size;
    const from = row * this.#stride;
    for (let d = 0; d < vector.length; d++) this.#rows[from + d] = Math.min(Math.round(vector[d] * unit), unit);
  }

  /** sum += weight row. */
  addTo(sum: Float64Array, row: number, weight: number): void {
    const from = row * this.#stride;
    for (let d = 0; d < sum.length; d++) sum[d] += (weight * this.#rows[from + d]) / unit;
  }

  /** The inner product of two rows. */
  dot(rowA: number, rowB: number): number {
    const rows = this.#rows;
    const a = rowA * this.#stride;
    const b = rowB * this.#stride;
    // Four sums, so that no addition waits for the one before; each of them is far from 2^31, as above.
    let sum0 = 0;
    let sum1 = 0;
    let sum2 = 0;
    let sum3 = 0;
    for (let d = 0; d < this.#stride; d += 4) {
      sum0 = (sum0 + Math.imul(rows[a + d], rows[b + d])) | 0;
      sum1 = (sum1 + Math.imul(rows[a + d + 1], rows[b + d + 1])) | 0;
      sum2 = (sum2 + Math.imul(rows[a + d + 2], rows[b + d + 2])) | 0;
      sum3 = (sum3 + Math.imul(rows[a + d + 3], rows[b + d + 3])) | 0;
    }
    return (sum0 + sum1 + sum2 + sum3) / unit ** 2;
  }

  /**
   * The inner products of every row with a vector of any length.
   *
   * @param vector `[dimensions]`
   * @param products receives them. `[size]`
   * @returns `products`
   */
  products(vector: Float32Array | Float64Array, products: Float32Array = new Float32Array(this.#size)): Float32Array {
    const length = Math.hypot(...vector);
    if (length === 0) return products.fill(0);
    if (this.#simd === undefined) return this.#plainProducts(vector, products);
    const { memory, multiplyUnits } = this.#simd;
    const rowBytes = this.#stride * integerBytes;
    const high = new Int16Array(memory.buffer, 0, this.#stride);
    const low = new Int16Array(memory.buffer, rowBytes, this.#stride);
    for (let d = 0; d < this.dimensions; d++) {
      const scaled = (vector[d] / length) * unit;
      high[d] = Math.round(scaled);
      low[d] = Math.round((scaled - high[d]) * lowScale);
    }
    const scale = length / unit ** 2;
    const firstRow = this.#rows.byteOffset;
    const chunk = new Float32Array(memory.buffer, 2 * rowBytes, chunkRows);
    for (let from = 0; from < this.#size; from += chunkRows) {
      const to = Math.min(from + chunkRows, this.#size);
      const [start, end] = [firstRow + from * rowBytes, firstRow + to * rowBytes];
      multiplyUnits(0, rowBytes, rowBytes, start, end, scale, chunk.byteOffset);
      products.set(to - from === chunkRows ? chunk : chunk.subarray(0, to - from), from);
    }
    return products;
  }

  #plainProducts(vector: Float32Array | Float64Array, products: Float32Array): Float32Array {
    for (let row = 0; row < this.#size; row++) {
      const from = row * this.#stride;
      let sum = 0;
      for (let d = 0; d < vector.length; d++) sum += vector[d] * this.#rows[from + d];
      products[row] = sum / unit;
    }
    return products;
  }

  /** At least doubles the room. */
  #grow(size: number): void {
    if (this.#simd !== undefined) {
      if (grownTo(this.#simd.memory, this.#pagesFor(size))) {
        this.#rows = this.#rowsIn(this.#simd);
        return;
      }
      this.#simd = undefined;
    }
    const rows = new Int16Array(Math.max(size * this.#stride, 2 * this.#rows.length));
    rows.set(this.#rows);
    this.#rows = rows;
  }

  get #headBytes(): number {
    return 2 * this.#stride * integerBytes + chunkRows * floatBytes;
  }

  #pagesFor(rows: number): number {
    return Math.ceil((this.#headBytes + (rows + spareRows) * this.#stride * integerBytes) / pageBytes);
  }

  #rowsIn({ memory }: SimdMemory): Int16Array {
    const room = (memory.buffer.byteLength - this.#headBytes) / integerBytes / this.#stride;
    return new Int16Array(memory.buffer, this.#headBytes, (Math.floor(room) - spareRows) * this.#stride);
  }
}
