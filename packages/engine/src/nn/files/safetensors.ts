/**
 * Named tensors in a file, in the format of huggingface/safetensors, which every framework reads: eight bytes with the
 * header's length (little-endian), the header as JSON, padded with spaces to a multiple of eight, then the numbers.
 *
 *     { "weight": { "dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24] }, "__metadata__": { "model": "sasrec" } }
 *
 * Reading trusts nothing: lengths, types, shapes and offsets are checked before memory is asked for, and the tensors must
 * cover the data without holes or overlaps. Numbers are stored little-endian, as all machines that Node runs on have them.
 */
import type { FileHandle } from "node:fs/promises";
import { PenchantError } from "../../base/errors.ts";
import { sizeOf, type Values } from "../tensor.ts";
import { withFile, writeAtomically } from "./atomic.ts";

export interface StoredTensor {
  readonly shape: readonly number[];
  /** Row-major; bytes are stored as `U8`. */
  readonly values: Values;
}

export interface TensorFile {
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  readonly metadata: Readonly<Record<string, string>>;
}

/** The reference implementation's own limit. */
const headerBytesMax = 100_000_000;
const axesMax = 16;
/** One read or write of the operating system moves less than 2 GiB. */
const chunkBytes = 1 << 30;

/** In the order in which the reference implementation stores them: the widest first, so that each tensor lies aligned. */
const types = [
  { dtype: "I64", array: BigInt64Array },
  { dtype: "F64", array: Float64Array },
  { dtype: "F32", array: Float32Array },
  { dtype: "U32", array: Uint32Array },
  { dtype: "I32", array: Int32Array },
  { dtype: "U8", array: Uint8Array },
] as const;

interface Entry {
  readonly name: string;
  readonly array: (typeof types)[number]["array"];
  readonly shape: readonly number[];
  readonly start: number;
  readonly end: number;
}

/** Writes the file, or replaces it in one step. */
export async function writeSafetensors(path: string, { tensors, metadata }: TensorFile): Promise<void> {
  const rank = ({ values }: StoredTensor) => types.findIndex(({ array }) => values instanceof array);
  const ordered = [...tensors].sort(([a, one], [b, other]) => rank(one) - rank(other) || (a < b ? -1 : 1));
  const header: Record<string, unknown> = Object.create(null);
  header.__metadata__ = metadata;
  let offset = 0;
  for (const [name, tensor] of ordered) {
    if (name === "__metadata__" || sizeOf(tensor.shape) !== tensor.values.length) {
      throw new RangeError(
        `tensor "${name}" of shape [${tensor.shape.join(", ")}] has ${tensor.values.length} numbers`,
      );
    }
    const end = offset + tensor.values.byteLength;
    header[name] = { dtype: types[rank(tensor)]?.dtype, shape: tensor.shape, data_offsets: [offset, end] };
    offset = end;
  }
  const json = new TextEncoder().encode(JSON.stringify(header));
  const head = new Uint8Array(8 + Math.ceil(json.length / 8) * 8).fill(0x20);
  new DataView(head.buffer).setBigUint64(0, BigInt(head.length - 8), true);
  head.set(json, 8);
  await writeAtomically(path, [head, ...ordered.flatMap(([, { values }]) => bytesOf(values))]);
}

/** Reads all tensors. Throws PENCHANT_E_NN_CHECKPOINT, naming the file and what is wrong with it. */
export async function readSafetensors(path: string): Promise<TensorFile> {
  const damaged = (problem: string, cause?: unknown) =>
    new PenchantError("PENCHANT_E_NN_CHECKPOINT", `${path}: expected a safetensors file, but ${problem}.`, {
      details: { path },
      cause,
    });
  try {
    return await withFile(path, "r", async (file) => {
      const { size } = await file.stat();
      if (size < 8) throw damaged(`it has ${size} bytes, too few for a header`);
      const lengthBytes = await readInto(file, new Uint8Array(8), 0);
      const length = Number(new DataView(lengthBytes.buffer).getBigUint64(0, true));
      if (length > headerBytesMax)
        throw damaged(`its header claims ${length} bytes; at most ${headerBytesMax} are read`);
      if (length > size - 8) throw damaged(`its header claims ${length} bytes and ${size - 8} are there`);
      const headerBytes = await readInto(file, new Uint8Array(length), 8);
      const parsed = parseHeader(headerBytes, size - 8 - length);
      if (typeof parsed === "string") throw damaged(parsed);
      const tensors = new Map<string, StoredTensor>();
      for (const { name, array, shape, start } of parsed.entries) {
        const values = new array(sizeOf(shape));
        let position = 8 + length + start;
        for (const chunk of bytesOf(values)) {
          await readInto(file, chunk, position);
          position += chunk.length;
        }
        tensors.set(name, { shape, values });
      }
      return { tensors, metadata: parsed.metadata };
    });
  } catch (error) {
    if (PenchantError.isInstance(error)) throw error;
    throw damaged(`it cannot be read (${error instanceof Error ? error.message : String(error)})`, error);
  }
}

/** The header's entries in the file's order, or a sentence saying what is wrong. */
function parseHeader(
  bytes: Uint8Array,
  dataBytes: number,
): { entries: Entry[]; metadata: Record<string, string> } | string {
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    return "its header is not JSON";
  }
  if (!isRecord(header)) return "its header is not an object";
  const { __metadata__: metadata = {}, ...rest } = header;
  if (!isRecord(metadata) || !Object.values(metadata).every((value) => typeof value === "string")) {
    return "its metadata are not strings by name";
  }
  const entries: Entry[] = [];
  for (const [name, told] of Object.entries(rest)) {
    const entry = parseEntry(name, told);
    if (typeof entry === "string") return entry;
    entries.push(entry);
  }
  entries.sort((a, b) => a.start - b.start || a.end - b.end);
  let covered = 0;
  for (const { name, start, end } of entries) {
    if (start !== covered) return `tensor "${name}" starts at byte ${start} of the data instead of ${covered}`;
    covered = end;
  }
  if (covered !== dataBytes) return `its tensors take ${covered} bytes and ${dataBytes} are there`;
  return { entries, metadata: metadata as Record<string, string> };
}

function parseEntry(name: string, told: unknown): Entry | string {
  if (!isRecord(told)) return `the entry of tensor "${name}" is not an object`;
  const { dtype, shape, data_offsets: offsets } = told;
  const array = types.find((type) => type.dtype === dtype)?.array;
  if (array === undefined) {
    return `tensor "${name}" has type ${JSON.stringify(dtype)}; ${types.map((type) => type.dtype).join(", ")} are read`;
  }
  if (!isLengths(shape) || shape.length > axesMax) return `the shape of tensor "${name}" is not a list of lengths`;
  if (!isLengths(offsets) || offsets.length !== 2) return `the offsets of tensor "${name}" are not two positions`;
  const [start, end] = offsets as [number, number];
  const expected = sizeOf(shape) * array.BYTES_PER_ELEMENT;
  if (end - start !== expected) {
    return `tensor "${name}" of shape [${shape.join(", ")}] needs ${expected} bytes and has ${end - start}`;
  }
  return { name, array, shape, start, end };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isLengths(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((length) => Number.isSafeInteger(length) && length >= 0);
}

function bytesOf({ buffer, byteOffset, byteLength }: Values): Uint8Array[] {
  const chunks: Uint8Array[] = [];
  for (let done = 0; done < byteLength; done += chunkBytes) {
    chunks.push(new Uint8Array(buffer, byteOffset + done, Math.min(chunkBytes, byteLength - done)));
  }
  return chunks;
}

async function readInto<Bytes extends Uint8Array>(file: FileHandle, into: Bytes, position: number): Promise<Bytes> {
  let done = 0;
  while (done < into.length) {
    const { bytesRead } = await file.read(into, done, into.length - done, position + done);
    if (bytesRead === 0) throw new Error("it ends early");
    done += bytesRead;
  }
  return into;
}
