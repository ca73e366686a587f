import { expect, test } from "vitest";
import { prefetch } from "./prefetch.ts";

async function all<Value>(source: AsyncIterable<Value>): Promise<Value[]> {
  const values: Value[] = [];
  for await (const value of source) values.push(value);
  return values;
}

test("gives everything in order, from sources of both kinds, however far it looks ahead", async () => {
  async function* later() {
    yield* [1, 2, 3];
  }
  for (const ahead of [0, 1, 2, 9]) {
    expect(await all(prefetch([1, 2, 3], ahead))).toEqual([1, 2, 3]);
    expect(await all(prefetch(later(), ahead))).toEqual([1, 2, 3]);
  }
});

test("asks for the values that follow while one is in use", async () => {
  const asked: number[] = [];
  async function* source() {
    for (let value = 0; value < 9; value++) {
      asked.push(value);
      yield value;
    }
  }
  for await (const value of prefetch(source(), 2)) {
    if (value === 3) break;
    await new Promise((resolve) => setImmediate(resolve));
    expect(asked).toEqual(Array.from({ length: value + 3 }, (_, index) => index));
  }
});

test("ends the source when its reader ends early, and passes on its failure", async () => {
  let ended = false;
  async function* source() {
    try {
      yield 1;
      yield 2;
      throw new Error("no more batches");
    } finally {
      ended = true;
    }
  }
  for await (const value of prefetch(source(), 0)) if (value === 1) break;
  expect(ended).toBe(true);
  await expect(all(prefetch(source(), 2))).rejects.toThrow("no more batches");
});
