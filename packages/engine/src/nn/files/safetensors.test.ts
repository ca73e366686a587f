import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { readSafetensors, type StoredTensor, writeSafetensors } from "./safetensors.ts";

const folder = mkdtempSync(join(tmpdir(), "penchant-safetensors-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** What `fixtures/make.py` gave to the reference implementation. */
const contents = {
  tensors: new Map<string, StoredTensor>([
    ["moments", { shape: [2], values: new Float64Array([1e-300, -2.5]) }],
    ["step", { shape: [], values: new BigInt64Array([7n]) }],
    ["nothing", { shape: [0, 3], values: new Float32Array(0) }],
    ["weights", { shape: [2, 3], values: new Float32Array([0, 0.25, 0.5, 0.75, 1, 1.25]) }],
    ["rows", { shape: [3], values: new Int32Array([-1, 2, 3]) }],
    ["mask", { shape: [3], values: new Uint8Array([0, 1, 255]) }],
  ]),
  metadata: { format: "pt", model: "sasrec" },
};
const sorted = (tensors: ReadonlyMap<string, StoredTensor>) => [...tensors].sort(([a], [b]) => (a < b ? -1 : 1));

describe("safetensors", () => {
  test("reads what the reference implementation wrote", async () => {
    const read = await readSafetensors(join(import.meta.dirname, "../fixtures/reference.safetensors"));
    expect(sorted(read.tensors)).toEqual(sorted(contents.tensors));
    expect(read.metadata).toEqual(contents.metadata);
  });

  test("writes the numbers as the reference implementation does, byte by byte", async () => {
    const path = join(folder, "written.safetensors");
    await writeSafetensors(path, contents);
    const reference = readFileSync(join(import.meta.dirname, "../fixtures/reference.safetensors"));
    const dataOf = (file: Buffer) => file.subarray(8 + Number(file.readBigUInt64LE(0)));
    expect(dataOf(readFileSync(path)).equals(dataOf(reference))).toBe(true);
    const read = await readSafetensors(path);
    expect(sorted(read.tensors)).toEqual(sorted(contents.tensors));
    expect(read.metadata).toEqual(contents.metadata);
    expect(Number(readFileSync(path).readBigUInt64LE(0)) % 8).toBe(0);
  });

  test("replaces a file in one step and leaves nothing beside it", async () => {
    const path = join(folder, "replaced.safetensors");
    await writeSafetensors(path, contents);
    await writeSafetensors(path, { tensors: new Map(), metadata: { second: "yes" } });
    expect(await readSafetensors(path)).toEqual({ tensors: new Map(), metadata: { second: "yes" } });
    expect(readdirSync(folder).filter((name) => name.startsWith("replaced"))).toEqual(["replaced.safetensors"]);
  });

  test("does not write a shape that its numbers do not fill", async () => {
    const tensors = new Map([["w", { shape: [2, 2], values: new Float32Array(3) }]]);
    await expect(writeSafetensors(join(folder, "wrong"), { tensors, metadata: {} })).rejects.toThrow(RangeError);
  });
});

describe("a damaged file is refused by name:", () => {
  const file = (header: string, data = 0, length = BigInt(Buffer.byteLength(header))) => {
    const head = Buffer.alloc(8);
    head.writeBigUInt64LE(length);
    return Buffer.concat([head, Buffer.from(header), Buffer.alloc(data)]);
  };
  const entry = (told: object) => file(JSON.stringify({ w: told }), 8);
  const good = { dtype: "F32", shape: [2], data_offsets: [0, 8] };

  test.each<[string, Buffer, string]>([
    ["too short", Buffer.alloc(3), "it has 3 bytes, too few for a header"],
    ["a header longer than the limit", file("{}", 0, 1n << 40n), "at most 100000000 are read"],
    ["a header longer than the file", file("{}", 0, 99n), "its header claims 99 bytes and 2 are there"],
    ["no JSON", file("{ w"), "its header is not JSON"],
    ["no object", file("[1]"), "its header is not an object"],
    ["metadata that are no strings", file('{"__metadata__":{"a":1}}'), "its metadata are not strings"],
    ["an unknown type", entry({ ...good, dtype: "F8_E4M3" }), 'tensor "w" has type "F8_E4M3"; I64, F64, '],
    ["a negative length", entry({ ...good, shape: [-2] }), 'the shape of tensor "w" is not a list of lengths'],
    ["offsets that do not fit the shape", entry({ ...good, shape: [3] }), "needs 12 bytes and has 8"],
    ["an astronomical shape", entry({ ...good, shape: [1e15, 1e15] }), "bytes and has 8"],
    ["a hole", entry({ ...good, shape: [1], data_offsets: [4, 8] }), "starts at byte 4 of the data instead of 0"],
    ["bytes that nobody claims", file(JSON.stringify({ w: good }), 9), "its tensors take 8 bytes and 9 are there"],
    ["an end cut off", file(JSON.stringify({ w: good }), 7), "its tensors take 8 bytes and 7 are there"],
  ])("%s", async (name, bytes, problem) => {
    const path = join(folder, `${name.replaceAll(" ", "-")}.safetensors`);
    writeFileSync(path, bytes);
    await expect(readSafetensors(path)).rejects.toMatchObject({
      code: "PENCHANT_E_NN_CHECKPOINT",
      message: expect.stringContaining(`${path}: expected a safetensors file, but `),
    });
    await expect(readSafetensors(path)).rejects.toThrow(problem);
  });

  test("none at all", async () => {
    await expect(readSafetensors(join(folder, "missing"))).rejects.toMatchObject({ code: "PENCHANT_E_NN_CHECKPOINT" });
  });
});
