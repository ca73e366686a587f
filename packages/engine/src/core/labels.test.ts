import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { classKeywords, slug, uniqueLabels } from "./labels.ts";

const fixed = { seed: 1, numRuns: 100 };
const counts = (terms: Record<string, number>) => new Map(Object.entries(terms));
const keywords = (...terms: string[]) => terms.map((term) => ({ term }));

describe("classKeywords", () => {
  it("weighs a term by its share of the class and its rarity over all", () => {
    const [first, second] = classKeywords([counts({ space: 3, alien: 1 }), counts({ love: 2, space: 1, war: 1 })], {
      keywords: 5,
    });
    // Both classes have 4 words, so A = 4; "space" occurs 4 times in all.
    expect(first.map(({ term }) => term)).toEqual(["space", "alien"]);
    expect(first[0].score).toBeCloseTo((3 / 4) * Math.log(1 + 4 / 4), 12);
    expect(first[1].score).toBeCloseTo((1 / 4) * Math.log(1 + 4 / 1), 12);
    expect(second.map(({ term }) => term)).toEqual(["love", "war", "space"]);
    expect(second[0].score).toBeCloseTo((2 / 4) * Math.log(1 + 4 / 2), 12);
  });

  it("prefers what sets a class apart to what is frequent everywhere", () => {
    const [space, romance] = classKeywords([counts({ film: 10, robot: 8 }), counts({ film: 10, wedding: 8 })], {
      keywords: 1,
    });
    expect([space[0].term, romance[0].term]).toEqual(["robot", "wedding"]);
  });

  it("keeps out rare terms, unless a class has nothing else", () => {
    const classes = [counts({ robot: 5, oddity: 1 }), counts({ misc: 1 }), counts({})];
    const found = classKeywords(classes, { keywords: 5, supportMin: 2 });
    expect(found.map((list) => list.map(({ term }) => term))).toEqual([["robot"], ["misc"], []]);
  });

  it("does not depend on the order of the terms", () => {
    const terms = ["a", "b", "c", "d", "e"];
    fc.assert(
      fc.property(fc.shuffledSubarray(terms, { minLength: 5 }), (order) => {
        const inOrder = (list: readonly string[]) => [new Map(list.map((term) => [term, 2])), counts({ a: 1 })];
        expect(classKeywords(inOrder(order), { keywords: 3 })).toEqual(classKeywords(inOrder(terms), { keywords: 3 }));
      }),
      fixed,
    );
  });
});

describe("uniqueLabels", () => {
  it("gives no two classes the same words in another order", () => {
    const labels = uniqueLabels([keywords("comedy", "romance"), keywords("romance", "comedy", "paris")]);
    expect(labels).toEqual(["Comedy, Romance", "Romance, Paris"]);
  });

  it("writes the best two words as a person would", () => {
    expect(uniqueLabels([keywords("space", "alien", "robot"), keywords("film-noir", "élan")])).toEqual([
      "Space, Alien",
      "Film-Noir, Élan",
    ]);
    expect(uniqueLabels([keywords("足球", "世界杯")])).toEqual(["足球, 世界杯"]);
  });

  it("uses as many words as asked for, where there are so many", () => {
    const list = [keywords("space", "alien", "robot"), keywords("love")];
    expect(uniqueLabels(list, { words: 1 })).toEqual(["Space", "Love"]);
    expect(uniqueLabels(list, { words: 3 })).toEqual(["Space, Alien, Robot", "Love"]);
  });

  it("does not say the same word twice", () => {
    expect(uniqueLabels([keywords("alien", "aliens", "story", "stories", "robot")])).toEqual(["Alien, Story"]);
    expect(uniqueLabels([keywords("足球", "足球赛", "进球")])).toEqual(["足球, 进球"]);
    expect(uniqueLabels([keywords("man", "mandarin")])).toEqual(["Man, Mandarin"]);
    expect(uniqueLabels([keywords("comedy", "comet")])).toEqual(["Comedy, Comet"]);
  });

  it("gives way where a label is taken: next word, third word, number", () => {
    const same = keywords("space", "alien", "robot");
    expect(uniqueLabels([same, same, same, same])).toEqual([
      "Space, Alien",
      "Space, Robot",
      "Space, Alien, Robot",
      "Space, Alien 2",
    ]);
    expect(uniqueLabels([same], { taken: new Set(["space / alien"]) })).toEqual(["Space, Robot"]);
  });

  it("names a class without words by its place", () => {
    expect(uniqueLabels([keywords("love"), [], []])).toEqual(["Love", "Group 2", "Group 3"]);
    expect(uniqueLabels([[]], { taken: new Set(["Group 1"]) })).toEqual(["Group 2"]);
  });

  it("finds a free label for words so long that their slugs are cut", () => {
    const long = keywords("x".repeat(100));
    const labels = uniqueLabels([long, long, long]);
    expect(labels[0]).toBe(`X${"x".repeat(99)}`);
    expect(new Set(labels.map(slug)).size).toBe(3);
  });

  it("gives labels whose slugs are unique, whatever the keywords", () => {
    const term = fc.oneof(
      fc.string({ unit: "grapheme", maxLength: 6 }),
      fc.constantFrom("war", "wars", "c++", "c#", "."),
    );
    fc.assert(
      fc.property(fc.array(fc.array(term, { maxLength: 5 }), { maxLength: 8 }), (lists) => {
        const taken = new Set(["War", "Group 1"]);
        const labels = uniqueLabels(
          lists.map((terms) => keywords(...terms)),
          { taken },
        );
        expect(new Set([...labels, ...taken].map(slug)).size).toBe(labels.length + 2);
        for (const label of labels) expect(label).not.toBe("");
      }),
      fixed,
    );
  });
});

describe("slug", () => {
  it("keeps letters and digits of every script and joins them by hyphens", () => {
    expect(slug("Space, Alien")).toBe("space-alien");
    expect(slug("  Sci-Fi & Fantasy (1999) ")).toBe("sci-fi-fantasy-1999");
    expect(slug("Élan vital")).toBe("élan-vital");
    expect(slug("足球, 世界杯")).toBe("足球-世界杯");
    expect(slug("हिन्दी")).toBe("हिन्दी");
    expect(slug("ＡＢＣ.ts")).toBe("abc-ts");
  });

  it("is never empty, never too long, never holds a dot, and is its own slug", () => {
    expect(slug("...")).toBe("group");
    expect(Array.from(slug("文".repeat(500)))).toHaveLength(64);
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 100 }), (label) => {
        const made = slug(label);
        expect(made).toMatch(/^[\p{L}\p{M}\p{N}]+(-[\p{L}\p{M}\p{N}]+)*$/u);
        expect(Array.from(made).length).toBeLessThanOrEqual(64);
        expect(slug(made)).toBe(made);
      }),
      { seed: 1, numRuns: 300 },
    );
  });
});
