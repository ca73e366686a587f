/** Nothing is ever written to it: a set that grows takes another array. */
const noKeys: Int32Array = new Int32Array(0);

/**
 * A set of whole numbers as one sorted array: four bytes per number, nothing for the garbage collector to walk through,
 * and read in order. Looking up takes a binary search; adding moves what is larger.
 */
export class KeySet {
  #keys: Int32Array;
  #size: number;

  /** @param keys ascending, each once; the set takes the array over */
  constructor(keys: Int32Array = noKeys) {
    this.#keys = keys;
    this.#size = keys.length;
  }

  get size(): number {
    return this.#size;
  }

  /** Ascending. Valid until the next `add`. */
  values(): Int32Array {
    return this.#keys.subarray(0, this.#size);
  }

  has(key: number): boolean {
    const place = this.#place(key);
    return place < this.#size && this.#keys[place] === key;
  }

  add(key: number): void {
    const place = this.#place(key);
    if (place < this.#size && this.#keys[place] === key) return;
    if (this.#size === this.#keys.length) {
      const grown = new Int32Array(Math.max(8, Math.ceil(this.#size * 1.5)));
      grown.set(this.#keys);
      this.#keys = grown;
    }
    this.#keys.copyWithin(place + 1, place, this.#size);
    this.#keys[place] = key;
    this.#size += 1;
  }

  /** Where a key stands, or would stand. */
  #place(key: number): number {
    let low = 0;
    let high = this.#size;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#keys[middle] < key) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
