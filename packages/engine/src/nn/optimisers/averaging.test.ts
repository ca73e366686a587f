import { expect, test } from "vitest";
import { sum } from "../operations/broadcasting.ts";
import { mul } from "../operations/elementwise.ts";
import { input, parameter } from "../tensor.ts";
import { quadrantTraining } from "../train/test-training.ts";
import { train } from "../train/trainer.ts";
import { averaged } from "./averaging.ts";
import { adam, sgd } from "./optimiser.ts";
import { constantSchedule } from "./schedule.ts";

/** What a training of one number gives whose gradients are -1: 1, 2, 3, ... without averaging. */
async function given(epochs: number, decay: number): Promise<number> {
  const value = parameter("value", [1], { kind: "constant", value: 0 });
  const { weights } = await train({
    losses: { all: sum(mul(value, input("gradient", [1]))) },
    batches: () => [{ feeds: { gradient: Float32Array.of(-1) }, examples: 1 }],
    epochs,
    seed: 1,
    optimiser: averaged(sgd(), { decay }),
    schedule: constantSchedule({ rate: 1 }),
    threads: 1,
  });
  return Number(weights.value[0]);
}

test("averaged weights are the mean of all while there are few, and then forget, worked by hand", async () => {
  expect(await given(1, 0.75)).toBe(1);
  expect(await given(3, 0.75)).toBe((1 + 2 + 3) / 3);
  expect(await given(4, 0.75)).toBe((1 + 2 + 3 + 4) / 4);
  expect(await given(5, 0.75)).toBe(0.75 * 2.5 + 0.25 * 5);
  expect(await given(5, 0)).toBe(5);
});

test("a training with averaged weights takes the same way, and validates what it gives", async () => {
  const seen: unknown[] = [];
  const options = quadrantTraining({ optimiser: averaged(adam(), { decay: 0.9 }) });
  const validate = async (weights: object) => {
    seen.push(structuredClone(weights));
    return {};
  };
  const { weights, epochs } = await train({ ...options, validate });
  const plain = await train(quadrantTraining());
  expect(epochs.map(({ loss }) => loss)).toEqual(plain.epochs.map(({ loss }) => loss));
  expect(Object.keys(weights)).toEqual(Object.keys(plain.weights));
  expect(weights).not.toEqual(plain.weights);
  expect(seen.at(-1)).toEqual(weights);
});

test("a decay that would never forget is refused", () => {
  expect(() => averaged(adam(), { decay: 1 })).toThrow(expect.objectContaining({ code: "PENCHANT_E_CONFIG" }));
});
