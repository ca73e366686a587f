/**
 * A growing matrix of 32-bit floats whose rows are multiplied with one vector. It lies in a memory of WebAssembly where
 * that can be had, so that nothing is copied before a multiplication:
 *
 *     [ vector: dimensions ][ products of a chunk of rows: chunkRows ][ rows ... ]
 *
 * Without SIMD, with rows that are no multiple of four, and beyond 4 GiB it is an ordinary array, and the loop is the
 * plain one; the products agree up to the rounding of 32-bit floats.
 */
import { grownTo, pageBytes, type SimdMemory, simdMemory } from "./simd.ts";
import { multiplyRows } from "./vector.ts";

const floatBytes = 4;
/** Rows whose products are copied out at once. */
const chunkRows = 4_096;
/** The multiplication reads up to three rows beyond the last. */
const spareRows = 3;
const firstRows = 16;

export class RowMatrix {
  readonly dimensions: number;
  #size = 0;
  #simd: SimdMemory | undefined;
  /** All rows that there is room for. */
  #rows: Float32Array;

  constructor(dimensions: number, options: { simd: boolean } = { simd: true }) {
    this.dimensions = dimensions;
    this.#rows = new Float32Array(firstRows * dimensions);
    if (options.simd && dimensions > 0 && dimensions % 4 === 0) {
      this.#simd = simdMemory(this.#pagesFor(firstRows));
      if (this.#simd !== undefined) this.#rows = this.#rowsIn(this.#simd);
    }
  }

  /** Rows up to the last that was set. */
  get size(): number {
    return this.#size;
  }

  /** `[size, dimensions]` row-major. Valid until the next `set`. */
  get values(): Float32Array {
    return this.#rows.subarray(0, this.#size * this.dimensions);
  }

  set(row: number, values: Float32Array): void {
    const size = Math.max(this.#size, row + 1);
    if (size * this.dimensions > this.#rows.length) this.#grow(size);
    this.#size = size;
    this.#rows.set(values, row * this.dimensions);
  }

  /**
   * The inner products of every row with a vector.
   *
   * @param vector `[dimensions]`
   * @param products receives them. `[size]`
   * @returns `products`
   */
  products(vector: Float32Array | Float64Array, products: Float32Array = new Float32Array(this.#size)): Float32Array {
    if (this.#simd === undefined) {
      products.set(multiplyRows(this.values, vector));
      return products;
    }
    const { memory, multiply } = this.#simd;
    const rowBytes = this.dimensions * floatBytes;
    const firstRow = this.#rows.byteOffset;
    new Float32Array(memory.buffer, 0, this.dimensions).set(vector);
    const chunk = new Float32Array(memory.buffer, rowBytes, chunkRows);
    for (let from = 0; from < this.#size; from += chunkRows) {
      const to = Math.min(from + chunkRows, this.#size);
      multiply(0, rowBytes, firstRow + from * rowBytes, firstRow + to * rowBytes, chunk.byteOffset);
      products.set(to - from === chunkRows ? chunk : chunk.subarray(0, to - from), from);
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
    const rows = new Float32Array(Math.max(size * this.dimensions, 2 * this.#rows.length));
    rows.set(this.#rows);
    this.#rows = rows;
  }

  #pagesFor(rows: number): number {
    const floats = this.dimensions + chunkRows + (rows + spareRows) * this.dimensions;
    return Math.ceil((floats * floatBytes) / pageBytes);
  }

  #rowsIn({ memory }: SimdMemory): Float32Array {
    const from = (this.dimensions + chunkRows) * floatBytes;
    const rows = Math.floor((memory.buffer.byteLength - from) / floatBytes / this.dimensions) - spareRows;
    return new Float32Array(memory.buffer, from, rows * this.dimensions);
  }
}
