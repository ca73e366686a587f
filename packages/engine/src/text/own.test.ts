import { beforeAll, describe, expect, it } from "vitest";
import { seededRandom } from "../base/random.ts";
import { dot } from "../core/vector.ts";
import { embedderContract } from "../testing/embedder-contract.ts";
import { type BagEmbedder, loadBagEmbedder } from "./bag-embedder.ts";
import { fitLexicalEmbedder } from "./lexical.ts";
import { trainOwnEmbedder } from "./own.ts";

const random = seededRandom(2);
const pick = (words: readonly string[]) => words[random.integer(words.length)];
const letters = "bcdfghklmnprstvz";
const invented = (count: number) =>
  Array.from({ length: count }, () => Array.from({ length: 6 }, () => letters[random.integer(16)]).join(""));
/** Each topic has words of two kinds; a text has them of one kind, and now and then a word that links the two. */
const topics = Array.from({ length: 4 }, () => ({ kinds: [invented(12), invented(12)], links: invented(3) }));
const texts = Array.from({ length: 720 }, (_, at) => {
  const { kinds, links } = topics[at % 4];
  const own = kinds[(at >> 2) % 2];
  return [pick(own), pick(own), pick(own), pick(links), pick(own)].join(" ");
});

const options = { dimensions: 8, seed: 1 };
let own: BagEmbedder;
beforeAll(async () => {
  own = await trainOwnEmbedder(texts, options);
});

embedderContract("own", async () => own, { like: [texts[0], texts[8]], unlike: texts[1] });

describe("an embedder of one's own", () => {
  it("learns more of which words keep company than the decomposition that it begins with", () => {
    const separation = (embedder: BagEmbedder) => {
      const [a, b, c] = embedder.embedNow(
        [0, 1].map((kind) => topics[0].kinds[kind].join(" ")).concat(topics[1].kinds[0].join(" ")),
      );
      return dot(a, b) - dot(a, c);
    };
    expect(separation(own)).toBeGreaterThan(separation(fitLexicalEmbedder(texts, options)) + 0.05);
  });

  it("is the same for the same seed, and after being stored", async () => {
    expect((await trainOwnEmbedder(texts, options)).save()).toEqual(own.save());
    const back = loadBagEmbedder("own", own.save());
    expect(back.model).toBe(own.model);
    expect(back.embedNow([texts[3], "new"])).toEqual(own.embedNow([texts[3], "new"]));
  });

  it("is what lexical is where there is too little to learn from, and says so", async () => {
    for (const few of [[], ["one"], texts.slice(0, 40)]) {
      const steps: string[] = [];
      const small = await trainOwnEmbedder(few, { ...options, onStep: (step) => steps.push(step) });
      expect(small.embedNow(texts)).toEqual(fitLexicalEmbedder(few, options).embedNow(texts));
      expect(steps).toEqual(["Too little to learn which words keep company"]);
    }
  });

  it("brings texts nearer whose items the same people take", async () => {
    // Topics 0 and 2 are taken by the same people, 1 and 3 by others.
    const histories = Array.from({ length: 50 }, (_, person) =>
      Int32Array.from({ length: 8 }, () => 4 * random.integer(60) + 2 * random.integer(2) + (person % 2)),
    );
    const steps: string[] = [];
    const learned = await trainOwnEmbedder(texts, { ...options, histories, onStep: (step) => steps.push(step) });
    const across = (embedder: BagEmbedder) => {
      const [a, b, c] = embedder.embedNow([texts[0], texts[2], texts[1]]);
      return dot(a, b) - dot(a, c);
    };
    expect(across(learned)).toBeGreaterThan(across(own) + 0.2);
    expect(steps).toContain("Learning which texts keep company, 1");
    expect(learned.model).not.toBe(own.model);
  });

  it("learns from Chinese texts", async () => {
    const cooking = ["红烧肉", "清蒸鱼", "鸡汤", "豆腐", "饺子", "面条"];
    const football = ["世界杯", "决赛", "进球", "守门员", "联赛", "裁判"];
    const chinese = Array.from({ length: 240 }, (_, at) => {
      const words = at % 2 === 0 ? cooking : football;
      return `${pick(words)}${at % 2 === 0 ? "的家常做法，" : "精彩集锦，"}${pick(words)}和${pick(words)}`;
    });
    const embedder = await trainOwnEmbedder(chinese, options);
    const [fish, dumplings, keeper] = embedder.embedNow(["清蒸鱼", "饺子", "守门员"]);
    expect(dot(fish, dumplings)).toBeGreaterThan(dot(fish, keeper) + 0.3);
  });
});
