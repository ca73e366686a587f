import * as fc from "fast-check";
import { expect, test } from "vitest";
import { claimsByRules } from "./statement-rules.ts";

const said = (text: string) => claimsByRules(text).map(({ sense, topic }) => `${sense}: ${topic}`);

test.each([
  ["I don't like horror any more.", ["no-longer: horror"]],
  ["I don’t like Horror", ["dislike: Horror"]],
  ["i really can't stand musicals", ["dislike: musicals"]],
  ["No more thrillers, please!", ["no-longer: thrillers"]],
  ["I hate heist films", ["dislike: heist films"]],
  ["I'm sick of superheroes.", ["no-longer: superheroes"]],
  ["We are not interested in football", ["dislike: football"]],
  ["I no longer read fantasy", ["no-longer: fantasy"]],
  ["I never watch war movies", ["dislike: war movies"]],
  ["Please don't show me any gore", ["avoid: gore"]],
  ["Stop recommending romance.", ["avoid: romance"]],
  ["nothing with spiders", ["avoid: spiders"]],
  ["I don't want to see horror, thrillers or gore", ["dislike: horror", "dislike: thrillers", "dislike: gore"]],
  ["I don't like horror because it keeps me awake", ["dislike: horror"]],
  ["I've lost interest in politics", ["no-longer: politics"]],
  ["I've gone off superhero movies lately; show me westerns", ["no-longer: superhero movies", "mention: westerns"]],
  ["我以前爱看战争片，现在只想看喜剧。", ["mention: 喜剧"]],
  ["I love comedies, but I don't like horror anymore", ["mention: comedies", "no-longer: horror"]],
  ["I don't like horror. Show me more westerns.", ["dislike: horror", "mention: westerns"]],
  ["我不喜欢恐怖片", ["dislike: 恐怖片"]],
  ["我不再喜欢恐怖片了。", ["no-longer: 恐怖片"]],
  ["我已经不喜欢足球了", ["no-longer: 足球"]],
  ["别再给我推荐战争片", ["avoid: 战争片"]],
  ["不要推荐恐怖片和战争片", ["avoid: 恐怖片", "avoid: 战争片"]],
  ["讨厌恐怖片", ["dislike: 恐怖片"]],
  ["我对足球不感兴趣", ["dislike: 足球"]],
  ["我对足球不再感兴趣了", ["no-longer: 足球"]],
  ["我看腻了恐怖片", ["no-longer: 恐怖片"]],
  ["我不想看恐怖片，想看喜剧", ["dislike: 恐怖片", "mention: 喜剧"]],
  ["我喜欢喜剧，但是不喜欢恐怖片", ["mention: 喜剧", "dislike: 恐怖片"]],
])("%s", (text, claims) => expect(said(text)).toEqual(claims));

test.each([
  "something with heists in space",
  "I want more crime films",
  "特别喜欢科幻片",
  "这部电影不错",
  "非常想看喜剧",
])("where nothing is rejected, all of it is a mention: %s", (text) => {
  expect(claimsByRules(text)).toEqual([{ sense: "mention", topic: text }]);
});

test.each([
  "Who doesn't like horror?",
  "Why don't you show me horror?",
  "I don't dislike horror",
  "I can't wait for more horror",
  "I don't mind horror",
  "I don't want to miss any horror film",
  "I don't like horror as much as comedy",
  "I don't like anything except horror",
  "Not only horror",
  "I don't want horror tonight",
  "It's not bad, this horror",
  "I don't like it",
  "No problem",
  "no idea what to watch",
  "I used to love horror",
  "I never said that I hate horror",
  "I don't like films without dialogue",
  "My brother says that I don't like horror",
  "There is no way I miss the new horror film",
  "Ich mag keine Horrorfilme",
  "Je n'aime pas les films d'horreur",
  "我不是不喜欢恐怖片",
  "难道你不喜欢恐怖片吗？",
  "不得不看恐怖片",
  "不只喜欢恐怖片",
  "今晚不想看恐怖片",
  "要不要看恐怖片",
  "我不喜欢它",
  "没有恐怖片我会无聊",
  "",
  "   ",
])("what is not clear says nothing: %s", (text) => expect(claimsByRules(text)).toEqual([]));

test("a topic is always a piece of the text, whatever the text is", () => {
  const piece = fc.constantFrom(
    "I don't like ",
    "不喜欢",
    "horror",
    "İ",
    "’",
    " or ",
    ", ",
    "了",
    "no more ",
    "ß",
    "\u0000",
  );
  fc.assert(
    fc.property(fc.array(fc.oneof(piece, fc.string({ maxLength: 6 })), { maxLength: 8 }), (parts) => {
      const text = parts.join("").toWellFormed();
      const whole = text.replace(/\s+/gu, " ").trim();
      return claimsByRules(text).every(({ topic }) => whole.includes(topic));
    }),
    { seed: 1, numRuns: 100 },
  );
});

test("a long text takes no longer to read than it is long", () => {
  for (const part of ["I don't like ", "really ", "不", ", or ", "no more "]) {
    expect(claimsByRules(part.repeat(100_000 / part.length))).toHaveLength(
      claimsByRules(part.repeat(100)).length === 1 ? 1 : 0,
    );
  }
});
