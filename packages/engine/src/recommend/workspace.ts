/**
 * Arrays over the whole catalogue that a recommendation computes in, kept for the next one. Made anew each time, they
 * would come to some 300 KB per recommendation of ten thousand items, and collecting them takes longer than scoring.
 * A recommendation is made in one go, so one workspace serves all users; what lies in it is good until the next one.
 */
export class Workspace {
  readonly #arrays = new Map<string, Float32Array>();

  /** So many numbers under a name, with whatever the last use has left in them. */
  floats(name: string, length: number): Float32Array {
    let array = this.#arrays.get(name);
    if (array === undefined || array.length < length) {
      array = new Float32Array(length);
      this.#arrays.set(name, array);
    }
    return array.length === length ? array : array.subarray(0, length);
  }

  /** The same, all zero. */
  zeros(name: string, length: number): Float32Array {
    return this.floats(name, length).fill(0);
  }
}
