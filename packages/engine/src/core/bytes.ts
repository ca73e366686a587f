/** Compact binary writing and reading: variable-length integers (LEB128), doubles, short strings. */
import { PenchantError } from "../base/errors.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Of strings whose length is one byte. */
const shortLengthMax = 127;
const asciiMax = 127;

export class ByteWriter {
  #bytes = new Uint8Array(1024);
  #view = new DataView(this.#bytes.buffer);
  #length = 0;

  /** A whole number from 0 to 2^53. */
  integer(value: number): void {
    this.#reserve(8);
    const bytes = this.#bytes;
    let length = this.#length;
    while (value >= 2 ** 31) {
      bytes[length++] = (value % 128) + 128;
      value = Math.floor(value / 128);
    }
    // What fits into 31 bits, as nearly everything does, goes by shifts.
    let rest = value | 0;
    while (rest >= 128) {
      bytes[length++] = (rest & 127) | 128;
      rest >>>= 7;
    }
    bytes[length++] = rest;
    this.#length = length;
  }

  double(value: number): void {
    this.#reserve(8);
    this.#view.setFloat64(this.#length, value, true);
    this.#length += 8;
  }

  string(value: string): void {
    if (value.length <= shortLengthMax && this.#writeShortAscii(value)) return;
    const encoded = encoder.encode(value);
    this.integer(encoded.length);
    this.#reserve(encoded.length);
    this.#bytes.set(encoded, this.#length);
    this.#length += encoded.length;
  }

  /** Names are mostly short and plain: for those, calling the encoder takes longer than all the rest. */
  #writeShortAscii(value: string): boolean {
    this.#reserve(1 + shortLengthMax);
    const start = this.#length + 1;
    for (let index = 0; index < value.length; index++) {
      const code = value.charCodeAt(index);
      if (code > asciiMax) return false;
      this.#bytes[start + index] = code;
    }
    this.#bytes[start - 1] = value.length;
    this.#length = start + value.length;
    return true;
  }

  /** What was written; the writer then begins anew, in the same room. */
  finish(): Uint8Array {
    const written = this.#bytes.slice(0, this.#length);
    this.#length = 0;
    return written;
  }

  #reserve(count: number): void {
    if (this.#length + count <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(this.#bytes.length * 2, this.#length + count));
    grown.set(this.#bytes);
    this.#bytes = grown;
    this.#view = new DataView(grown.buffer);
  }
}

/** Reads what `ByteWriter` wrote. Throws PENCHANT_E_STATE_VERSION when the bytes end too soon. */
export class ByteReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #offset = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  integer(): number {
    const bytes = this.#bytes;
    let offset = this.#offset;
    let value = 0;
    let scale = 1;
    while (offset < bytes.length) {
      const byte = bytes[offset++];
      value += (byte & 127) * scale;
      if (byte < 128) {
        this.#offset = offset;
        return value;
      }
      scale *= 128;
    }
    return this.#endsTooSoon();
  }

  /** A number of things that follow, each of at least a byte: never more than bytes are left. */
  count(): number {
    const count = this.integer();
    if (this.#offset + count > this.#bytes.length) this.#endsTooSoon();
    return count;
  }

  double(): number {
    return this.#view.getFloat64(this.#take(8), true);
  }

  string(): string {
    const length = this.integer();
    const start = this.#take(length);
    const bytes = this.#bytes.subarray(start, start + length);
    if (length > shortLengthMax) return decoder.decode(bytes);
    let bits = 0;
    for (let index = 0; index < length; index++) bits |= bytes[index];
    if (bits > asciiMax) return decoder.decode(bytes);
    // Spreading would take four times as long: arguments may be any array-like.
    return String.fromCharCode.apply(undefined, bytes as ArrayLike<number> as number[]);
  }

  #take(count: number): number {
    const start = this.#offset;
    if (start + count > this.#bytes.length) this.#endsTooSoon();
    this.#offset += count;
    return start;
  }

  #endsTooSoon(): never {
    throw new PenchantError(
      "PENCHANT_E_STATE_VERSION",
      `A stored value ends after ${this.#bytes.length} bytes in the middle of a field; run "penchant rebuild".`,
    );
  }
}
