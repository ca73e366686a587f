import * as fc from "fast-check";
import { expect, it } from "vitest";
import { ByteReader, ByteWriter } from "./bytes.ts";

const anyField = fc.oneof(
  fc.record({ kind: fc.constant("integer" as const), value: fc.maxSafeNat() }),
  fc.record({ kind: fc.constant("integer" as const), value: fc.nat(300) }),
  fc.record({ kind: fc.constant("double" as const), value: fc.double() }),
  fc.record({ kind: fc.constant("string" as const), value: fc.string({ unit: "binary", maxLength: 3_000 }) }),
);

it("reads back what was written, in order and to the bit", () => {
  fc.assert(
    fc.property(fc.array(anyField, { maxLength: 200 }), (fields) => {
      const out = new ByteWriter();
      for (const { kind, value } of fields) {
        if (kind === "integer") out.integer(value);
        else if (kind === "double") out.double(value);
        else out.string(value);
      }
      const input = new ByteReader(out.finish());
      for (const { kind, value } of fields) expect(input[kind]()).toBe(value);
    }),
    { seed: 1, numRuns: 100 },
  );
});

it("takes a byte for every seven bits of an integer", () => {
  for (const [value, length] of [
    [0, 1],
    [127, 1],
    [128, 2],
    [16_383, 2],
    [16_384, 3],
    [Number.MAX_SAFE_INTEGER, 8],
  ]) {
    const out = new ByteWriter();
    out.integer(value);
    expect(out.finish()).toHaveLength(length);
  }
});

it("refuses to read on after the end", () => {
  const out = new ByteWriter();
  out.string("words");
  const bytes = out.finish();
  expect(() => new ByteReader(bytes.subarray(0, 3)).string()).toThrow(
    expect.objectContaining({ code: "PENCHANT_E_STATE_VERSION" }),
  );
  expect(() => new ByteReader(bytes.subarray(0, 0)).integer()).toThrow("ends after 0 bytes");
  expect(() => new ByteReader(bytes).double()).toThrow("in the middle of a field");
});
