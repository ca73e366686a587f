import { describe, expect, it } from "vitest";
import { seededRandom } from "../base/random.ts";
import { dot } from "../core/vector.ts";
import { adaptFusion } from "./adapted.ts";
import { type FusionInput, fitFusion, fuse, loadFusion, saveFusion } from "./fusion.ts";

const random = seededRandom(4);
const items = 200;
const dimensions = 16;
const source = "words";
/** Eight directions of content, and two further ones, drowned in them, that tell whom an item is for. */
const vectorOf = (content: number, circle: number) => {
  const vector = Float32Array.from({ length: dimensions }, () => 0.2 * random.normal());
  vector[content] += 2;
  vector[8 + circle] += 0.8;
  return vector;
};
const about = Array.from({ length: items }, (_, item) => ({ content: item % 8, circle: (item >> 3) % 2 }));
const vectors = new Float32Array(items * dimensions);
for (const [item, { content, circle }] of about.entries()) vectors.set(vectorOf(content, circle), item * dimensions);
const inputs: FusionInput[] = [{ source, dimensions, vectors }];
const base = fitFusion(inputs, { dimensions: 12, seed: 1 });
/** People take whatever is for their circle, of any content. */
const histories = Array.from({ length: 48 }, (_, person) =>
  Int32Array.from({ length: 10 }, () => {
    const place = random.integer(items / 2);
    return (place >> 3) * 16 + (place & 7) + 8 * (person % 2);
  }).filter((item) => item < items),
);

/** How much nearer two new things of one circle are than two of different ones, their content being different. */
function circlesApart(fusion: ReturnType<typeof fitFusion>): number {
  const place = (content: number, circle: number) => fuse(fusion, new Map([[source, vectorOf(content, circle)]]));
  let apart = 0;
  for (let content = 0; content < 7; content++) {
    const one = place(content, 0);
    apart += dot(one, place(content + 1, 0)) - dot(one, place(content + 1, 1));
  }
  return apart / 7;
}

describe("a fusion that is adapted", () => {
  it("brings nearer what the same people take, also of things that it has not seen", async () => {
    const steps: string[] = [];
    const adapted = await adaptFusion(base, inputs, { histories, seed: 1, onStep: (step) => steps.push(step) });
    expect(circlesApart(adapted)).toBeGreaterThan(circlesApart(base) + 0.2);
    expect(steps[0]).toBe("Learning what is taken together, 1");
    expect(adapted).toMatchObject({ isAdapted: true, dimensions: 12 });
    expect(loadFusion(saveFusion(adapted))).toEqual(adapted);
    const again = await adaptFusion(base, inputs, { histories, seed: 1 });
    expect(saveFusion(again)).toEqual(saveFusion(adapted));
  });

  it("stays as it was where people take things at random", async () => {
    const aimless = histories.map((own) => own.map(() => random.integer(items)));
    for (const seed of [1, 2, 3]) {
      expect(await adaptFusion(base, inputs, { histories: aimless, seed })).toEqual({ ...base, isAdapted: true });
    }
  });

  it("stays as it was where the loss is won by what is far, and what is near gets worse", async () => {
    // Every two items are alike, and now and then taken together; most of all, people take what is for their circle.
    const codes = Array.from({ length: items / 2 }, () => Float32Array.from({ length: 22 }, () => random.normal()));
    const twins = new Float32Array(items * 24);
    for (let item = 0; item < items; item++) {
      const noisy = codes[item >> 1].map((value) => value + 0.3 * random.normal());
      twins.set(noisy, item * 24);
      twins[item * 24 + 22 + ((item >> 1) % 2)] = 1.2;
    }
    const own: FusionInput[] = [{ source, dimensions: 24, vectors: twins }];
    const alike = fitFusion(own, { dimensions: 12, seed: 1 });
    const taken = Array.from({ length: 48 }, (_, person) =>
      Int32Array.from(
        Array.from({ length: 10 }, (_, step) => {
          const first = 4 * random.integer(items / 4) + 2 * (person % 2);
          return step % 8 === 0 ? [first, first + 1] : [first + random.integer(2)];
        }).flat(),
      ),
    );
    expect(await adaptFusion(alike, own, { histories: taken, seed: 1 })).toEqual({ ...alike, isAdapted: true });
  });

  it("stays as it was where there is too little to learn from, and says so", async () => {
    for (const few of [[], histories.slice(0, 2), histories.map(() => Int32Array.of(3, 3, 3))]) {
      const steps: string[] = [];
      const adapted = await adaptFusion(base, inputs, { histories: few, seed: 1, onStep: (step) => steps.push(step) });
      expect(adapted).toEqual({ ...base, isAdapted: true });
      expect(steps).toEqual(["Too little to learn what is taken together"]);
    }
    const nothing = await adaptFusion({ dimensions: 12, parts: [] }, [], { histories, seed: 1 });
    expect(nothing.parts).toEqual([]);
  });
});
