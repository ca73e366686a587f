/** Programs beside the packages: what the README shows runs, and benchmarks measure what they say, here on a tiny sample. */
import { execFile } from "node:child_process";
import { readdirSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { folderWith } from "../packages/engine/src/testing/folder.ts";

const root = join(import.meta.dirname, "..");
const benchmarks = readdirSync(join(root, "bench")).filter((name) => name.endsWith(".ts"));

/** Runs a program, in a folder of its own where none is named, and answers what it prints. */
async function run(program: string, words: readonly string[] = [], cwd = folderWith()): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [join(root, program), ...words], { cwd });
  return stdout;
}

test("the library example of the README runs as it stands there", async () => {
  const [, code] = /^```ts\n(import \{ openEngine \}.*?)^```/ms.exec(readFileSync(join(root, "README.md"), "utf8"))!;
  const show = "console.log(JSON.stringify({ interests: profile.interests, recommendations }));";
  const folder = folderWith({ "example.ts": `${code}\n${show}`, "node_modules/.keep": "" });
  symlinkSync(join(root, "packages/engine"), join(folder, "node_modules/penchant"));
  const { stdout } = await promisify(execFile)(process.execPath, ["example.ts"], { cwd: folder });
  expect(JSON.parse(stdout)).toMatchObject({
    interests: [{ interest: { label: "Film" }, children: [{ interest: { label: "Crime" } }] }],
    recommendations: [{ item: { title: "Casino" } }],
  });
});

test("the engine's threads start also when the program came from the command line", async () => {
  const program = `
    import { openEngine } from "penchant";
    const engine = await openEngine({ dataDir: "data" });
    await engine.putItems([{ id: "m1", title: "Heat" }]);
    console.log((await engine.rebuild()).events);
    await engine.close();`;
  const folder = folderWith({ "node_modules/.keep": "" });
  symlinkSync(join(root, "packages/engine"), join(folder, "node_modules/penchant"));
  const words = ["--input-type=module", "--eval", program];
  expect((await promisify(execFile)(process.execPath, words, { cwd: folder })).stdout).toBe("0\n");
});

test("a program that waits for its events to be taken in does not end before they are", async () => {
  const program = `
    import { openEngine } from "penchant";
    const engine = await openEngine({ dataDir: "data", cachedStates: 1000 });
    const events = Array.from({ length: 5000 }, (_, index) => ({ user: "u" + (index % 2000), type: "view" }));
    await Promise.all(Array.from({ length: 8 }, () => engine.track(events)));
    console.log((await engine.status()).events);
    await engine.close();`;
  const folder = folderWith({ "program.mjs": program, "node_modules/.keep": "" });
  symlinkSync(join(root, "packages/engine"), join(folder, "node_modules/penchant"));
  expect((await promisify(execFile)(process.execPath, ["program.mjs"], { cwd: folder })).stdout).toBe("40000\n");
});

describe("benchmarks", () => {
  const films = 20;
  const ratings = Array.from({ length: 60 }, (_, index) => {
    const [user, film] = [1 + (index % 6), 1 + ((index * 7) % films)];
    return `${user},${film},${1 + (index % 5)},${1_400_000_000 + index * 86_400}`;
  });
  const genres = ["Crime", "Drama", "Comedy|Romance"];
  const movies = Array.from({ length: films }, (_, index) => `${index + 1},Film ${index} (1999),${genres[index % 3]}`);
  const tinySample = () =>
    folderWith({
      "movies.csv": `movieId,title,genres\n${movies.join("\n")}\n`,
      "ratings.csv": `userId,movieId,rating,timestamp\n${ratings.join("\n")}\n`,
    });
  const measured = async (name: string, words: readonly string[]): Promise<Record<string, unknown>> =>
    JSON.parse(await run(`bench/${name}.ts`, ["--json", "--data", tinySample(), ...words])) as Record<string, unknown>;
  const circumstances = {
    commit: expect.any(String),
    machine: { processor: expect.any(String), cores: expect.any(Number) },
    node: process.versions.node,
    date: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
  };

  test("quality sets every recommender beside penchant on the same users", async () => {
    const result = await measured("quality", []);
    expect(result).toMatchObject({ benchmark: "quality", users: 6, items: films, ...circumstances });
    const { models, differences } = result as { models: { model: string }[]; differences: { against: string }[] };
    expect(models.map(({ model }) => model).slice(1)).toEqual(differences.map(({ against }) => against));
  });

  test("freshness times rounds in which profile and recommendations change", async () => {
    const result = await measured("freshness", ["--rounds", "3"]);
    expect(result).toMatchObject({ benchmark: "freshness", rounds: 3, items: films, events: 60, ...circumstances });
    const { p50Ms, p99Ms, maxMs, durablePageWrite } = result as Record<string, number> & { durablePageWrite: object };
    expect(p50Ms).toBeGreaterThan(0);
    expect(p99Ms).toBeGreaterThanOrEqual(p50Ms);
    expect(maxMs).toBeGreaterThanOrEqual(p99Ms);
    expect(durablePageWrite).toMatchObject({ p50Ms: expect.any(Number), p99Ms: expect.any(Number) });
  });

  test("fold counts what it folds, and sizes what it keeps", async () => {
    const result = await measured("fold", ["--events", "200", "--longest", "10"]);
    expect(result).toMatchObject({
      benchmark: "fold",
      events: 200,
      // The sample has 6 users, and 200 events are three of it and a part of a fourth.
      users: 24,
      eventsPerSecond: expect.any(Number),
      costByHistory: [{ events: 10, nanosecondsPerEvent: expect.any(Number) }],
      stateBytes: [{ events: 10, bytes: expect.any(Number) }],
      ...circumstances,
    });
  });

  test("profile reads everybody's as it is, and one as it was", async () => {
    const result = await measured("profile", ["--rounds", "1", "--events", "30", "--moments", "2"]);
    const times = { p50Ms: expect.any(Number), p99Ms: expect.any(Number) };
    expect(result).toMatchObject({
      benchmark: "profile",
      now: { people: 6, reads: 6, ...times },
      past: { events: 30, atAnyMoment: times, atTheEnd: times },
      ...circumstances,
    });
  });

  test("ablations are a queue that goes on where it was, each row beside the base", async () => {
    const words = ["--json", "--data", tinySample(), "--epochs", "1", "--threads", "1", "--rows", "2"];
    const folder = folderWith();
    const asked = async () => JSON.parse(await run("bench/ablations.ts", words, folder)) as { rows: object[] };
    const result = await asked();
    const figures = { ndcg: { value: expect.any(Number) }, fitSeconds: expect.any(Number) };
    const overBase = { value: expect.any(Number), low: expect.any(Number), high: expect.any(Number) };
    expect(result).toMatchObject({ benchmark: "ablations", users: 6, rows: [figures, { ...figures, overBase }] });
    // What was measured is not measured again, or its seconds would differ.
    expect((await asked()).rows).toEqual(result.rows);
  });

  test("embed counts sentences, and says why it has no rival where there is none", async () => {
    process.env.ORIGINAL = folderWith();
    const result = await measured("embed", ["--sentences", "40", "--rounds", "1"]);
    expect(result).toMatchObject({
      benchmark: "embed",
      piecesPerSentence: expect.any(Number),
      useLite: {
        batchedPerSecond: expect.any(Number),
        singlePerSecond: expect.any(Number),
        original: expect.stringContaining("not measured"),
      },
      lexical: { fitSeconds: expect.any(Number), embeddedPerSecond: expect.any(Number) },
      ...circumstances,
    });
  });

  test("models times what it fits, and says what each one reaches", async () => {
    const result = await measured("models", ["--iterations", "2", "--factors", "4"]);
    const reached = { fitSeconds: expect.any(Number), rankSeconds: expect.any(Number), "NDCG@10": expect.any(Number) };
    expect(result).toMatchObject({
      benchmark: "models",
      users: 6,
      models: ["ease", "slim", "ials"].map((model) => ({ model, ...reached })),
      rival: expect.stringContaining("not measured"),
      ...circumstances,
    });
  });

  test("tree measures how much of it stays, and times a large one", async () => {
    const result = await measured("tree", ["--items", "400", "--dimensions", "8", "--events", "500", "--nodes", "20"]);
    const figures = { leafKeptShare: expect.any(Number), qualityRatio: expect.any(Number) };
    expect(result).toMatchObject({
      benchmark: "tree",
      stability: { vectorsFittedAnew: figures, vectorsThatStay: figures },
      large: { seconds: expect.any(Number), interests: expect.any(Number) },
      decay: { seconds: expect.any(Number), events: 500, nodes: 20 },
      ...circumstances,
    });
  });

  test("score times every way to score, and says what integers lose", async () => {
    const words = ["--items", "50", "--manyItems", "60", "--rounds", "3", "--batches", "1", "--epochs", "1"];
    const { catalogues, ...result } = await measured("score", words);
    const times = { p50Ms: expect.any(Number), p99Ms: expect.any(Number) };
    const own = { served: times, inPlace: times, eventLoopDelay: { p99Ms: expect.any(Number) } };
    const file = { single: times, batchPerUser: times };
    expect(catalogues).toEqual(
      [50, 60].map((items) =>
        expect.objectContaining({ items, "64 events": expect.objectContaining({}), productsAlone: expect.anything() }),
      ),
    );
    const [first] = catalogues as Record<string, unknown>[];
    expect(first).toMatchObject({ "64 events": own, "200 events": own, onnx: { float32: file, int8: file } });
    const ndcg = { inPlace: expect.any(Number), float32: expect.any(Number), int8: expect.any(Number) };
    expect(result).toMatchObject({ benchmark: "score", quality: { users: 6, "NDCG@10": ndcg }, ...circumstances });
  });

  test("gate says how much short-term interest counts, by length and by phase, and what each part is worth", async () => {
    const words = ["--epochs", "1", "--width", "8", "--length", "8", "--questions", "5"];
    const { gates, byLength, byPhase, ...result } = await measured("gate", words);
    expect(result).toMatchObject({ benchmark: "gate", people: 5, ...circumstances });
    expect(gates).toEqual(
      ["learned", 0, 1].map((gate) => ({ gate, "HR@10": expect.any(Number), "NDCG@10": expect.any(Number) })),
    );
    for (const rows of [byLength, byPhase] as { people: number; gate: number }[][]) {
      expect(rows.length).toBeGreaterThan(0);
      for (const { people, gate } of rows) expect(people > 0 && gate >= 0 && gate <= 1).toBe(true);
    }
    const people = (byLength as { people: number }[]).reduce((sum, row) => sum + row.people, 0);
    expect(people).toBe(5);
  });

  test("uptake-ablations set each change of a network beside its defaults", async () => {
    const result = await measured("uptake-ablations", ["--seeds", "1", "--rows", "2"]);
    const figures = Object.fromEntries(
      ["AUC", "logLoss", "expectedCalibrationError"].map((metric) => [metric, expect.any(Number)]),
    );
    const interval = { value: expect.any(Number), low: expect.any(Number), high: expect.any(Number) };
    const overDefaults = expect.objectContaining({ AUC: interval, logLoss: interval });
    expect(result).toMatchObject({
      benchmark: "uptake-ablations",
      users: 6,
      rows: [
        { name: "ctr", ...figures },
        { ...figures, overDefaults },
      ],
      ...circumstances,
    });
  });

  test("text-placement asks where held-out titles belong", async () => {
    const result = await measured("text-placement", []);
    const level1 = { placed: expect.any(Number), recall: expect.any(Number) };
    expect(result).toMatchObject({
      benchmark: "text-placement",
      embedders: {
        lexical: {
          titles: { questions: expect.any(Number), halfOfTheVotes: { level1 }, nearestCentroid: { level1 } },
        },
      },
      ...circumstances,
    });
  });

  test("train times whole steps beside their products alone", async () => {
    process.env.PYTHON = "no-python-here";
    const { cases, ...result } = await measured("train", ["--steps", "1", "--shrink", "64"]);
    expect(result).toMatchObject({ benchmark: "train", peakGflops: expect.any(Number), ...circumstances });
    expect(cases).toEqual(
      ["sasrec-sampled", "sasrec-full", "lstm", "hstu"].map((name) =>
        expect.objectContaining({
          name,
          milliseconds: expect.any(Number),
          productsOnlyMilliseconds: expect.any(Number),
          gigaFlop: expect.any(Number),
          torch: expect.stringContaining("not measured"),
        }),
      ),
    );
  });

  test("learners fits every classical learner", async () => {
    process.env.PYTHON = "no-python-here";
    const { learners, ...result } = await measured("learners", ["--rows", "3000", "--columns", "6", "--trees", "3"]);
    expect(result).toMatchObject({ benchmark: "learners", scikitLearn: expect.stringContaining("not measured") });
    expect(learners).toEqual(
      ["gradient-boosting", "decision-tree", "logistic-regression", "random-forest", "linear-svm", "rbf-svm"].map(
        (learner) => expect.objectContaining({ learner, rows: expect.any(Number), cpuSeconds: expect.any(Number) }),
      ),
    );
  });

  test("forecast sets every rival beside the learned intensity on the same users", async () => {
    const { datasets, ...result } = await measured("forecast", ["--learners", "6"]);
    expect(result).toMatchObject({ benchmark: "forecast", ...circumstances });
    const [{ cuts, levels }] = datasets as [{ cuts: unknown[]; levels: Record<string, { model: string }[]>[] }];
    expect(cuts).toHaveLength(3);
    const models = levels[0].nextTenLogLikelihood.map(({ model }) => model);
    expect(models[0]).toBe("penchant");
    expect(new Set(models).size).toBe(13);
    expect(levels[0].horizons.map((horizon) => (horizon as unknown as { days: number }).days)).toEqual([1, 7, 30]);
  });

  test("a number that is none is refused with what was expected", async () => {
    await expect(run("bench/fold.ts", ["--events", "many"])).rejects.toMatchObject({
      code: 2,
      stderr: "--events: expected a whole number above 0, got many.\n",
    });
  });

  test("every one has a script, and its page in bench/README.md names it", () => {
    const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
      scripts: Record<string, string>;
    };
    const page = readFileSync(join(root, "bench/README.md"), "utf8");
    for (const name of benchmarks.map((file) => file.replace(/\.ts$/, ""))) {
      expect(scripts[`bench:${name}`]).toBe(`node bench/${name}.ts`);
      expect(page).toContain(`npm run bench:${name}`);
    }
  });
});
