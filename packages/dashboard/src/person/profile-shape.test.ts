import { expect, test } from "vitest";
import { interest, profile } from "../test-profiles.ts";
import { findInterest, gistOf, slicesOf } from "./profile-shape.ts";

const film = interest("film", 0.6, { children: [interest("crime", 0.5), interest("space", 0.25)] });

test("an interest's share of the whole is the product of the strengths above it", () => {
  const found = findInterest(profile(interest("music", 0.4), film), "space");
  expect(found?.share).toBeCloseTo(0.15, 12);
  expect(found?.path.map((node) => node.interest.id)).toEqual(["film", "space"]);
  expect(findInterest(profile(film), "opera")).toBeUndefined();
});

test("slices are shares of the whole, and what is too thin is left out with all below it", () => {
  const [slice, ...others] = slicesOf(
    profile(film, interest("opera", 0.01, { children: [interest("verdi", 1)] })),
    0.02,
  );
  expect(others).toEqual([]);
  expect(slice).toMatchObject({ id: "film", value: 0.6 });
  expect(slice.children.map(({ id, value }) => [id, value])).toEqual([
    ["crime", 0.3],
    ["space", 0.15],
  ]);
});

test("of a tree with thousands of interests the largest 300 are drawn", () => {
  const many = Array.from({ length: 3_000 }, (_, index) => interest(`i${index}`, (3_000 - index) / 4_501_500));
  const slices = slicesOf(profile(...many), 0);
  expect(slices).toHaveLength(300);
  expect(slices.at(-1)?.id).toBe("i299");
});

test("the sentence names what is strong, what rises and what fades, and nobody asleep", () => {
  const gist = gistOf(
    profile(
      interest("sleep", 0.4, { phase: "dormant" }),
      interest("drama", 0.3),
      interest("crime", 0.2, { trend: 2 }),
      interest("opera", 0.05, { phase: "emerging" }),
      interest("comedy", 0.04, { phase: "fading" }),
      interest("dust", 0.01, { phase: "emerging" }),
    ),
  );
  expect(gist).toEqual({ most: ["DRAMA", "CRIME"], rising: ["CRIME", "OPERA"], fading: ["COMEDY"] });
  expect(gistOf(profile())).toEqual({ most: [], rising: [], fading: [] });
});
