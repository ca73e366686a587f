import { expect, test } from "vitest";
import { InterestTree } from "../core/tree.ts";
import { namedInterest } from "./named-interest.ts";

const tree = new InterestTree(1, 2);
const add = (parent: number, label: string, keywords: string[] = []) =>
  tree.add({ parent, kind: "category", label, keywords }).index;
const film = add(0, "Film");
const crime = add(film, "Crime");
add(crime, "1990s, Heist", ["heist", "robbery"]);
add(film, "Comedies");
const book = add(0, "Book");
add(book, "Crime");
add(0, "恐怖");
add(0, "Football");
tree.nodes[crime].itemCount = 10;

test.each([
  ["horror", undefined],
  ["crime", "film.crime"],
  ["crime films", "film.crime"],
  ["Crime books", "book.crime"],
  ["comedy", "film.comedies"],
  ["heist films", "film.crime.1990s-heist"],
  ["robberies", "film.crime.1990s-heist"],
  // Says more than the interest does.
  ["crime films with dogs", undefined],
  ["violent football", undefined],
  ["films", "film"],
  ["the films", "film"],
  ["恐怖片", "恐怖"],
  ["", undefined],
  ["!!!", undefined],
])("%j names %s", (words, id) => expect(namedInterest(tree, words)?.id).toBe(id));

test("a provisional interest is named by nobody", () => {
  const other = new InterestTree(1, 2);
  other.add({ parent: 0, kind: "provisional", label: "New and different" });
  expect(namedInterest(other, "new and different")).toBeUndefined();
});
