/**
 * The inner products of matrix rows with a vector by WebAssembly SIMD, in each of four rows at a time, so that no addition
 * waits for the one before; about four times as fast as the loop of `vector.ts`. The bytes below are this text, assembled
 * with `wat2wasm` (which leaves the names out). At the end of four rows their sums of four numbers each, a to d, are
 * transposed by pairs and added into one vector of four products.
 *
 * `multiply` is for rows of 32-bit floats. `multiplyUnits` is for rows of 16-bit integers and a vector in two parts of the
 * same kind, high + low / 4096 (`unit-rows.ts` says why): eight numbers at a time, half of the memory to go through.
 *
 *     (module
 *       (import "matrix" "memory" (memory 1))
 *       (func (export "multiply")
 *         (param $vector i32) (param $rowBytes i32) (param $row i32) (param $end i32) (param $out i32)
 *         (local $at i32) (local $next i32) (local $value v128)
 *         (local $a v128) (local $b v128) (local $c v128) (local $d v128)
 *         (loop $rows
 *           (local.set $a (v128.const i64x2 0 0))
 *           (local.set $b (local.get $a))
 *           (local.set $c (local.get $a))
 *           (local.set $d (local.get $a))
 *           (local.set $at (i32.const 0))
 *           (loop $along
 *             (local.set $value (v128.load (i32.add (local.get $vector) (local.get $at))))
 *             (local.set $next (i32.add (local.get $row) (local.get $at)))
 *             (local.set $a (f32x4.add (local.get $a) (f32x4.mul (local.get $value) (v128.load (local.get $next)))))
 *             (local.set $next (i32.add (local.get $next) (local.get $rowBytes)))
 *             (local.set $b (f32x4.add (local.get $b) (f32x4.mul (local.get $value) (v128.load (local.get $next)))))
 *             (local.set $next (i32.add (local.get $next) (local.get $rowBytes)))
 *             (local.set $c (f32x4.add (local.get $c) (f32x4.mul (local.get $value) (v128.load (local.get $next)))))
 *             (local.set $next (i32.add (local.get $next) (local.get $rowBytes)))
 *             (local.set $d (f32x4.add (local.get $d) (f32x4.mul (local.get $value) (v128.load (local.get $next)))))
 *             (local.set $at (i32.add (local.get $at) (i32.const 16)))
 *             (br_if $along (i32.lt_u (local.get $at) (local.get $rowBytes))))
 *           (local.set $a (f32x4.add
 *             (i8x16.shuffle 0 1 2 3 16 17 18 19 4 5 6 7 20 21 22 23 (local.get $a) (local.get $b))
 *             (i8x16.shuffle 8 9 10 11 24 25 26 27 12 13 14 15 28 29 30 31 (local.get $a) (local.get $b))))
 *           (local.set $c (f32x4.add
 *             (i8x16.shuffle 0 1 2 3 16 17 18 19 4 5 6 7 20 21 22 23 (local.get $c) (local.get $d))
 *             (i8x16.shuffle 8 9 10 11 24 25 26 27 12 13 14 15 28 29 30 31 (local.get $c) (local.get $d))))
 *           (v128.store (local.get $out) (f32x4.add
 *             (i8x16.shuffle 0 1 2 3 4 5 6 7 16 17 18 19 20 21 22 23 (local.get $a) (local.get $c))
 *             (i8x16.shuffle 8 9 10 11 12 13 14 15 24 25 26 27 28 29 30 31 (local.get $a) (local.get $c))))
 *           (local.set $out (i32.add (local.get $out) (i32.const 16)))
 *           (local.set $row (i32.add (local.get $next) (i32.const 16)))
 *           (br_if $rows (i32.lt_u (local.get $row) (local.get $end)))))
 *       (func $sums (param $a v128) (param $b v128) (param $c v128) (param $d v128) (result v128)
 *         (local.set $a (i32x4.add
 *           (i8x16.shuffle 0 1 2 3 16 17 18 19 4 5 6 7 20 21 22 23 (local.get $a) (local.get $b))
 *           (i8x16.shuffle 8 9 10 11 24 25 26 27 12 13 14 15 28 29 30 31 (local.get $a) (local.get $b))))
 *         (local.set $c (i32x4.add
 *           (i8x16.shuffle 0 1 2 3 16 17 18 19 4 5 6 7 20 21 22 23 (local.get $c) (local.get $d))
 *           (i8x16.shuffle 8 9 10 11 24 25 26 27 12 13 14 15 28 29 30 31 (local.get $c) (local.get $d))))
 *         (i32x4.add
 *           (i8x16.shuffle 0 1 2 3 4 5 6 7 16 17 18 19 20 21 22 23 (local.get $a) (local.get $c))
 *           (i8x16.shuffle 8 9 10 11 12 13 14 15 24 25 26 27 28 29 30 31 (local.get $a) (local.get $c))))
 *       (func (export "multiplyUnits")
 *         (param $high i32) (param $low i32) (param $rowBytes i32) (param $row i32) (param $end i32)
 *         (param $scale f32) (param $out i32)
 *         (local $at i32) (local $next i32) (local $value v128) (local $valueLow v128) (local $eight v128)
 *         (local $a v128) (local $b v128) (local $c v128) (local $d v128)
 *         (local $aLow v128) (local $bLow v128) (local $cLow v128) (local $dLow v128)
 *         (loop $rows
 *           (local.set $a (v128.const i64x2 0 0))
 *           (local.set $b (local.get $a))
 *           (local.set $c (local.get $a))
 *           (local.set $d (local.get $a))
 *           (local.set $aLow (local.get $a))
 *           (local.set $bLow (local.get $a))
 *           (local.set $cLow (local.get $a))
 *           (local.set $dLow (local.get $a))
 *           (local.set $at (i32.const 0))
 *           (loop $along
 *             (local.set $value (v128.load (i32.add (local.get $high) (local.get $at))))
 *             (local.set $valueLow (v128.load (i32.add (local.get $low) (local.get $at))))
 *             (local.set $next (i32.add (local.get $row) (local.get $at)))
 *             (local.set $eight (v128.load (local.get $next)))
 *             (local.set $a (i32x4.add (local.get $a) (i32x4.dot_i16x8_s (local.get $value) (local.get $eight))))
 *             (local.set $aLow (i32x4.add (local.get $aLow) (i32x4.dot_i16x8_s (local.get $valueLow) (local.get $eight))))
 *             (local.set $next (i32.add (local.get $next) (local.get $rowBytes)))
 *             (local.set $eight (v128.load (local.get $next)))
 *             (local.set $b (i32x4.add (local.get $b) (i32x4.dot_i16x8_s (local.get $value) (local.get $eight))))
 *             (local.set $bLow (i32x4.add (local.get $bLow) (i32x4.dot_i16x8_s (local.get $valueLow) (local.get $eight))))
 *             (local.set $next (i32.add (local.get $next) (local.get $rowBytes)))
 *             (local.set $eight (v128.load (local.get $next)))
 *             (local.set $c (i32x4.add (local.get $c) (i32x4.dot_i16x8_s (local.get $value) (local.get $eight))))
 *             (local.set $cLow (i32x4.add (local.get $cLow) (i32x4.dot_i16x8_s (local.get $valueLow) (local.get $eight))))
 *             (local.set $next (i32.add (local.get $next) (local.get $rowBytes)))
 *             (local.set $eight (v128.load (local.get $next)))
 *             (local.set $d (i32x4.add (local.get $d) (i32x4.dot_i16x8_s (local.get $value) (local.get $eight))))
 *             (local.set $dLow (i32x4.add (local.get $dLow) (i32x4.dot_i16x8_s (local.get $valueLow) (local.get $eight))))
 *             (local.set $at (i32.add (local.get $at) (i32.const 16)))
 *             (br_if $along (i32.lt_u (local.get $at) (local.get $rowBytes))))
 *           (v128.store (local.get $out) (f32x4.mul (f32x4.splat (local.get $scale)) (f32x4.add
 *             (f32x4.convert_i32x4_s (call $sums (local.get $a) (local.get $b) (local.get $c) (local.get $d)))
 *             (f32x4.mul
 *               (f32x4.splat (f32.const 0x1p-12))
 *               (f32x4.convert_i32x4_s
 *                 (call $sums (local.get $aLow) (local.get $bLow) (local.get $cLow) (local.get $dLow)))))))
 *           (local.set $out (i32.add (local.get $out) (i32.const 16)))
 *           (local.set $row (i32.add (local.get $next) (i32.const 16)))
 *           (br_if $rows (i32.lt_u (local.get $row) (local.get $end))))))
 */
const bytes = Buffer.from(
  "AGFzbQEAAAABGwNgBX9/f39/AGAEe3t7ewF7YAd/f39/f31/AAISAQZtYXRyaXgGbWVtb3J5AgABAwQDAAECBxwCCG11bHRpcGx5AAANbXVsdGlw" +
    "bHlVbml0cwACCswGA9kCAgJ/BXsDQP0MAAAAAAAAAAAAAAAAAAAAACEIIAghCSAIIQogCCELQQAhBQNAIAAgBWr9AAQAIQcgAiAFaiEGIAggByAG" +
    "/QAEAP3mAf3kASEIIAYgAWohBiAJIAcgBv0ABAD95gH95AEhCSAGIAFqIQYgCiAHIAb9AAQA/eYB/eQBIQogBiABaiEGIAsgByAG/QAEAP3mAf3k" +
    "ASELIAVBEGohBSAFIAFJDQALIAggCf0NAAECAxAREhMEBQYHFBUWFyAIIAn9DQgJCgsYGRobDA0ODxwdHh/95AEhCCAKIAv9DQABAgMQERITBAUG" +
    "BxQVFhcgCiAL/Q0ICQoLGBkaGwwNDg8cHR4f/eQBIQogBCAIIAr9DQABAgMEBQYHEBESExQVFhcgCCAK/Q0ICQoLDA0ODxgZGhscHR4f/eQB/QsE" +
    "ACAEQRBqIQQgBkEQaiECIAIgA0kNAAsLkwEAIAAgAf0NAAECAxAREhMEBQYHFBUWFyAAIAH9DQgJCgsYGRobDA0ODxwdHh/9rgEhACACIAP9DQAB" +
    "AgMQERITBAUGBxQVFhcgAiAD/Q0ICQoLGBkaGwwNDg8cHR4f/a4BIQIgACAC/Q0AAQIDBAUGBxAREhMUFRYXIAAgAv0NCAkKCwwNDg8YGRobHB0e" +
    "H/2uAQvZAgICfwt7A0D9DAAAAAAAAAAAAAAAAAAAAAAhDCAMIQ0gDCEOIAwhDyAMIRAgDCERIAwhEiAMIRNBACEHA0AgACAHav0ABAAhCSABIAdq" +
    "/QAEACEKIAMgB2ohCCAI/QAEACELIAwgCSAL/boB/a4BIQwgECAKIAv9ugH9rgEhECAIIAJqIQggCP0ABAAhCyANIAkgC/26Af2uASENIBEgCiAL" +
    "/boB/a4BIREgCCACaiEIIAj9AAQAIQsgDiAJIAv9ugH9rgEhDiASIAogC/26Af2uASESIAggAmohCCAI/QAEACELIA8gCSAL/boB/a4BIQ8gEyAK" +
    "IAv9ugH9rgEhEyAHQRBqIQcgByACSQ0ACyAGIAX9EyAMIA0gDiAPEAH9+gFDAACAOf0TIBAgESASIBMQAf36Af3mAf3kAf3mAf0LBAAgBkEQaiEG" +
    "IAhBEGohAyADIARJDQALCw==",
  "base64",
);

/**
 * Addresses and lengths are bytes in the memory. Works on four rows at once, at least four: what lies up to three rows
 * after `end` is read, and as many products are written.
 *
 * @param rowBytes a multiple of 16, above 0
 * @param row address of the first row
 * @param end address after the last row
 * @param out receives one float per row
 */
type MultiplyInMemory = (vector: number, rowBytes: number, row: number, end: number, out: number) => void;

/**
 * The same on rows of 16-bit integers.
 *
 * @param high the vector's larger part, and `low` 4,096 times what is left of it, as 16-bit integers
 * @param scale what the products are multiplied with at the end
 */
type MultiplyUnitsInMemory = (
  high: number,
  low: number,
  rowBytes: number,
  row: number,
  end: number,
  scale: number,
  out: number,
) => void;

interface Memory {
  /** Another one after growing. */
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}

/** What is used of WebAssembly; TypeScript knows it with the types of browsers only. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object, imports: { matrix: { memory: Memory } }) => { readonly exports: Products };
  readonly Memory: new (pages: { initial: number; maximum: number }) => Memory;
};

export const pageBytes = 65_536;
/** One less than addresses reach, so that the end of the last row is an address, too. */
const pagesMax = 65_535;

interface Products {
  readonly multiply: MultiplyInMemory;
  readonly multiplyUnits: MultiplyUnitsInMemory;
}

export interface SimdMemory extends Products {
  readonly memory: Memory;
}

/** A memory with the multiplications on it, or undefined where WebAssembly, its SIMD or the memory cannot be had. */
export function simdMemory(pages: number): SimdMemory | undefined {
  try {
    compiled ??= new WebAssembly.Module(bytes);
    const memory = new WebAssembly.Memory({ initial: pages, maximum: pagesMax });
    const { multiply, multiplyUnits } = new WebAssembly.Instance(compiled, { matrix: { memory } }).exports;
    return { memory, multiply, multiplyUnits };
  } catch {
    return undefined;
  }
}

let compiled: object | undefined;

/** Makes the memory at least so many pages large, and at least twice what it was; whether they could be had. */
export function grownTo(memory: Memory, needed: number): boolean {
  const pages = memory.buffer.byteLength / pageBytes;
  if (needed > pagesMax) return false;
  try {
    memory.grow(Math.min(Math.max(needed, 2 * pages), pagesMax) - pages);
    return true;
  } catch {
    return false;
  }
}
