import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { folderWith } from "../../testing/folder.ts";
import type { Job } from "./jobs.ts";
import { ResultStore } from "./store.ts";

it("keeps a result and the curve of its training, and lets go of what was saved on the way", () => {
  const folder = folderWith();
  const store = new ResultStore<object>(folder, "data", { name: "leave-one-out" }, "0");
  const job: Job = { model: "sasrec", config: { epochs: 2 }, seed: 1, on: "test" };
  const checkpoint = store.checkpointOf(job);
  mkdirSync(checkpoint);
  writeFileSync(join(checkpoint, "last.safetensors"), "");
  writeFileSync(join(checkpoint, "curve.jsonl"), '{"epoch":1}\n');
  const result = { fitSeconds: 1, peakMemoryBytes: 2, outcome: { users: Int32Array.of(3) } };
  store.put(job, result);
  expect(store.get(job)).toEqual(result);
  const [curve, measured] = readdirSync(folder).sort();
  expect([curve, measured]).toEqual([
    expect.stringMatching(/^sasrec-test-[0-9a-f]{20}\.curve\.jsonl$/),
    expect.stringMatching(/^sasrec-test-[0-9a-f]{20}\.json\.gz$/),
  ]);
  expect(readFileSync(join(folder, curve), "utf8")).toBe('{"epoch":1}\n');
});
