/**
 * The catalogue in memory: items by id and by key, their nodes in the interest tree, and their unit vectors as one matrix
 * that scoring runs over.
 */
import { assert } from "../base/errors.ts";
import type { CatalogueEntry, Item } from "./item.ts";
import { UnitRows } from "./unit-rows.ts";

export class Catalogue {
  readonly dimensions: number;
  readonly #entries: CatalogueEntry[] = [];
  readonly #byId = new Map<string, number>();
  readonly #vectors: UnitRows;
  /** The nodes of item i are `#places[#placesFrom[i]]` to before `#placesTo[i]`: all in a row, for going over everything. */
  readonly #places: number[] = [];
  readonly #placesFrom: number[] = [];
  readonly #placesTo: number[] = [];
  readonly #hidden: boolean[] = [];

  constructor(dimensions: number) {
    this.dimensions = dimensions;
    this.#vectors = new UnitRows(dimensions);
  }

  get size(): number {
    return this.#entries.length;
  }

  /**
   * The inner products of every item's vector with one, by key.
   *
   * @param products receives them. `[size]`
   */
  products(vector: Float32Array | Float64Array, products?: Float32Array): Float32Array {
    return this.#vectors.products(vector, products);
  }

  /** Adds an item's vector, times a weight, to a sum. */
  addVector(sum: Float64Array, key: number, weight: number): void {
    this.#vectors.addTo(sum, key, weight);
  }

  /** The cosine of two items. Agrees with `products` of the same vectors. */
  cosine(keyA: number, keyB: number): number {
    return this.#vectors.dot(keyA, keyB);
  }

  /**
   * The mean over every item's nodes of a value that each node has, by key; 0 for an item without nodes.
   *
   * @param means receives them. `[size]`
   */
  meansOverNodes(valueOfNode: Float64Array, means: Float32Array): Float32Array {
    const places = this.#places;
    const starts = this.#placesFrom;
    const ends = this.#placesTo;
    for (let key = 0; key < means.length; key++) {
      const from = starts[key];
      const to = ends[key];
      if (to - from === 1) {
        means[key] = valueOfNode[places[from]];
        continue;
      }
      let sum = 0;
      for (let at = from; at < to; at++) sum += valueOfNode[places[at]];
      means[key] = to > from ? sum / (to - from) : 0;
    }
    return means;
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

  isHidden(key: number): boolean {
    return this.#hidden[key];
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
    this.#place(entry.key, entry.nodes);
    this.#entries[entry.key] = entry;
    this.#hidden[entry.key] = entry.item.hidden === true;
    this.#byId.set(entry.item.id, entry.key);
    this.#vectors.set(entry.key, entry.vector);
  }

  /** Items that change keep their nodes; where one does not, the old ones stay behind unused. */
  #place(key: number, nodes: Int32Array): void {
    const known = this.#entries[key]?.nodes;
    if (known?.length === nodes.length && nodes.every((node, at) => node === known[at])) return;
    this.#placesFrom[key] = this.#places.length;
    for (const node of nodes) this.#places.push(node);
    this.#placesTo[key] = this.#places.length;
  }
}
