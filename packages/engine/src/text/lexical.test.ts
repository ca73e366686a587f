import { describe, expect, it } from "vitest";
import { PenchantError } from "../base/errors.ts";
import { seededRandom } from "../base/random.ts";
import { loadBagEmbedder } from "./bag-embedder.ts";
import { fitLexicalEmbedder } from "./lexical.ts";

const cosine = (a: Float32Array, b: Float32Array) => a.reduce((sum, value, d) => sum + value * b[d], 0);
const length = (vector: Float32Array) => Math.sqrt(cosine(vector, vector));

const space = ["robot planet", "alien planet rocket", "rocket robot galaxy", "galaxy alien", "astronaut rocket", "astronaut galaxy planet"]; // biome-ignore format: a list
const love = ["wedding bride", "bride kiss romance", "kiss wedding heart", "romance heart", "valentine kiss", "valentine bride heart"]; // biome-ignore format: a list
const cooking = ["红烧肉的做法", "家常红烧鱼的做法", "清蒸鱼的家常做法", "鸡汤的做法和技巧", "家常豆腐的烹饪技巧", "红烧豆腐烹饪"]; // biome-ignore format: a list
const football = ["世界杯足球赛决赛", "足球比赛进球集锦", "欧洲杯足球决赛", "世界杯比赛进球", "足球队夺冠比赛", "欧洲杯进球集锦"]; // biome-ignore format: a list

/** Smallest cosine within a group, and largest across two. */
function separation(vectors: readonly Float32Array[], group: number): { within: number; across: number } {
  let within = 1;
  let across = -1;
  for (const [i, a] of vectors.entries()) {
    for (const [j, b] of vectors.entries()) {
      if (i < group === j < group) within = Math.min(within, cosine(a, b));
      else across = Math.max(across, cosine(a, b));
    }
  }
  return { within, across };
}

/** Texts of invented words from a few topics. */
function catalogue(count: number, seed: number): string[] {
  const random = seededRandom(seed);
  return Array.from({ length: count }, (_, i) =>
    Array.from({ length: 6 }, () => `t${i % 5}word${"abcdefghij"[random.integer(10)]}`).join(" "),
  );
}

describe("fitLexicalEmbedder", () => {
  it("puts texts about the same near each other, even without a word in common", () => {
    const embedder = fitLexicalEmbedder([...space, ...love], { dimensions: 2, seed: 1 });
    const { within, across } = separation(embedder.embedNow([...space, ...love]), space.length);
    expect(within).toBeGreaterThan(0.8);
    expect(across).toBeLessThan(0.2);
    const [a, b] = embedder.embedNow(["robot planet", "astronaut rocket"]);
    expect(cosine(a, b)).toBeGreaterThan(0.8);
  });

  it("tells Chinese texts about cooking from those about football", () => {
    const embedder = fitLexicalEmbedder([...cooking, ...football], { dimensions: 2, seed: 1 });
    const { within, across } = separation(embedder.embedNow([...cooking, ...football]), cooking.length);
    expect(within).toBeGreaterThan(across + 0.3);
    const [fish, cup] = embedder.embedNow(["红烧茄子", "足球杯赛"]); // in neither list
    const [cook, play] = embedder.embedNow([cooking[0], football[0]]);
    expect(cosine(fish, cook)).toBeGreaterThan(cosine(fish, play) + 0.3);
    expect(cosine(cup, play)).toBeGreaterThan(cosine(cup, cook) + 0.3);
  });

  it("knows something of a word never seen by its pieces", () => {
    const embedder = fitLexicalEmbedder([...space, ...love], { dimensions: 2, seed: 1 });
    const [robots, robot, wedding] = embedder.embedNow(["robots", "robot", "wedding"]);
    expect(cosine(robots, robot)).toBeGreaterThan(0.9);
    expect(cosine(robots, wedding)).toBeLessThan(0.2);
  });

  it("makes little of a year in common", () => {
    const texts = [...space.map((text) => `${text} 1999`), ...love.map((text, i) => (i < 3 ? `${text} 1999` : text))];
    const embedder = fitLexicalEmbedder(texts, { dimensions: 3, seed: 1 });
    const [a, b, c] = embedder.embedNow(["robot 1999", "rocket", "wedding 1999"]);
    expect(cosine(a, b)).toBeGreaterThan(cosine(a, c));
  });

  it("gives unit vectors, and zeros for texts without a known word", () => {
    const embedder = fitLexicalEmbedder([...space, ...love], { dimensions: 8, seed: 1 });
    for (const vector of embedder.embedNow([...space, ...love])) expect(length(vector)).toBeCloseTo(1, 5);
    expect(embedder.embedNow(["", "?!", "zzzzzz", "the of and"]).map(length)).toEqual([0, 0, 0, 0]);
  });

  it("gives a text the same vector alone, in any batch, and after being stored", async () => {
    const texts = catalogue(120, 3);
    const embedder = fitLexicalEmbedder(texts, { dimensions: 16, seed: 1 });
    const together = embedder.embedNow(texts);
    const loaded = loadBagEmbedder("lexical", embedder.save());
    const again = fitLexicalEmbedder(texts, { dimensions: 16, seed: 1 });
    expect(loaded.embedNow(texts)).toEqual(together);
    expect(again.embedNow(texts)).toEqual(together);
    expect(await embedder.embed(texts)).toEqual(together);
    for (const i of [0, 7, 119]) expect(embedder.embedNow([texts[i]])[0]).toEqual(together[i]);
    expect(loaded).toMatchObject({ model: embedder.model, dimensions: 16 });
    expect(again.save()).toEqual(embedder.save());
  });

  it("names each fit differently", () => {
    const options = { dimensions: 4, seed: 1 };
    const models = [space, love, [...space, ...love]].map((texts) => fitLexicalEmbedder(texts, options).model);
    expect(new Set(models).size).toBe(3);
    expect(models[0]).toMatch(/^lexical-2-4-[0-9a-f]{16}$/);
  });

  it("accepts any catalogue: none, one, empty, equal or more texts than are read for the fit", () => {
    const options = { dimensions: 4, seed: 1 };
    const [first, same] = fitLexicalEmbedder([], { dimensions: 64, seed: 1 }).embedNow(["robot planet", "robot"]);
    expect(length(first)).toBeCloseTo(1, 5);
    expect(cosine(first, same)).toBeGreaterThan(0.5);
    expect(fitLexicalEmbedder(["", ""], options).embedNow([""])).toEqual([new Float32Array(4)]);

    const [one] = fitLexicalEmbedder(["robot planet"], options).embedNow(["robot planet"]);
    expect(length(one)).toBeCloseTo(1, 5);

    for (const count of [2, 500]) {
      const equal = fitLexicalEmbedder(Array<string>(count).fill("robot planet"), options);
      const [a, b] = equal.embedNow(["robot planet", "planet"]);
      expect(length(a)).toBeCloseTo(1, 5);
      expect(cosine(a, b)).toBeCloseTo(1, 5);
    }

    const repeated = Array.from({ length: 100_000 }, (_, i) => [...space, ...love][i % 12]);
    const many = fitLexicalEmbedder(repeated, { dimensions: 2, seed: 1 });
    const { within, across } = separation(many.embedNow([...space, ...love]), space.length);
    expect(within).toBeGreaterThan(across);
  });

  it("keeps no word of a single text once the catalogue is larger", () => {
    const texts = [...catalogue(80, 1), "unicorn"];
    expect(fitLexicalEmbedder(texts, { dimensions: 8, seed: 1 }).embedNow(["unicorn"]).map(length)).toEqual([0]);
    expect(fitLexicalEmbedder(texts.slice(-20), { dimensions: 8, seed: 1 }).embedNow(["unicorn"]).map(length)).toEqual([
      expect.closeTo(1, 5),
    ]);
  });
});

describe("loadLexicalEmbedder", () => {
  const bytes = fitLexicalEmbedder(space, { dimensions: 4, seed: 1 }).save();
  const codeOf = (damaged: Uint8Array) => {
    try {
      loadBagEmbedder("lexical", damaged);
    } catch (error) {
      if (PenchantError.isInstance(error)) return error.code;
    }
    return "none";
  };

  it("refuses other formats and versions", () => {
    const newer = bytes.slice();
    newer[4] = 3;
    expect(codeOf(newer)).toBe("PENCHANT_E_STATE_VERSION");
    expect(codeOf(new TextEncoder().encode("something else entirely"))).toBe("PENCHANT_E_STATE_VERSION");
    expect(codeOf(new Uint8Array(0))).toBe("PENCHANT_E_STATE_VERSION");
  });

  it("refuses damaged and cut bytes, wherever the damage is", () => {
    for (const at of [8, 30, Math.floor(bytes.length / 2), bytes.length - 1]) {
      const damaged = bytes.slice();
      damaged[at] ^= 1;
      expect(codeOf(damaged)).toBe("PENCHANT_E_STORAGE_CORRUPT");
    }
    for (const end of [8, 20, 60, bytes.length - 1]) {
      expect(codeOf(bytes.slice(0, end))).toBe("PENCHANT_E_STORAGE_CORRUPT");
    }
  });

  it("reads bytes that lie anywhere in a larger buffer", () => {
    const larger = new Uint8Array(bytes.length + 7);
    larger.set(bytes, 3);
    const loaded = loadBagEmbedder("lexical", larger.subarray(3, 3 + bytes.length));
    expect(loaded.embedNow(space)).toEqual(loadBagEmbedder("lexical", bytes).embedNow(space));
  });
});
