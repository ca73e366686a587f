import { expect, it } from "vitest";
import type { Item } from "../../core/item.ts";
import { dataOf, fitOn, scoresFor } from "../test-data.ts";
import { content } from "./content.ts";
import { hybrid } from "./hybrid.ts";
import { termMatrix } from "./terms.ts";

const items: Item[] = [
  { id: "a", title: "Heat", categories: [["Film", "Crime"]] },
  { id: "b", title: "Heat wave", categories: [["Film", "Drama"]] },
  { id: "c", title: "Wave", categories: [["Music"]] },
  { id: "d", title: "Alone" },
];
const data = { ...dataOf([[0, 1], [0]], 4), items };

it("terms weigh by how rare they are, and rows have unit length", () => {
  const { offsets, values, columns } = termMatrix(items, 4);
  // "heat", "wave" and the category Film stand in two of four items; everything else in one, which is left out.
  expect(columns).toBe(3);
  const rows = [0, 1, 2, 3].map((item) => [...values.subarray(offsets[item], offsets[item + 1])]);
  expect(rows.map((row) => row.length)).toEqual([2, 3, 1, 0]);
  for (const row of rows) for (const weight of row) expect(weight).toBeCloseTo(1 / Math.sqrt(row.length), 6);
});

it("a term that an item has often weighs more, and one that all items have nothing", () => {
  const said = [
    { id: "a", title: "film heat heat" },
    { id: "b", title: "film heat tide" },
    { id: "c", title: "film tide" },
  ];
  const { offsets, values } = termMatrix(said, 3);
  const [all, heat] = values.subarray(offsets[0], offsets[1]);
  expect([all, heat]).toEqual([0, 1]);
  const second = [...values.subarray(offsets[1], offsets[2])].filter((weight) => weight > 0);
  for (const weight of second) expect(weight).toBeCloseTo(Math.SQRT1_2, 6);
});

it("content scores by the cosine with what was taken, the latest counting most", async () => {
  const fitted = await fitOn(content, data, { halfLifeItems: 1 });
  const one = scoresFor(fitted, [0]);
  const expected = [1, 2 / Math.sqrt(6), 0, 0];
  for (const [item, cosine] of expected.entries()) expect(one[item]).toBeCloseTo(cosine, 6);
  const two = scoresFor(fitted, [2, 0]);
  const [, wave] = [0, 1 / Math.sqrt(3)];
  expect(two[1]).toBeCloseTo(2 / Math.sqrt(6) + 0.5 * wave, 6);
});

it("content needs something known of the items", async () => {
  const refused = { code: "PENCHANT_E_MODEL_DATA" };
  await expect(fitOn(content, dataOf([[0]], 1))).rejects.toMatchObject(refused);
});

it("the hybrid scores a new item by its content alone, and a known one mostly by its neighbours", async () => {
  const fitted = await fitOn(hybrid, data, { share: 0.25, prior: 1, halfLifeItems: 1 });
  const scores = scoresFor(fitted, [0]);
  // To somebody with item 0: neighbours say 1 for item 1; content, scaled to item 0's own 1, says 2 / sqrt 6.
  const weight = 0.25 + 0.75 * (1 / (1 + 1));
  expect(scores[1]).toBeCloseTo(1 - weight + (weight * 2) / Math.sqrt(6), 6);
  const film = { ...data, items: items.with(3, { id: "d", title: "Heat", categories: [["Film"]] }) };
  const known = await fitOn(hybrid, film, { share: 0.25, prior: 1, halfLifeItems: 1 });
  const alone = scoresFor(await fitOn(content, film, { halfLifeItems: 1 }), [0]);
  expect(scoresFor(known, [0])[3]).toBeCloseTo(alone[3] / Math.max(...alone), 6);
});
