import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sentimentOf } from "./sentiment.ts";

describe("the sentiment of words", () => {
  it.each([
    "Great case, excellent value!",
    "I love this film, it is funny and very well acted.",
    "not bad at all, I would buy it again",
    "质量很好，很喜欢，推荐购买",
    "一点都不贵，值得",
    "物流有点慢，但是质量不错",
  ])("is friendly: %s", (text) => expect(sentimentOf(text)).toBeGreaterThan(0.05));

  it.each([
    "The battery died after two days. Terrible, do not buy this.",
    "I do not like it.",
    "The plot is great, but the ending is terrible.",
    "质量很差，非常失望",
    "孩子不喜欢，不推荐",
    "包装漂亮，但是书里有错字，后悔",
  ])("is hostile: %s", (text) => expect(sentimentOf(text)).toBeLessThan(-0.05));

  it.each([
    ["nothing", ""],
    ["nothing but marks", "... !?"],
    ["facts", "It is the second of three parts."],
    ["facts in Chinese", "这本书一共三百页"],
    ["another language", "Das ist nicht gut"],
    ["another script", "Это очень плохой фильм"],
    ["names of what objects have", "constructor toString __proto__ hasOwnProperty is the"],
  ])("is not told of %s", (_, text) => expect(sentimentOf(text)).toBeUndefined());

  it("is between -1 and 1 or not told, whatever comes", () => {
    const anything = fc.oneof(
      fc.string({ unit: "binary", maxLength: 200 }),
      fc
        .array(
          fc.constantFrom(
            "not",
            "very",
            "GOOD!!",
            "but",
            "the",
            "__proto__",
            "不",
            "好",
            "差",
            "但是",
            "🙂",
            "\ud83d",
            ":)",
          ),
          {
            maxLength: 60,
          },
        )
        .map((words) => words.join(" ")),
    );
    fc.assert(
      fc.property(anything, (text) => {
        const value = sentimentOf(text);
        if (value !== undefined) expect(Math.abs(value)).toBeLessThanOrEqual(1);
      }),
    );
    expect(sentimentOf(`It is great. ${"x".repeat(1_000_000)}`)).toBeGreaterThan(0.5);
  });
});
