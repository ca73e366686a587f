import { expect, it } from "vitest";
import { Encoder } from "./encoder.ts";

it("items that are put do not wait for an embedder that takes long to open", async () => {
  const errors: unknown[] = [];
  const encoder = new Encoder({
    settings: [{ kind: "use-lite" }],
    open: (_, signal) =>
      new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(signal.reason))),
    cache: () => ({ get: () => new Map(), put: () => {}, close: () => {} }),
    onError: (error) => errors.push(error),
    servingTimeoutMs: 20,
  });
  const [found] = await encoder.serve([{ id: "new", title: "rook endgame" }], ["another model"]);
  expect([...found]).toEqual([]);
  expect(errors).toEqual([expect.objectContaining({ name: "TimeoutError" })]);
  await encoder.close();
});
