import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { folderWith } from "../testing/folder.ts";
import { runProgram } from "./program.ts";

async function run(...argv: string[]): Promise<{ code: number; out: string; err: string }> {
  let out = "";
  let err = "";
  const code = await runProgram(["evaluate", ...argv], {
    stdout: { write: (text) => (out += text) },
    stderr: { write: (text) => (err += text) },
    environment: {},
  });
  return { code, out, err };
}

/** Forty people, half of whom watch even films in a circle and half odd ones; one film is everybody's. */
const lines = Array.from({ length: 40 }, (_, user) => {
  const films = Array.from(
    { length: 8 },
    (_, step) => `${2 * ((user + step) % 12) + (user % 2)}:${1 + ((user + step) % 5)}`,
  );
  return `u${user} 99:5 ${films.join(" ")}`;
});
const made = () => folderWith({ "sequences.made.dat": `${lines.join("\n")}\n` });
const results = (folder: string) => join(folder, "results");
const words = (folder: string) => ["--dataset", folder, "--results", results(folder)];

describe("penchant evaluate", () => {
  it("prints one document per model and seed, in the design's shape", { timeout: 60_000 }, async () => {
    const folder = made();
    const { code, out, err } = await run(
      ...words(folder),
      "--models",
      "popularity,markov",
      "--seeds",
      "2",
      "--k",
      "1,5",
      "--json",
    );
    expect(err).toContain("markov (seed 2): NDCG@1 ");
    expect(code).toBe(0);
    const documents = JSON.parse(out) as { model: string; seed: number; metrics: Record<string, { value: number }> }[];
    expect(documents.map(({ model, seed }) => [model, seed])).toEqual([
      ["popularity", 1],
      ["popularity", 2],
      ["markov", 1],
      ["markov", 2],
    ]);
    expect(documents[2]).toMatchObject({
      protocol: { name: "leave-one-out", historyMax: 200 },
      config: expect.objectContaining({ decay: expect.any(Number) }),
      users: 40,
      items: 25,
      seconds: expect.any(Number),
      peakMemoryBytes: expect.any(Number),
      commit: expect.any(String),
      machine: { cores: expect.any(Number) },
      metrics: { "NDCG@5": { value: expect.any(Number), low: expect.any(Number), high: expect.any(Number) } },
    });
    // Who watches in a circle is predictable to a chain and not by popularity.
    expect(documents[2].metrics["HR@1"].value).toBeGreaterThan(0.9);
    expect(documents[0].metrics["HR@1"].value).toBeLessThan(0.3);
  });

  it("goes on where it stopped: what was measured is not measured again", { timeout: 60_000 }, async () => {
    const folder = made();
    const first = await run(...words(folder), "--models", "popularity", "--json");
    const [name] = readdirSync(results(folder));
    const before = readFileSync(join(results(folder), name));
    const second = await run(...words(folder), "--models", "popularity,item-knn", "--json");
    expect(second.err).toContain("1 of 2 measurements are in");
    expect(second.err).not.toContain("popularity (seed 1)");
    expect(JSON.parse(second.out)[0]).toEqual(JSON.parse(first.out)[0]);
    expect(readFileSync(join(results(folder), name))).toEqual(before);
    // Other data, and a file that was cut off, are measured.
    writeFileSync(join(results(folder), name), before.subarray(0, 50));
    expect((await run(...words(folder), "--models", "popularity", "--json")).err).toContain("popularity (seed 1)");
    writeFileSync(join(folder, "sequences.made.dat"), `${lines.slice(1).join("\n")}\n`);
    expect((await run(...words(folder), "--models", "popularity", "--json")).err).toContain("popularity (seed 1)");
  });

  it("chooses settings on validation and says what it tried", { timeout: 60_000 }, async () => {
    const folder = made();
    const report = join(folder, "report.html");
    const { code, out, err } = await run(
      ...words(folder),
      "--models",
      "markov,popularity",
      "--tune",
      "--report",
      report,
    );
    expect(code).toBe(0);
    expect(err).toMatch(/markov \(.*=.*\): NDCG@10 [\d.]+ on validation/);
    expect(out).toMatch(/Settings chosen on validation, out of \d+\./);
    expect(out).toMatch(/│ markov +│ [01]\.\d{4} \([01]\.\d{4} to [01]\.\d{4}\)/);
    expect(out).toContain("40 questions about 40 users, full ranking");
    expect(existsSync(report)).toBe(true);
    expect(readFileSync(report, "utf8")).toContain("<svg");
  });

  it("measures ratings where a model predicts them", { timeout: 60_000 }, async () => {
    const folder = made();
    const { out } = await run(...words(folder), "--models", "biased-mf", "--json");
    const [{ metrics }] = JSON.parse(out) as { metrics: Record<string, { value: number }> }[];
    expect(metrics.RMSE.value).toBeGreaterThan(0);
    expect(metrics.MAE.value).toBeLessThanOrEqual(metrics.RMSE.value);
  });

  it("takes a model's settings, and the model checks their range", { timeout: 60_000 }, async () => {
    const folder = made();
    const { out } = await run(...words(folder), "--models", "ease", "--set", "ease.regularisation=7", "--json");
    expect(JSON.parse(out)[0].config).toEqual({ regularisation: 7 });
    const { code, err } = await run(...words(folder), "--models", "ease", "--set", "ease.regularisation=-1");
    expect(code).toBe(1);
    expect(err).toContain("PENCHANT_E_MODEL_CONFIG: ease: regularisation");
  });

  it.each([
    [["--models", "no-such"], 2, "PENCHANT_E_USAGE: --models: expected some of popularity,"],
    [["--models", "ease", "--set", "ease.lambda=1"], 2, "--set: ease has no setting lambda; its settings are: "],
    [["--models", "ease", "--set", "slim.l1=1"], 2, "expected model.setting=value of a model that is measured"],
    [["--models", "ease", "--set", "ease.regularisation=much"], 2, "expected a number"],
    [["--models", "popularity", "--k", "0"], 2, "Expected whole numbers from 1 to 1000"],
    [
      ["--models", "popularity", "--protocol", "hope"],
      2,
      "Allowed choices are leave-one-out, temporal, strong, session",
    ],
    [["--models", "popularity", "--protocol", "temporal"], 1, "PENCHANT_E_DATASET: "],
    [["--models", "popularity", "--core", "500"], 1, "all 40 are gone"],
    [["--models", "popularity", "--quantile", "1"], 2, "--quantile: expected more than 0 and less than 1"],
    [["--models", "popularity", "--minimum-value", "x"], 2, "--minimum-value: expected a number"],
    [["--models", "popularity", "--metric", "luck"], 2, "--metric: expected one of HR@10"],
    [
      ["--models", "popularity", "--report", "/nowhere/at-all/r.html"],
      2,
      "--report: expected a file in a folder that is there",
    ],
    [["--models", "popularity", "--mapping", "user=u,item=i,time=t,type:view"], 1, "PENCHANT_E_IMPORT_"],
  ])("called wrongly (%j) it says how", { timeout: 60_000 }, async (more, exitCode, sentence) => {
    const { code, err } = await run(...words(made()), ...more);
    expect(err).toContain(sentence);
    expect(code).toBe(exitCode);
  });

  it("names a folder that is not there", async () => {
    const { code, err } = await run("--dataset", "/nowhere/at-all");
    expect(code).toBe(1);
    expect(err).toContain("/nowhere/at-all: expected a folder or a file with a data set, found nothing there.");
  });
});

describe("penchant evaluate --task text", () => {
  const topics = ["garlic oven broth", "regatta mast tide", "rook gambit endgame"];
  const sections = ["food", "sports", "games"];
  const news = Array.from({ length: 120 }, (_, index) => {
    const words = topics[index % 3].split(" ");
    const title = `${words[Math.floor(index / 3) % 3]} ${words[Math.floor(index / 9) % 3]} story ${index}`;
    return `N${index}\t${sections[index % 3]}\t${sections[index % 3]}-${index % 2}\t${title}\tall about ${words.join(" ")}\t\t[]\t[]`;
  });
  // Everybody reads of one topic.
  const behaviors = Array.from({ length: 90 }, (_, user) => {
    const read = Array.from({ length: 6 }, (_, step) => `N${(user % 3) + 3 * ((9 * step + user) % 40)}`);
    const [last, ...before] = read;
    return `${user}\tU${user}\t11/13/2019 8:00:00 AM\t${before.join(" ")}\t${last}-1 N${(user + 1) % 120}-0`;
  });
  const folder = () => folderWith({ "news.tsv": `${news.join("\n")}\n`, "behaviors.tsv": `${behaviors.join("\n")}\n` });

  it("sets embedders beside each other: by ranking, by their tree, by what they place", {
    timeout: 60_000,
  }, async () => {
    const data = folder();
    const { code, out } = await run(
      ...words(data),
      "--task",
      "text",
      "--embedders",
      "lexical+use-lite,adapted:lexical",
      "--json",
    );
    expect(code).toBe(0);
    const results = JSON.parse(out) as { model: string; metrics: Record<string, { value: number }> }[];
    expect(results.map(({ model }) => model)).toEqual(["lexical+use-lite", "adapted:lexical"]);
    for (const result of results) {
      expect(result).toMatchObject({ protocol: { name: "text" }, classified: 120, commit: expect.any(String) });
      const { metrics } = result;
      expect(metrics["next HR@10"].value).toBeGreaterThan(0.1);
      expect(metrics["tree NMI level 1"].value).toBeGreaterThan(0.5);
      expect(metrics["title placed level 1"].value).toBeGreaterThan(0.8);
    }
  });

  it("names what made the vectors and not where it lies", { timeout: 60_000 }, async () => {
    const data = folder();
    const tiny = fileURLToPath(new URL("../text/transformers/fixtures/tiny", import.meta.url));
    const embedders = `adapted:transformers:${tiny}/,configured+use-lite`;
    const { out } = await run(...words(data), "--task", "text", "--embedders", embedders, "--json");
    expect(JSON.parse(out)).toMatchObject([{ model: "adapted:transformers:tiny" }, { model: "lexical+use-lite" }]);
  });

  it("prints a table, and knows which embedders there are", { timeout: 60_000 }, async () => {
    const data = folder();
    const table = await run(...words(data), "--task", "text", "--embedders", "lexical");
    expect(table.out).toContain("title placed level 2");
    const unknown = await run(...words(data), "--task", "text", "--embedders", "lexical,word2vec");
    expect([unknown.code, unknown.err]).toEqual([
      2,
      expect.stringContaining(
        "expected some of lexical, own, use-lite, transformers:FOLDER, hub:OWNER/NAME, configured",
      ),
    ]);
  });
});

describe("penchant evaluate --task uptake", () => {
  const uptake = (folder: string) => [...words(folder), "--task", "uptake"];
  const few = "--users-max 30 --threshold 3 --learners biased-mf,decision-tree --set biased-mf.factors=2".split(" ");

  it("sets models beside the baselines, by what they say of the last fifth of everybody's sequence", {
    timeout: 60_000,
  }, async () => {
    const folder = made();
    const report = join(folder, "report.html");
    const { code, out, err } = await run(...uptake(folder), ...few, "--report", report, "--json");
    expect(code).toBe(0);
    expect(err).toContain("biased-mf (seed 1): AUC ");
    const documents = JSON.parse(out) as { model: string; metrics: Record<string, { value: number; low: number }> }[];
    expect(documents.map(({ model }) => model)).toEqual(["constant", "item-mean", "biased-mf", "decision-tree"]);
    expect(documents[0]).toMatchObject({
      protocol: { name: "uptake", question: "liked", threshold: 3, trainUntil: 0.6, validationUntil: 0.8 },
      users: 30,
      // Nine events each: five are learned from but for the first, two are validation, two the test.
      train: { rows: 120 },
      validation: { rows: 60 },
      test: { rows: 60 },
      features: expect.arrayContaining(["userMeanValue", "itemMeanValue"]),
      metrics: { AUC: { value: 0.5 }, logLoss: { value: expect.any(Number), high: expect.any(Number) } },
      commit: expect.any(String),
    });
    expect(documents[2]).toMatchObject({ config: { factors: 2 }, remarks: [] });
    expect(documents[3]).toMatchObject({
      remarks: expect.arrayContaining([expect.stringContaining("left out, as they never change")]),
    });
    expect(readFileSync(report, "utf8")).toContain("Do probabilities mean what they say?");
    const again = await run(...uptake(folder), ...few);
    expect(again.err).toContain("4 of 4 measurements are in");
    expect(again.out).toContain("liked: is the value 3 or more?");
    expect(again.out).toMatch(/^decision-tree: left out, as they never change: .*\.$/m);
    expect(again.out).toMatch(/│ biased-mf +│ [01]\.\d{4}/);
  });

  it.each([
    [["--learners", "hope"], 2, "--learners: expected some of constant, item-mean"],
    [["--metric", "NDCG@10"], 2, "--metric: expected one of AUC, logLoss"],
    [["--question", "why"], 2, "Allowed choices are liked, taken-up"],
    [["--threshold", "high"], 2, "--threshold: expected a number"],
    [["--negative-exponent", "7"], 2, "Expected a number from 0 to 1"],
  ])("called wrongly (%j) it says how", async (more, exitCode, sentence) => {
    const { code, err } = await run(...uptake(made()), ...more);
    expect(err).toContain(sentence);
    expect(code).toBe(exitCode);
  });

  it("says why there is nothing to ask", async () => {
    const folder = folderWith({ "sequences.made.dat": "u1 1:5 2:4\nu2 1:3\n" });
    const { code, err } = await run(...uptake(folder));
    expect(code).toBe(1);
    expect(err).toContain("PENCHANT_E_DATASET");
    expect(err).toContain("expected questions whether an item is liked for train, and there is none");
  });
});
