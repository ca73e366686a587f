import { expect, test } from "vitest";
import { gradients } from "../gradients.ts";
import { sum } from "../operations/broadcasting.ts";
import { mul } from "../operations/elementwise.ts";
import { compile } from "../session.ts";
import { input } from "../tensor.ts";
import { numbers } from "../test-gradients.ts";
import { sparseEmbedding, uniqueRows } from "./embedding.ts";

test("unique rows come once each, with the place of every index among them", () => {
  expect(uniqueRows(Int32Array.of(9, 4, 9, 7, 4), 4)).toEqual({
    rows: Int32Array.of(9, 4, 7),
    positions: Int32Array.of(0, 1, 0, 2, 1),
  });
});

test("a batch that needs more rows than the graph takes is refused", () => {
  expect(() => uniqueRows(Int32Array.of(1, 2, 3), 2)).toThrow(
    "needs 3 different rows of an embedding that takes at most 2",
  );
});

test("a sparse embedding gives gradients for the fed rows, summed over their uses", async () => {
  const items = sparseEmbedding("items", { capacity: 3, width: 2 });
  const looked = items(input("positions", [3], "int32"));
  const session = await compile({ looked, slope: gradients(sum(mul(looked, looked)), [items.rows])[0] });
  const { rows, positions } = uniqueRows(Int32Array.of(8, 5, 8), 3);
  const table = new Map([
    [8, [1, 2]],
    [5, [3, 4]],
  ]);
  const fed = new Float32Array(6);
  rows.forEach((row, at) => {
    fed.set(table.get(row) ?? [], 2 * at);
  });
  const results = await session.run({ "items.rows": fed, positions });
  expect(numbers(results.looked)).toEqual([1, 2, 3, 4, 1, 2]);
  expect(numbers(results.slope)).toEqual([4, 8, 6, 8, 0, 0]);
  await session.close();
});
