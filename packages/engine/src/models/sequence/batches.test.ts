import { describe, expect, it, test } from "vitest";
import type { Batch } from "../../nn/train/options.ts";
import { bucketsOf, epochBatches } from "./batches.ts";
import { negativesOf } from "./negatives.ts";
import type { StepReading } from "./steps.ts";

/** Items one after the other, a minute apart, by turns of weight 1 and .5. */
const run = (from: number, count: number) => ({
  items: Int32Array.from({ length: count }, (_, index) => from + index),
  times: Float64Array.from({ length: count }, (_, index) => index * minuteMs),
  weights: Float32Array.from({ length: count }, (_, index) => (index % 2 === 0 ? 1 : 0.5)),
});
const minuteMs = 60_000;
const itemsAlone: StepReading = { kindWeights: [], time: "none", knowsAsked: false };
const feedsOf = ({ feeds }: Batch) => feeds as Record<string, Int32Array>;

describe("sequences are put together by length:", () => {
  test("up to three lengths, each half of the next, of which none is under 25", () => {
    const times = (longest: number, length = 1_000) =>
      bucketsOf(
        Array.from({ length: longest }, (_, steps) => run(0, steps + 2)),
        { length, batchSize: 1 },
      ).map(({ time }) => time);
    expect(times(24)).toEqual([24]);
    expect(times(60)).toEqual([30, 60]);
    expect(times(400)).toEqual([100, 200, 400]);
    expect(times(400, 200)).toEqual([50, 100, 200]);
  });

  test("whoever has fewer than two items is left out, and a batch is no larger than there are sequences", () => {
    const buckets = bucketsOf([run(0, 1), run(0, 3), run(0, 0), run(0, 2)], { length: 10, batchSize: 8 });
    expect(buckets).toEqual([{ name: "2 steps", time: 2, batchSize: 2, members: [1, 3] }]);
    expect(bucketsOf([run(0, 1)], { length: 10, batchSize: 8 })).toEqual([]);
  });
});

describe("an epoch", () => {
  const sequences = [run(0, 4), run(10, 3), run(20, 6)];
  const data = { itemCount: 30, sequences };
  const buckets = bucketsOf(sequences, { length: 4, batchSize: 2 });
  const epoch = (number: number) => [
    ...epochBatches({ data, buckets, reading: itemsAlone, seed: 5, negatives: undefined })(number),
  ];

  it("has each sequence once: its newest steps, the item that comes after each, and weights of what is real", () => {
    const rows = epoch(1).flatMap((batch) => {
      const { steps, targets, weights } = feedsOf(batch);
      return [0, 1].map((row) => [steps, targets, weights].map((x) => Array.from(x.subarray(4 * row, 4 * row + 4))));
    });
    expect(rows.sort((a, b) => a[0][0] - b[0][0] || a[0][1] - b[0][1])).toEqual([
      [
        [0, 0, 0, 0],
        [0, 0, 0, 0],
        [0, 0, 0, 0],
      ],
      [
        [0, 1, 2, 0],
        [1, 2, 3, 0],
        [1, 1, 1, 0],
      ],
      [
        [10, 11, 0, 0],
        [11, 12, 0, 0],
        [1, 1, 0, 0],
      ],
      [
        [21, 22, 23, 24],
        [22, 23, 24, 25],
        [1, 1, 1, 1],
      ],
    ]);
  });

  it("has the kinds of events, and the times of what was known or of the question, where they are read", () => {
    const columns = (reading: Partial<StepReading>) => {
      const one = { itemCount: 30, sequences: [run(0, 4)] };
      const all = { kindWeights: [0.5, 1], time: "none", knowsAsked: false, ...reading } as const;
      const options = { data: one, buckets: bucketsOf(one.sequences, { length: 4, batchSize: 1 }), reading: all };
      const [batch] = epochBatches({ ...options, seed: 1, negatives: undefined })(1);
      return Object.fromEntries(Object.entries(feedsOf(batch)).map(([name, values]) => [name, [...values]]));
    };
    expect(columns({}).kinds).toEqual([1, 0, 1]);
    // 2 log2(61) is 11.9.
    expect(columns({ time: "gaps" }).gaps).toEqual([0, 11, 11]);
    expect(columns({ time: "gaps", knowsAsked: true }).gaps).toEqual([11, 11, 11]);
    const pairs = columns({ time: "pairs", knowsAsked: true });
    expect(pairs.times).toEqual([-180, -120, -60]);
    expect(pairs.asked).toEqual([-120, -60, 0]);
    expect(columns({ time: "pairs" }).asked).toBeUndefined();
  });

  it("counts every example the same: shares go with examples, and are 1 in the mean", () => {
    const all = epoch(1);
    const shares = all.map((batch) => Number(batch.feeds.share[0]));
    expect(shares.reduce((sum, share) => sum + share) / all.length).toBeCloseTo(1, 6);
    for (const [index, batch] of all.entries()) {
      const examples = feedsOf(batch).weights.reduce((sum, weight) => sum + weight);
      expect(shares[index]).toBeCloseTo(examples / 4.5, 6);
    }
  });

  it("is the same whenever it is asked for, and another one is in another order", () => {
    const many = Array.from({ length: 40 }, (_, index) => run(index, 3));
    const at = (number: number) => {
      const options = {
        data: { itemCount: 50, sequences: many },
        buckets: bucketsOf(many, { length: 9, batchSize: 8 }),
      };
      return [...epochBatches({ ...options, reading: itemsAlone, seed: 5, negatives: undefined })(number)];
    };
    expect(at(1)).toEqual(at(1));
    expect(at(1)).not.toEqual(at(2));
  });
});

describe("negatives", () => {
  const sequences = [run(0, 4), run(2, 4), run(5, 3)];
  const buckets = bucketsOf(sequences, { length: 4, batchSize: 4 });

  test.each(["batch", "sequence"] as const)(
    "drawn for a %s are told apart where they are a person's own",
    (drawnFor) => {
      const drawn = negativesOf(new Int32Array(8), { negatives: 6, drawExponent: 0 });
      const data = { itemCount: 8, sequences };
      const [batch] = epochBatches({
        data,
        buckets,
        reading: itemsAlone,
        seed: 1,
        negatives: { ...drawn, drawnFor },
      })(1);
      const { negatives, excluded, steps, targets, weights } = feedsOf(batch);
      expect(negatives).toHaveLength(drawnFor === "batch" ? 6 : 18);
      for (let row = 0; row < 3; row++) {
        const real = [...weights.subarray(3 * row, 3 * row + 3)].filter((weight) => weight > 0).length;
        const own = new Set([...steps.subarray(3 * row, 3 * row + real), ...targets.subarray(3 * row, 3 * row + real)]);
        const ofRow = drawnFor === "batch" ? negatives : negatives.subarray(6 * row, 6 * row + 6);
        expect(new Set(ofRow).size).toBe(6);
        for (const [place, item] of ofRow.entries()) expect(excluded[6 * row + place]).toBe(own.has(item) ? 1 : 0);
      }
    },
  );

  test("as many as there are items are all of them", () => {
    const drawn = negativesOf(new Int32Array(5), { negatives: 100, drawExponent: 0 });
    const into = new Int32Array(5);
    drawn.draw(into, () => 0);
    expect(new Set(into)).toEqual(new Set([0, 1, 2, 3, 4]));
  });

  test("by popularity come in proportion to it, and log-Q is what they come by", () => {
    const drawn = negativesOf(Int32Array.of(0, 2, 5), { negatives: 3, drawExponent: 1 });
    const chances = [1 / 10, 3 / 10, 6 / 10];
    for (const [item, chance] of chances.entries()) expect(drawn.logQ![item]).toBeCloseTo(Math.log(chance), 6);
    const counts = [0, 0, 0];
    const into = new Int32Array(3);
    for (let part = 0; part < 1_000; part++) {
      drawn.draw(into, (range) => (part / 1_000) * range);
      for (const item of into) counts[item] += 1 / 3_000;
    }
    for (const [item, chance] of chances.entries()) expect(counts[item]).toBeCloseTo(chance, 2);
  });
});
