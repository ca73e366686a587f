import { expect, test } from "vitest";
import { guessReading, lackingIn, rowOf } from "./columns.ts";

test("columns are guessed from names as they come", () => {
  expect(guessReading(["userId", "movieId", "rating", "timestamp"])).toEqual({
    kind: "events",
    columns: ["user", "item", "value", "time"],
    type: "rating",
  });
  expect(guessReading(["Customer ID", "SKU", "Event Type", "Date", "Colour"])).toMatchObject({
    columns: ["user", "item", "type", "time", ""],
    type: "view",
  });
  expect(guessReading(["product_id", "Title", "genres"])).toMatchObject({
    kind: "items",
    columns: ["id", "title", "categories"],
  });
  expect(lackingIn(guessReading(["user", "item"]))).toEqual(["time"]);
  expect(guessReading(["用户", "商品", "评分", "时间"]).columns).toEqual(["user", "item", "value", "time"]);
});

const ratings = guessReading(["userId", "movieId", "rating", "timestamp"]);

test("a row becomes an event whose id names file and line", () => {
  expect(rowOf(["1", "31", "2.5", "1260759144"], ratings, "ratings.csv", 2)).toEqual({
    event: { id: "csv:2:ratings.csv", user: "1", item: "31", type: "rating", value: 2.5, time: 1_260_759_144_000 },
  });
});

test("moments are read as seconds, milliseconds or dates, and dates without a zone are in UTC", () => {
  const timeOf = (text: string) => {
    const row = rowOf(["1", "", "", text], ratings, "f", 2);
    return "event" in row ? row.event.time : row;
  };
  const noon = Date.UTC(2026, 4, 1, 12);
  expect(timeOf(String(noon))).toBe(noon);
  expect(timeOf(String(noon / 1_000))).toBe(noon);
  expect(timeOf("2026-05-01 12:00")).toBe(noon);
  expect(timeOf("2026-05-01T14:00:00+02:00")).toBe(noon);
  expect(timeOf("2026-05-01")).toBe(Date.UTC(2026, 4, 1));
  expect(timeOf("yesterday")).toEqual({ problem: "time" });
});

test("a row that means nothing says which of its cells is to blame", () => {
  expect(rowOf(["", "31", "2", "1260759144"], ratings, "f", 2)).toEqual({ problem: "user" });
  expect(rowOf(["1", "31", "good", "1260759144"], ratings, "f", 2)).toEqual({ problem: "value" });
  expect(rowOf(["1"], ratings, "f", 2)).toEqual({ problem: "time" });
});

test("items have their categories as paths", () => {
  const reading = guessReading(["id", "title", "genres"]);
  expect(rowOf(["m1", "Heat", "Film > Crime | Drama"], reading, "f", 2)).toEqual({
    item: { id: "m1", title: "Heat", categories: [["Film", "Crime"], ["Drama"]] },
  });
  expect(rowOf(["m1", " ", ""], reading, "f", 2)).toEqual({ problem: "title" });
});
