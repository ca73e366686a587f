/**
 * The catalogue in memory: items by id and by key, their nodes in the interest tree, and their vectors as one matrix
 * that scoring runs over.
 */
import { assert } from "../base/errors.ts";
import type { CatalogueEntry, Item } from "./item.ts";

export class Catalogue {
  readonly dimensions: number;
  readonly #entries: CatalogueEntry[] = [];
  readonly #byId = new Map<string, number>();
  #matrix: Float32Array;

  constructor(dimensions: number) {
    this.dimensions = dimensions;
    this.#matrix = new Float32Array(16 * dimensions);
  }

  get size(): number {
    return this.#entries.length;
  }

  /** Unit vectors by key, `[size, dimensions]` row-major. Valid until the next `put`. */
  get vectors(): Float32Array {
    return this.#matrix.subarray(0, this.size * this.dimensions);
  }

  key(id: string): number | undefined {
    return this.#byId.get(id);
  }

  entry(key: number): CatalogueEntry {
    const entry = this.#entries[key];
    // Asked for every item of every recommendation: the message is only made when it is needed.
    if (entry === undefined) assert(false, `item key ${key} is in the catalogue`);
    return entry;
  }

  item(key: number): Item {
    return this.entry(key).item;
  }

  nodes(key: number): Int32Array {
    return this.entry(key).nodes;
  }

  entries(): readonly CatalogueEntry[] {
    return this.#entries;
  }

  /** Adds an item under the next key, or replaces the one under its key. */
  put(entry: CatalogueEntry): void {
    assert(entry.key <= this.size, `item keys are dense: expected at most ${this.size}, got ${entry.key}`);
    assert(entry.vector.length === this.dimensions, `vectors have ${this.dimensions} dimensions`);
    this.#entries[entry.key] = entry;
    this.#byId.set(entry.item.id, entry.key);
    const needed = this.size * this.dimensions;
    if (needed > this.#matrix.length) {
      const grown = new Float32Array(Math.max(needed, this.#matrix.length * 2));
      grown.set(this.#matrix);
      this.#matrix = grown;
    }
    this.#matrix.set(entry.vector, entry.key * this.dimensions);
  }
}
