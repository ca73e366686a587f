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
  /** The node of every item that has exactly one, for going over everything; -1 for the others. Has room for more. */
  #onlyNode = new Int32Array(64);
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
    const onlyNode = this.#onlyNode;
    for (let key = 0; key < means.length; key++) {
      const node = onlyNode[key];
      means[key] = node >= 0 ? valueOfNode[node] : meanOf(valueOfNode, this.#entries[key].nodes);
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
    if (entry.key === this.#onlyNode.length) {
      const longer = new Int32Array(2 * entry.key);
      longer.set(this.#onlyNode);
      this.#onlyNode = longer;
    }
    this.#onlyNode[entry.key] = entry.nodes.length === 1 ? entry.nodes[0] : -1;
    this.#entries[entry.key] = entry;
    this.#hidden[entry.key] = entry.item.hidden === true;
    this.#byId.set(entry.item.id, entry.key);
    this.#vectors.set(entry.key, entry.vector);
  }
}

function meanOf(valueOfNode: Float64Array, nodes: Int32Array): number {
  let sum = 0;
  for (const node of nodes) sum += valueOfNode[node];
  return nodes.length > 0 ? sum / nodes.length : 0;
}
