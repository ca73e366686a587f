import { join } from "node:path";
import { expect, test } from "vitest";
import { folderWith } from "../testing/folder.ts";
import { certaintyToImport, guessMapping } from "./guess.ts";

const guess = (name: string, content: string) => guessMapping(join(folderWith({ [name]: content }), name));

test("ratings are recognised by their names and values", async () => {
  const found = await guess("r.csv", "userId,movieId,rating,timestamp\n1,31,2.5,1260759144\n1,32,4,1260759145\n");
  expect(found.events).toEqual({
    user: "userId",
    type: { constant: "rating" },
    item: "movieId",
    value: "rating",
    time: "timestamp",
  });
  expect(found.certainty).toBeGreaterThan(certaintyToImport);
});

test("a shop's receipts are recognised as purchases with baskets", async () => {
  const found = await guess(
    "orders.csv",
    "household_id,store_id,basket_id,product_id,sales_value,transaction_timestamp\n" +
      "2261,309,31625220889,940996,3.86,2017-01-28T19:06:53Z\n2131,368,32053127496,873902,1.59,2017-03-01T03:31:57Z\n",
  );
  expect(found.events).toEqual({
    user: "household_id",
    type: { constant: "purchase" },
    item: "product_id",
    value: "sales_value",
    time: "transaction_timestamp",
    session: "basket_id",
  });
  expect(found.certainty).toBeGreaterThan(certaintyToImport);
});

test("a click log in JSON Lines has its types in a column", async () => {
  const found = await guess("clicks.jsonl", '{"visitor":"a","event":"view","sku":"x1","ts":1700000000000}\n');
  expect(found.events).toMatchObject({ user: "visitor", type: "event", item: "sku", time: "ts" });
});

test("a catalogue's categories are one path from the broadest level, or a list in one column", async () => {
  const levels = await guess(
    "products.csv",
    "product_id,name,category,department,price\n1,Ice,Frozen,Grocery,2\n2,Peas,Frozen,Grocery,3\n3,Corn,Canned,Grocery,3\n",
  );
  expect(levels.items).toEqual({
    id: "product_id",
    title: "name",
    categories: ["department", "category"],
    attributes: ["price"],
  });
  const list = await guess("movies.csv", "movieId,title,genres\n1,Heat,Action|Crime\n2,Up,Animation\n");
  expect(list.items?.categories).toEqual({ column: "genres", separator: "|" });
  const paths = await guess("items.csv", "sku,title,category\n1,Pan,Home > Kitchen\n2,Pot,Home > Kitchen\n");
  expect(paths.items?.categories).toEqual({ column: "category", levels: " > " });
});

test("a column is not taken for a time when its values are none", async () => {
  const found = guess("t.csv", "user,item,time\na,x,morning\nb,y,evening\n");
  await expect(found).rejects.toMatchObject({ code: "PENCHANT_E_IMPORT_COLUMNS" });
});

test("a table of nothing that we know, and one without rows, are refused with the reason", async () => {
  await expect(guess("a.csv", "x,y\n1,2\n")).rejects.toMatchObject({
    code: "PENCHANT_E_IMPORT_COLUMNS",
    message: expect.stringContaining("found x, y"),
  });
  await expect(guess("b.csv", "user,item,time\n")).rejects.toMatchObject({ code: "PENCHANT_E_IMPORT_SOURCE" });
});
