import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { folderWith } from "../testing/folder.ts";
import { runProgram } from "./program.ts";

/** Runs a command in this process; its results and its messages come back as text. */
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

const names = [
  "init",
  "import",
  "serve",
  "profile",
  "recommend",
  "rank",
  "interests",
  "rebuild",
  "steer",
  "hear",
  "proposals",
  "evaluate",
  "train",
  "erase",
  "backup",
  "restore",
  "doctor",
];

describe("the command line", () => {
  test.each(names)("%s explains itself with an example and has --json", async (name) => {
    const { code, out, err } = await run(name, "--help");
    expect(code).toBe(0);
    expect(out).toContain(`Usage: penchant ${name}`);
    expect(out).toMatch(new RegExp(`Example:\n {2}\\$ penchant ${name} ?`));
    expect(out).toContain("--json");
    expect(err).toBe("");
  });

  test("without a command it lists the commands", async () => {
    const { code, out } = await run();
    expect(code).toBe(0);
    for (const name of names) expect(out).toContain(`\n  ${name} `);
  });

  test.each([
    [["frobnicate"], "PENCHANT_E_USAGE: Unknown command 'frobnicate'.\nSee penchant --help.\n"],
    [["profile"], "PENCHANT_E_USAGE: Missing required argument 'user'.\nSee penchant profile --help.\n"],
    [["profile", "1", "--colour"], "PENCHANT_E_USAGE: Unknown option '--colour'.\nSee penchant profile --help.\n"],
    [
      ["profile", "1", "--at", "lately"],
      "PENCHANT_E_USAGE: Option '--at <time>' argument 'lately' is invalid. Expected a date such as 2016-10-17 or 2016-10-17T12:00:00Z.\nSee penchant profile --help.\n",
    ],
    [
      ["serve", "--port", "99999"],
      "PENCHANT_E_USAGE: Option '--port <number>' argument '99999' is invalid. Expected a whole number from 0 to 65535.\nSee penchant serve --help.\n",
    ],
    [["erase", "7"], 'PENCHANT_E_USAGE: Erasing user "7" cannot be undone; confirm with --yes.\n'],
    [
      ["import", "a.csv", "--mapping", "user=u"],
      "PENCHANT_E_USAGE: --mapping needs --events or --items, to say what the columns are mapped to.\n",
    ],
  ])("called wrongly (%j) it says how and exits with 2", async (argv, message) => {
    expect(await run(...argv)).toEqual({ code: 2, out: "", err: message });
  });

  test("with --json a failure is one JSON document too", async () => {
    const { code, out, err } = await run("profile", "1", "--data", "/nowhere", "--json");
    expect(code).toBe(1);
    expect(JSON.parse(out)).toEqual({
      error: {
        code: "PENCHANT_E_DATA_MISSING",
        message: "/nowhere: expected a folder with Penchant's data, found none.",
        hint: expect.stringContaining("penchant import"),
        details: {},
      },
    });
    expect(err.split("\n")[0]).toBe(
      "PENCHANT_E_DATA_MISSING: /nowhere: expected a folder with Penchant's data, found none.",
    );
  });
});

describe("penchant init", () => {
  const log =
    "visitor,event,sku,ts\na,view,x1,1700000000000\nb,addtocart,x2,1700000001000\nb,transaction,x2,1700000002000\n";

  test("writes a configuration with its reasons as comments, and weights for types that are not known", async () => {
    const folder = folderWith({ "log.csv": log });
    const output = join(folder, "penchant.config.json");
    const { code, out } = await run("init", join(folder, "log.csv"), "--output", output, "--json");
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ config: output, guesses: [{ events: { user: "visitor" } }] });
    expect(readFileSync(output, "utf8")).toContain(`\
{
  // What these types of events say about interest: 1 as much as a purchase, 0 nothing, -1 the opposite.
  "eventWeights": {
    "addtocart": 0.6,
    "transaction": 1
  },
  "imports": [
    // Guessed to hold events, with a certainty of`);
  });

  test("does not replace a configuration unless it is told to", async () => {
    const folder = folderWith({ "log.csv": log, "penchant.config.json": "{}" });
    const argv = ["init", join(folder, "log.csv"), "--output", join(folder, "penchant.config.json")];
    expect(await run(...argv)).toMatchObject({ code: 1, err: expect.stringContaining("--force replaces it") });
    expect(await run(...argv, "--force")).toMatchObject({ code: 0 });
  });
});

describe("the commands on a small shop", () => {
  const items = ["sku,name,department,category"];
  const events = ["customer_id,sku,event_type,ts"];
  const aisles = ["Coffee", "Tea", "Pans", "Knives"];
  for (let index = 0; index < 40; index += 1) {
    const aisle = aisles[index % 4];
    items.push(`s${index},${aisle} number ${index},${index % 4 < 2 ? "Grocery" : "Kitchen"},${aisle}`);
  }
  for (let user = 0; user < 12; user += 1) {
    for (let step = 0; step < 10; step += 1) {
      const sku = (user % 4) + 4 * ((user + step * (1 + (user % 3))) % 10);
      events.push(`u${user},s${sku},purchase,${1_700_000_000 + step * 86_400 + user * 60}`);
    }
  }

  test("import, look around, rebuild and erase", async () => {
    const folder = folderWith({
      "items.csv": items.join("\n"),
      "events.csv": `${events.join("\n")}\nu1,,purchase,never\n`,
    });
    const data = ["--data", join(folder, "data")];
    const json = [...data, "--json"];
    const config = join(folder, "penchant.config.json");
    await run("init", join(folder, "items.csv"), join(folder, "events.csv"), "--output", config);

    const strict = await run("import", folder, ...json, "--strict");
    expect(strict).toMatchObject({ code: 1 });
    expect(JSON.parse(strict.out).error).toMatchObject({ code: "PENCHANT_E_IMPORT_ROWS", details: { line: 122 } });

    const imported = await run("import", folder, ...json);
    expect(imported).toMatchObject({ code: 0, err: "" });
    expect(JSON.parse(imported.out)).toMatchObject({
      items: 40,
      events: 120,
      duplicates: 0,
      problemCount: 1,
      problems: [{ file: join(folder, "events.csv"), line: 122 }],
      rebuilt: { users: 12, events: 120 },
    });
    const again = JSON.parse((await run("import", folder, ...json)).out);
    expect(again).toMatchObject({ items: 0, events: 0, rebuilt: null });

    const at = ["--at", "2023-11-25"];
    const profile = JSON.parse((await run("profile", "u0", ...at, ...json)).out);
    expect(profile).toMatchObject({ user: "u0", events: 10 });
    expect(profile.interests[0].interest.label).toBe("Grocery");
    const drawn = await run("profile", "u0", ...at, ...data);
    const words = await run("profile", "u0", ...at, ...data, "--prompt", "--tokens", "200");
    expect(words.out).toMatch(/^Interests of one person on [\s\S]*\nStrongest:\n- "Grocery/);
    expect(drawn.out).toMatch(/^User u0 on 2023-11-25\n10 events from 2023-11-14 to 2023-11-23;/);
    expect(drawn.out).toMatch(/\nGrocery +█/);

    const list = JSON.parse((await run("recommend", "u0", ...at, "--limit", "3", ...json)).out);
    expect(list.recommendations).toHaveLength(3);
    expect((await run("recommend", "u0", ...at, ...data)).out).toContain("because");
    const told = await run("recommend", "u0", ...at, "--limit", "1", "--words", ...data);
    expect(told.out).toMatch(/\n1 .*\n {3}(It is close to|People who took) ".*" \(their .*\(\d+ % of the score\)\.\n/);

    const steered = await run("steer", "u0", "grocery", "boost", "--factor", "3", "--until", "2124-01-01", ...data);
    expect(steered.out).toBe("grocery of user u0: boost is done; boosted 3 times until 2124-01-01.\n");
    expect((await run("profile", "u0", ...data)).out).toMatch(/\nGrocery .*\[boosted 3 times until 2124-01-01\]/);
    expect(await run("steer", "u0", "grocery", "clear", ...data)).toMatchObject({ code: 0, err: "" });
    expect(await run("steer", "u0", "grocery", "love", ...data)).toMatchObject({ code: 2 });
    expect((await run("steer", "u0", "nowhere", "pin", ...data)).err).toContain("PENCHANT_E_INTEREST_NOT_FOUND");

    const heard = await run("hear", "u1", "I", "am", "not", "interested", "in", "grocery", "any", "more", ...data);
    expect(heard.out).toBe('Kept: no-longer "grocery".\nTo be decided: 1 proposal (penchant proposals u1).\n');
    const [, id] = /^(\S+) {2}forget Grocery: they said "grocery" on /.exec(
      (await run("proposals", "u1", ...data)).out,
    )!;
    expect(await run("proposals", "u1", "--accept", id, ...data)).toMatchObject({ code: 0, out: "None.\n" });
    expect((await run("interests", ...data)).out).toMatch(/\nGrocery +20/);
    expect(JSON.parse((await run("rebuild", ...json)).out)).toMatchObject({ users: 12, events: 123 });
    expect(JSON.parse((await run("doctor", ...json)).out)).toMatchObject({ ok: true, status: { users: 12 } });

    expect(await run("erase", "u0", "--yes", ...data)).toMatchObject({
      code: 0,
      out: "Erased user u0 with 10 events.\n",
    });
    expect(await run("profile", "u0", ...data)).toMatchObject({
      code: 1,
      err: expect.stringMatching(/^PENCHANT_E_USER_NOT_FOUND: Nothing is known of a user "u0"\.\n/),
    });
  });

  test("a file is imported with a mapping from the command line, and types without a weight are named", async () => {
    const folder = folderWith({ "log.csv": "a,b,c,d\nu1,s1,1700000000,ogle\n" });
    const mapping = ["--events", "--mapping", "user=a,item=b,time=c,type=d"];
    const { code, out } = await run("import", join(folder, "log.csv"), ...mapping, "--data", join(folder, "data"));
    expect(code).toBe(0);
    expect(out).toContain("Without a weight, and so without effect on profiles: ogle (1 event). See eventWeights.\n");
  });

  test.each([
    [["nowhere"], "PENCHANT_E_IMPORT_SOURCE", "there is no such file or folder"],
    [["."], "PENCHANT_E_IMPORT_SOURCE", "expected a MovieLens folder or one with a penchant.config.json"],
    [["odd.csv"], "PENCHANT_E_IMPORT_COLUMNS", "expected the columns of events"],
    [
      ["odd.csv", "--events", "--mapping", "user=a,item=x,time=c,type:view"],
      "PENCHANT_E_IMPORT_COLUMNS",
      'no column "x"',
    ],
    [["fake.parquet"], "PENCHANT_E_IMPORT_SOURCE", "expected a Parquet file"],
    [["cut.csv.gz"], "PENCHANT_E_IMPORT_SOURCE", "gzip data ends too early"],
  ])("import %j fails with %s and exit code 1", async ([path, ...options], code, message) => {
    const folder = folderWith({ "odd.csv": "a,b,c\n1,2,3\n", "fake.parquet": "PAR1", "cut.csv.gz": "\u001f" });
    const result = await run("import", join(folder, path), ...options, "--data", join(folder, "data"));
    expect(result.code).toBe(1);
    expect(result.err).toMatch(new RegExp(`^${code}: `));
    expect(result.err).toContain(message);
  });
});
