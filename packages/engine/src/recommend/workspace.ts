/**
 * Arrays over the whole catalogue that a recommendation computes in, kept for the next one, and the loops over all of them.
 * Made anew each time, they would come to some 300 KB per recommendation of ten thousand items, and collecting them takes
 * longer than scoring. A recommendation is made in one go, so one workspace serves all users; what lies in it is good until
 * the next one.
 *
 * The arrays lie in a memory of WebAssembly, whose SIMD goes over four scores at a time (`kernels/kernels.wat`): several
 * times as fast as a loop here, and most of a recommendation is such loops. Where it is not to be had, they are ordinary
 * arrays and the loops ordinary ones, equal up to the rounding of 32-bit floats.
 */
import { assert } from "../base/errors.ts";
import { blockItems } from "../core/top-items.ts";
import { kernelsBytes } from "./kernels/kernels-bytes.ts";

/** Arrays that there is room for; that many names are in use at most. */
const arraysMax = 12;
const floatBytes = 4;
const pageBytes = 65_536;

/** Addresses and lengths are bytes, lengths multiples of a block's. */
interface Kernels {
  weigh(near: number, prominence: number, lift: number, out: number, bytes: number): void;
  setScaled(to: number, from: number, bytes: number, scale: number): void;
  addScaled(to: number, from: number, bytes: number, scale: number): void;
  blockMaxima(from: number, out: number, bytes: number): void;
}

interface Memory {
  readonly buffer: ArrayBuffer;
}

/** What is used of WebAssembly; TypeScript knows it with the types of browsers only. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object, imports: { scores: { memory: Memory } }) => { readonly exports: Kernels };
  readonly Memory: new (pages: { initial: number }) => Memory;
};

let compiled: object | undefined;

/** Kernels on a memory of so many bytes; undefined where they are not to be had. */
function openKernels(bytes: number): { memory: Memory; kernels: Kernels } | undefined {
  try {
    compiled ??= new WebAssembly.Module(kernelsBytes);
    const memory = new WebAssembly.Memory({ initial: Math.ceil(bytes / pageBytes) });
    return { memory, kernels: new WebAssembly.Instance(compiled, { scores: { memory } }).exports };
  } catch {
    return undefined;
  }
}

export class Workspace {
  readonly #usesSimd: boolean;
  readonly #arrays = new Map<string, Float32Array>();
  /** Numbers that an array has room for, whole blocks of them. */
  #room = 0;
  #simd: ReturnType<typeof openKernels>;

  constructor(options: { simd: boolean } = { simd: true }) {
    this.#usesSimd = options.simd;
  }

  /**
   * So many numbers under a name, with whatever the last use has left in them. Asking for more of them than ever ends what was
   * given out before: a recommendation asks for as many of each name as there are items.
   */
  floats(name: string, length: number): Float32Array {
    if (length > this.#room) this.#makeRoom(length);
    let array = this.#arrays.get(name);
    if (array === undefined) {
      assert(this.#arrays.size < arraysMax, `a workspace has at most ${arraysMax} arrays, and "${name}" is one more`);
      const at = this.#arrays.size * this.#room * floatBytes;
      array =
        this.#simd === undefined
          ? new Float32Array(this.#room)
          : new Float32Array(this.#simd.memory.buffer, at, this.#room);
      this.#arrays.set(name, array);
    }
    return array.length === length ? array : array.subarray(0, length);
  }

  /** The same, all zero. */
  zeros(name: string, length: number): Float32Array {
    return this.floats(name, length).fill(0);
  }

  /** out = [near]_+ prominence sqrt(lift), for arrays from here, of one length. */
  weigh(near: Float32Array, prominence: Float32Array, lift: Float32Array, out: Float32Array): void {
    if (this.#simd === undefined) {
      for (let item = 0; item < out.length; item++) {
        out[item] = Math.max(near[item], 0) * prominence[item] * Math.sqrt(lift[item]);
      }
      return;
    }
    const [a, b, c, to] = [near, prominence, lift, out].map(({ byteOffset }) => byteOffset);
    this.#simd.kernels.weigh(a, b, c, to, bytesOf(out.length));
  }

  /** out = scale * scores, and 0 where there are fewer scores. `out` is from here. */
  setScaled(out: Float32Array, scores: Float32Array, scale: number): void {
    if (this.#simd === undefined) {
      for (let item = 0; item < scores.length; item++) out[item] = scale * scores[item];
    } else {
      const { byteOffset: from } = this.#inMemory(scores);
      this.#simd.kernels.setScaled(out.byteOffset, from, bytesOf(scores.length), scale);
    }
    out.fill(0, scores.length);
  }

  /** out += scale * scores. `out` is from here, and at least as long. */
  addScaled(out: Float32Array, scores: Float32Array, scale: number): void {
    if (this.#simd === undefined || scores.length < out.length) {
      for (let item = 0; item < scores.length; item++) out[item] += scale * scores[item];
      return;
    }
    const { byteOffset: from } = this.#inMemory(scores);
    this.#simd.kernels.addScaled(out.byteOffset, from, bytesOf(scores.length), scale);
  }

  /**
   * The largest of every `blockItems` scores, or NaN where one of them is; of the last block it may be more. Good until asked for
   * again.
   */
  blockMaxima(scores: Float32Array): Float32Array {
    const maxima = this.floats("block maxima", scores.length).subarray(0, Math.ceil(scores.length / blockItems));
    if (this.#simd === undefined) {
      for (let block = 0; block < maxima.length; block++) {
        maxima[block] = Math.max(...scores.subarray(block * blockItems, (block + 1) * blockItems));
      }
      return maxima;
    }
    const { byteOffset: from } = this.#inMemory(scores);
    this.#simd.kernels.blockMaxima(from, maxima.byteOffset, bytesOf(scores.length));
    return maxima;
  }

  /** The array itself if it lies in the memory, else a copy there, good until the next one. */
  #inMemory(array: Float32Array): Float32Array {
    if (array.buffer === this.#simd?.memory.buffer) return array;
    const copy = this.floats("copy", array.length);
    copy.set(array);
    return copy;
  }

  #makeRoom(length: number): void {
    // A catalogue that grows item by item must not come here with each of them.
    const blocks = Math.max(Math.ceil(length / blockItems), Math.ceil((1.25 * this.#room) / blockItems));
    this.#room = blocks * blockItems;
    this.#arrays.clear();
    this.#simd = this.#usesSimd ? openKernels(arraysMax * this.#room * floatBytes) : undefined;
  }
}

/** Of whole blocks: arrays have room for those. */
const bytesOf = (length: number) => Math.ceil(length / blockItems) * blockItems * floatBytes;
