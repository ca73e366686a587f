import { expect, test } from "vitest";
import { gradients } from "../gradients.ts";
import { reshape, sum } from "../operations/broadcasting.ts";
import { mul, neg, tanh } from "../operations/elementwise.ts";
import { logSoftmax } from "../operations/fused.ts";
import { gather, gatherAlong } from "../operations/indexing.ts";
import { matmul } from "../operations/linear-algebra.ts";
import { compile } from "../session.ts";
import { input } from "../tensor.ts";
import { lossInChunks } from "./chunks.ts";

test.each([1, 2, 6])("a loss in %i chunks has the value and the gradients that it has in one piece", async (chunks) => {
  const [rows, width, items] = [6, 3, 5];
  const table = input("table", [items, width]);
  const keys = input("keys", [rows], "int32");
  const targets = reshape(input("targets", [rows], "int32"), [rows, 1]);
  // The rows come from the table as well: what goes back to it by them must count once.
  const vectors = tanh(gather(table, keys));
  const lossOf = (own: { vectors: typeof table; targets: typeof table; table: typeof table }) =>
    sum(mul(neg(gatherAlong(logSoftmax(matmul(own.vectors, own.table, { transposeB: true })), own.targets)), 0.5));
  const whole = lossOf({ vectors, targets, table });
  const inChunks = lossInChunks({ cut: { vectors }, beside: { targets }, whole: { table }, chunks, loss: lossOf });
  const outputs = {
    whole,
    inChunks,
    ofWhole: gradients(whole, [table])[0],
    ofChunks: gradients(inChunks, [table])[0],
  };
  const session = await compile(outputs, { threads: 1 });
  const values = await session.run({
    table: Float32Array.from({ length: items * width }, (_, at) => Math.sin(at)),
    keys: Int32Array.of(0, 1, 2, 3, 4, 0),
    targets: Int32Array.of(4, 3, 2, 1, 0, 0),
  });
  expect(values.inChunks[0]).toBeCloseTo(Number(values.whole[0]), 5);
  for (const [at, gradient] of values.ofWhole.entries()) expect(values.ofChunks[at]).toBeCloseTo(Number(gradient), 5);
  await session.close();
});
