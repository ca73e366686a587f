import { expect, it } from "vitest";
import { itemTerms, itemText } from "./item-text.ts";

const heat = {
  id: "m1",
  title: "Heat",
  text: "A heist in Los Angeles",
  categories: [["Film", "Crime"], ["犯罪"]],
  attributes: { year: 1995, director: "Michael Mann", cast: ["Al Pacino", 5], rating: 8.3, plot: "x".repeat(61) },
};

it("the text of an item is all that it says of itself, its year as a decade", () => {
  expect(itemText(heat).split("\n")).toEqual([
    "Heat",
    "A heist in Los Angeles",
    "Film",
    "Crime",
    "犯罪",
    "1990s",
    "Michael Mann",
    "Al Pacino",
  ]);
});

it("its terms are the names of its narrowest categories, its attributes, its text and last its title", () => {
  const terms = itemTerms(heat);
  expect(terms.slice(0, 5)).toEqual(["Crime", "犯罪", "1990s", "Michael Mann", "Al Pacino"]);
  expect(terms).toContain("heist");
  expect(terms.at(-1)).toBe("heat");
});

it("an item with a title only has that", () => {
  expect(itemText({ id: "m2", title: "Ronin" }).trim()).toBe("Ronin");
  expect(itemTerms({ id: "m2", title: "Ronin" })).toEqual(["ronin"]);
});
