import { describe, expect, it } from "vitest";
import { seededRandom } from "../base/random.ts";
import { companionsOf, heldOutOf } from "./companions.ts";

const items = 200;
const seed = 1;
const random = seededRandom(7);
const histories = Array.from({ length: 60 }, () => Int32Array.from({ length: 12 }, () => random.integer(items)));

describe("companions", () => {
  it("are drawn without what is held out, and asked for with it", () => {
    const isHeldOut = heldOutOf(items, seed);
    const companions = companionsOf(histories, () => true, { items, seed })!;
    expect(isHeldOut.filter(Boolean).length).toBeGreaterThan(10);
    for (const pair of companions.heldOut) expect(pair.some((item) => isHeldOut[item])).toBe(true);
    for (let draw = 0; draw < 500; draw++) {
      const pair = companions.draw(random);
      expect(pair[0]).not.toBe(pair[1]);
      expect(pair.some((item) => isHeldOut[item])).toBe(false);
    }
  });

  it("hold out other items than whoever took some out of the histories by the same seed", () => {
    const drawn = seededRandom(seed);
    const isTakenOut = Array.from({ length: items }, () => drawn.uniform() < 0.1);
    const left = histories.map((own) => own.filter((item) => !isTakenOut[item]));
    expect(companionsOf(left, () => true, { items, seed })?.heldOut.length).toBeGreaterThan(100);
  });
});
