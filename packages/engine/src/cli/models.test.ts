import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openEngine } from "../engine.ts";
import { filled, items } from "../runtime/test-models.ts";
import { fakeClock } from "../testing/builders.ts";
import { folderWith } from "../testing/folder.ts";
import { runProgram } from "./program.ts";

async function run(...argv: string[]): Promise<{ code: number; out: string; err: string }> {
  let out = "";
  let err = "";
  const code = await runProgram(argv, {
    stdout: { write: (text) => (out += text) },
    stderr: { write: (text) => (err += text) },
    environment: {},
  });
  return { code, out, err };
}

async function filledFolder(): Promise<string> {
  const dataDir = folderWith();
  await (await filled(await openEngine({ dataDir, clock: fakeClock() }))).close();
  return dataDir;
}

describe("the commands of trained models", () => {
  it("train on the engine's data, list, promote, roll back, and rank by what is promoted", async () => {
    const dataDir = await filledFolder();
    const data = ["--data", dataDir];
    expect((await run("models", "list", ...data)).out).toBe("No trained models yet: penchant train --model ease\n");
    const trained = await run("train", "--model", "item-knn", "--set", "neighbours=9", ...data);
    expect(trained.out).toMatch(
      /^Trained item-knn-1 on 144 interactions of 24 people in \d+\.\d s: NDCG@10 [01]\.\d{4}/,
    );
    expect(trained.out).toMatch(/\nIt does not score yet: penchant models promote item-knn-1\n$/);
    const again = await run("train", "--model", "item-knn", "--promote", "--json", ...data);
    expect(JSON.parse(again.out)).toMatchObject({ id: "item-knn-2", promoted: true, config: { neighbours: 200 } });

    const list = await run("models", "list", ...data);
    expect(list.out).toMatch(/^ {2}item-knn-1 {2}.*\n\* item-knn-2 {2}.*\nitem-knn-2 scores in recommendations\.\n$/);
    expect((await run("models", "promote", "item-knn-1", ...data)).out).toContain("* item-knn-1");
    const back = await run("models", "rollback", "--json", ...data);
    expect(JSON.parse(back.out)).toMatchObject({ promoted: "item-knn-2", promotions: [{ model: "item-knn-2" }] });

    const named = [items[4].id, "nothing", items[3].id];
    const ranked = await run("rank", "u0", ...named, "--json", ...data);
    const { ranking, unknown } = JSON.parse(ranked.out);
    expect(ranking.map(({ item }: { item: string }) => item).toSorted()).toEqual(named.toSorted());
    expect(unknown).toEqual(["nothing"]);
    expect((await run("rank", "u0", ...named, ...data)).out).toMatch(
      /^ {2}1\. .*\n.*\n {2}3\. nothing {2}0\.000 {2}not in the catalogue\n$/,
    );
  });

  it.each([
    [["models", "promote", "oracle-1"], "PENCHANT_E_MODEL_NOT_FOUND"],
    [["models", "rollback"], "PENCHANT_E_MODEL_NOT_FOUND"],
    [["train", "--model", "ease", "--output", "x"], "PENCHANT_E_USAGE: --output: expected --data to be a data set"],
    [["train", "--model", "ease", "--set", "regularisation=-1"], "PENCHANT_E_MODEL_CONFIG"],
  ])("%j says what is wrong", async (argv, problem) => {
    const { code, err } = await run(...argv, "--data", await filledFolder());
    expect(code).not.toBe(0);
    expect(err).toContain(problem);
  });

  it("refuse a promotion of what is trained on a data set, and a folder that is neither", async () => {
    const folder = folderWith({ "sequences.made.dat": "u1 i1:5 i2:5\n" });
    const promoted = await run("train", "--model", "ease", "--promote", "--data", folder);
    expect(promoted.err).toContain(
      "PENCHANT_E_USAGE: --promote: expected --data to be the engine's data, got a data set",
    );
    const missing = await run("train", "--model", "ease", "--data", join(folder, "nowhere"));
    expect(missing.err).toContain("PENCHANT_E_DATA_MISSING");
  });
});
