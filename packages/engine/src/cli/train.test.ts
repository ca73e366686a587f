import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openEngine } from "../engine.ts";
import { readModelFolder } from "../models/model-folder.ts";
import { sasrec } from "../models/sasrec/sasrec.ts";
import { scoresFor } from "../models/test-data.ts";
import { history, items } from "../runtime/test-engines.ts";
import { fakeClock } from "../testing/builders.ts";
import { folderWith } from "../testing/folder.ts";
import { runProgram } from "./program.ts";

const run = (...argv: string[]) => runAny("train", ...argv);

async function runAny(...argv: string[]): Promise<{ code: number; out: string; err: string }> {
  let out = "";
  let err = "";
  const code = await runProgram(argv, {
    stdout: { write: (text) => (out += text) },
    stderr: { write: (text) => (err += text) },
    environment: {},
  });
  return { code, out, err };
}

/** Thirty people, each of whom takes six items of a circle of nine, one after the other. */
const lines = Array.from({ length: 30 }, (_, user) => {
  const items = Array.from({ length: 6 }, (_, step) => `i${(user + step) % 9}:5`);
  return `u${user} ${items.join(" ")}`;
});
const made = () => folderWith({ "sequences.made.dat": `${lines.join("\n")}\n` });
const small = ["width=16", "learningRate=0.01", "epochs=8", "threads=1"].flatMap((word) => ["--set", word]);

describe("penchant train --model intensity", () => {
  it("learns from the engine's own events how interests fade, which the tree then tells", async () => {
    const data = folderWith();
    const engine = await openEngine({ dataDir: data, clock: fakeClock() });
    await engine.putItems(items);
    await engine.track(history(300));
    await engine.close();
    const { code, out } = await run("--model", "intensity", "--data", data, "--json");
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ model: "intensity", interests: 4, users: 4 });
    expect((await run("--model", "intensity", "--data", data)).out).toMatch(
      /^Learned how 4 interests fade from \d+ returning events of 4 users; profiles are read with it\.\n$/,
    );
    const tree = await runAny("interests", "--data", data);
    expect(tree.err).toBe("");
    expect(tree.out).toMatch(/\d d \(.* to .*\)/);
  });

  it.each([
    [["--set", "width=3"], "expected --data alone"],
    [["--output", "there"], "expected --data alone"],
    [[], "expected a folder with Penchant's data"],
  ])("called with %j it says what is wrong", async (words, problem) => {
    const { code, err } = await run("--model", "intensity", "--data", join(folderWith(), "none"), ...words);
    expect(code).not.toBe(0);
    expect(err).toContain(problem);
  });
});

describe("penchant train", () => {
  it("tells of every epoch, and stores a model that can be loaded and asked", async () => {
    const folder = made();
    const output = join(folder, "sasrec");
    const words = ["--model", "sasrec", "--data", folder, "--output", output, ...small];
    const { code, out, err } = await run(...words, "--json");
    expect(err).toMatch(/^epoch 1: loss \d\.\d{4}, NDCG@10 \d\.\d{4} on validation$/m);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      model: "sasrec",
      output,
      config: { width: 16, blocks: 2 },
      data: { users: 30, items: 9, interactions: 180 },
      seed: 1,
      commit: expect.any(String) as string,
    });
    const { saved, facts } = await readModelFolder(output);
    expect(saved.config).toMatchObject({ width: 16, epochs: 8 });
    expect(facts.itemIds).toHaveLength(9);
    expect(scoresFor(sasrec.load(saved), [1, 2])).toHaveLength(9);
    // What was saved on the way is not needed any more.
    expect(readdirSync(output).sort((a, b) => (a < b ? -1 : 1))).toEqual([
      "curve.jsonl",
      "inference.onnx",
      "model.json",
      "weights.safetensors",
    ]);
    const watched = await run(...words, "--watch");
    expect(watched.out).toMatch(/^Trained sasrec on 180 interactions in \d+\.\d s; it is in .*sasrec\.\n$/);
    expect(watched.err).toMatch(/^loss \d\.\d{4}, best \d\.\d{4} in epoch \d\n[ ▁-█]+\n/);
  });

  it.each([
    [["--model", "sasrec,ease"], "expected one model"],
    [["--model", "oracle"], "--model: expected some of"],
    [["--model", "sasrec", "--set", "depth=3"], "has no setting depth"],
    [["--model", "sasrec", "--set", "heads=3"], "heads must be a divisor"],
  ])("called with %j it says what is wrong and stores nothing", async (words, problem) => {
    const folder = made();
    const { code, err } = await run(...words, "--data", folder, "--output", join(folder, "out"));
    expect(code).not.toBe(0);
    expect(err).toContain(problem);
    expect(existsSync(join(folder, "out"))).toBe(false);
  });
});
