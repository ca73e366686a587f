import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { textLengthMax, tokenize } from "./tokenize.ts";

describe("tokenize", () => {
  it("gives lower-case words in order, repeats included, without punctuation", () => {
    expect(tokenize("Robots, robots & ROBOTS: Aliens!")).toEqual(["robots", "robots", "robots", "aliens"]);
  });

  it("unifies full-width letters and digits, ligatures and typographic marks", () => {
    expect(tokenize("ＲＯＢＯＴ ２００１ ﬁlm sci‐fi")).toEqual(["robot", "2001", "film", "sci-fi"]);
  });

  it("keeps years and drops shorter numbers", () => {
    expect(tokenize("Ocean's 11 (2001), 3.14, 1,000 and 12")).toEqual(["ocean", "2001", "1,000"]);
  });

  it("keeps compounds with a hyphen together, and dashes and ranges apart", () => {
    expect(tokenize("Spider-Man - sci-fi")).toEqual(["spider-man", "sci-fi"]);
    expect(tokenize("Catch-22 1939-1945 robot--alien")).toEqual(["catch-22", "1939", "1945", "robot", "alien"]);
  });

  it("takes off possessives and elided articles", () => {
    expect(tokenize("Rosemary’s baby")).toEqual(["rosemary", "baby"]);
    expect(tokenize("l'amour")).toEqual(["amour"]);
    expect(tokenize("dell'arte")).toEqual(["arte"]);
  });

  it("drops stop words of the language that the text has most of", () => {
    expect(tokenize("The lord of the flies")).toEqual(["lord", "flies"]);
    expect(tokenize("Das Leben der Affen und die Sterne")).toEqual(["leben", "affen", "sterne"]);
    expect(tokenize("Le château de ma mère et la mer")).toEqual(["château", "mère", "mer"]);
    expect(tokenize("El laberinto de los sueños y la luna")).toEqual(["laberinto", "sueños", "luna"]);
  });

  it("does not take a topic for a stop word of another language", () => {
    expect(tokenize("War Horse")).toEqual(["war", "horse"]);
    expect(tokenize("Die Hard")).toEqual(["die", "hard"]);
    expect(tokenize("The War of the Worlds")).toEqual(["war", "worlds"]);
    expect(tokenize("Computer on fire")).toEqual(["computer", "fire"]);
  });

  it("finds Chinese words without spaces and drops the particles", () => {
    expect(tokenize("红烧肉的做法和技巧")).toEqual(["红烧肉", "做法", "技巧"]);
    expect(tokenize("足球比赛")).toEqual(["足球比赛"]);
    expect(tokenize("梅西世界杯足球赛决赛 Highlights")).toEqual(["梅西", "世界杯", "足球赛", "决赛", "highlights"]);
  });

  it("makes pairs of characters that belong to no word that the dictionary knows", () => {
    expect(tokenize("梅西进球")).toContain("梅西");
    expect(tokenize("梅，西")).toEqual(["梅", "西"]); // the comma keeps them apart
  });

  it("finds words in other scripts", () => {
    expect(tokenize("Привет, мир!")).toEqual(["привет", "мир"]);
    expect(tokenize("서울의 봄")).toEqual(["서울의", "봄"]);
    expect(tokenize("東京タワー").join("")).toBe("東京タワー");
  });

  it("has no words for empty texts and for punctuation", () => {
    for (const text of ["", "   ", "?!… — 12", "😀"]) expect(tokenize(text)).toEqual([]);
  });

  it("reads a long text up to its limit", () => {
    const text = "robot ".repeat(textLengthMax);
    expect(tokenize(text)).toEqual(tokenize(text.slice(0, textLengthMax)));
    expect(tokenize(text)).toHaveLength(Math.floor(textLengthMax / "robot ".length));
  });

  it("gives words that hold a letter or a digit and no space, from any text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 60 }), (text) => {
        for (const word of tokenize(text)) {
          expect(word).toMatch(/[\p{L}\p{N}\p{M}\p{So}]/u);
          expect(word).not.toMatch(/[\s~]/u);
          expect(word.isWellFormed()).toBe(true);
        }
      }),
      { seed: 1, numRuns: 300 },
    );
  });
});
