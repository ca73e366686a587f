import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import type { EventInput } from "../core/event.ts";
import type { Item } from "../core/item.ts";
import { folderWith } from "../testing/folder.ts";
import { type ImportTarget, importInto } from "./import.ts";
import { keptProblemsMax } from "./problems.ts";

const now = Date.UTC(2024, 0, 1);

/** An engine's intake in memory: keeps what it gets, knows duplicates by id, and has a ledger. */
function memoryTarget() {
  const items = new Map<string, Item>();
  const events = new Map<string, EventInput>();
  const ledger = new Set<string>();
  const batches: number[] = [];
  const target: ImportTarget = {
    clock: { now: () => now },
    storage: {
      imports: {
        has: async (print) => ledger.has(print),
        add: async (print) => {
          ledger.add(print);
        },
      },
    },
    putItems: async (batch) => {
      for (const item of batch) items.set(item.id, item);
      return { created: batch.length, updated: 0 };
    },
    track: async (batch) => {
      batches.push(batch.length);
      return batch.map((event) => {
        const id = event.id!;
        const status = events.has(id) ? "duplicate" : "accepted";
        if (status === "accepted") events.set(id, event);
        return { id, status };
      });
    },
  };
  return { target, items, events, batches };
}

const clicks = { user: "customer", type: { constant: "click" }, item: "sku", time: "ts" };
const goodRows = "customer,sku,ts\nu1,s1,1700000000\nu2,s2,2023-11-14T22:13:21Z\n";

describe("importing tables", () => {
  test("CSV, JSON Lines and Parquet with the same rows give the same events", async () => {
    const folder = folderWith({
      "a.csv": "customer,sku,ts,stars,visit\nu1,s1,1700000000,4,v\nu2,s2,1700000001,,v\n",
      "a.csv.gz": gzipSync("customer;sku;ts;stars;visit\nu1;s1;1700000000;4;v\nu2;s2;1700000001;;v\n"),
      "a.jsonl":
        '{"customer":"u1","sku":"s1","ts":1700000000,"stars":4,"visit":"v"}\n{"customer":"u2","sku":"s2","ts":1700000001,"visit":"v"}\n',
    });
    await writeParquet(
      join(folder, "a.parquet"),
      "select * from (values ('u1','s1',1700000000,4.0,'v'),('u2','s2',1700000001,null,'v')) t(customer,sku,ts,stars,visit)",
    );
    const results: EventInput[][] = [];
    for (const name of ["a.csv", "a.csv.gz", "a.jsonl", "a.parquet"]) {
      const { target, events } = memoryTarget();
      const mapping = { ...clicks, value: "stars", session: "visit" };
      const report = await importInto(target, [{ file: join(folder, name), events: mapping }]);
      expect(report).toMatchObject({ events: 2, duplicates: 0, problemCount: 0 });
      results.push([...events.values()]);
    }
    expect(results[0]).toEqual([
      {
        id: expect.any(String),
        user: "u1",
        type: "click",
        item: "s1",
        value: 4,
        time: 1_700_000_000_000,
        session: "v",
      },
      { id: expect.any(String), user: "u2", type: "click", item: "s2", time: 1_700_000_001_000, session: "v" },
    ]);
    for (const other of results.slice(1)) expect(other).toEqual(results[0]);
  });

  test("items get joined texts, category paths and attributes, and come before events", async () => {
    const folder = folderWith({
      "orders.csv": goodRows,
      "products.csv":
        "sku,brand,name,department,category,extra\ns1,Acme,Pan,Home,Kitchen,7\ns2,,Pot,Home,,\ns3,,,Home,,\n",
    });
    const { target, items } = memoryTarget();
    const steps: string[] = [];
    const report = await importInto(
      target,
      [
        { file: join(folder, "orders.csv"), events: clicks },
        {
          file: join(folder, "products.csv"),
          items: { id: "sku", title: ["brand", "name"], categories: ["department", "category"], attributes: ["extra"] },
        },
      ],
      { onProgress: ({ step }) => steps.push(step) },
    );
    expect([...items.values()]).toEqual([
      { id: "s1", title: "Acme Pan", categories: [["Home", "Kitchen"]], attributes: { extra: "7" } },
      { id: "s2", title: "Pot", categories: [["Home"]], attributes: {} },
    ]);
    expect(report).toMatchObject({ items: 2, events: 2, problemCount: 1 });
    expect(report.problems[0]).toMatchObject({ line: 4, reason: expect.stringContaining("title") });
    expect(steps[0]).toContain("products.csv");
  });

  test("categories of one column: several paths, several levels, or lists", async () => {
    const folder = folderWith({
      "a.csv": "id,t,c\n1,A,Home > Kitchen; Gifts\n",
      "b.jsonl": '{"id":1,"t":"A","c":[["Home","Kitchen"],"Gifts"]}\n',
    });
    for (const name of ["a.csv", "b.jsonl"]) {
      const { target, items } = memoryTarget();
      const categories = { column: "c", separator: ";", levels: ">" };
      await importInto(target, [{ file: join(folder, name), items: { id: "id", title: "t", categories } }]);
      expect(items.get("1")?.categories).toEqual([["Home", "Kitchen"], ["Gifts"]]);
    }
  });

  test("rows that make no event are reported with file, line and reason, and the rest is imported", async () => {
    const folder = folderWith({
      "bad.csv": [
        "customer,sku,ts,stars",
        'u1,"a\nb",1700000000,1',
        ",s1,1700000000,1",
        "u1,s1,yesterday,1",
        "u1,s1,4102444800,1",
        "u1,s1,1700000000,NaN",
        "u1,s1,1700000000,Infinity",
        "u1,s1",
        "",
        `${"x".repeat(200)},s1,1700000000,1`,
        "u1,s9,1700000000,5",
      ].join("\n"),
    });
    const { target, events } = memoryTarget();
    const file = join(folder, "bad.csv");
    const report = await importInto(target, [{ file, events: { ...clicks, value: "stars" } }]);
    expect([...events.values()].map(({ item }) => item)).toEqual(["s9"]);
    expect(report.problemCount).toBe(8);
    expect(report.problems.map(({ line, reason }) => `${line}: ${reason}`)).toEqual([
      expect.stringMatching(/^2: item: expected an id .*control characters/),
      expect.stringMatching(/^4: user: expected an id .* got ""/),
      '5: ts: expected a time (ISO 8601 or a count since 1970), got "yesterday".',
      expect.stringMatching(/^6: time 2100-01-01T00:00:00.000Z lies 76 years ahead/),
      '7: stars: expected a finite number, got "NaN".',
      '8: stars: expected a finite number, got "Infinity".',
      "9: expected 4 columns, got 2",
      expect.stringMatching(/^11: user: expected an id of 1 to 128 characters/),
    ]);
  });

  test("problems are kept up to the limit and counted beyond it", async () => {
    const rows = "u1,s1,never\n".repeat(keptProblemsMax + 5);
    const folder = folderWith({ "bad.csv": `customer,sku,ts\n${rows}` });
    const { target } = memoryTarget();
    const report = await importInto(target, [{ file: join(folder, "bad.csv"), events: clicks }]);
    expect(report.problems).toHaveLength(keptProblemsMax);
    expect(report.problemCount).toBe(keptProblemsMax + 5);
  });

  test("with strict, one bad row keeps everything out", async () => {
    const folder = folderWith({ "good.csv": goodRows, "bad.csv": `${goodRows}u3,s3,never\n` });
    const { target, events } = memoryTarget();
    const sources = ["good.csv", "bad.csv"].map((name) => ({ file: join(folder, name), events: clicks }));
    await expect(importInto(target, sources, { strict: true })).rejects.toMatchObject({
      code: "PENCHANT_E_IMPORT_ROWS",
      message: expect.stringContaining("bad.csv:4:"),
    });
    expect(events.size).toBe(0);
    const report = await importInto(target, sources.slice(0, 1), { strict: true });
    expect(report.events).toBe(2);
  });

  test("the same content is skipped the second time, compressed or not; repeated rows are duplicates", async () => {
    const folder = folderWith({
      "a.csv": goodRows,
      "a.csv.gz": gzipSync(goodRows),
      "longer.csv": `${goodRows}u3,s3,1700000002\n`,
    });
    const { target, events } = memoryTarget();
    const run = (name: string) => importInto(target, [{ file: join(folder, name), events: clicks }]);
    expect(await run("a.csv")).toMatchObject({ events: 2, files: [{ status: "imported", events: 2 }] });
    expect(await run("a.csv")).toMatchObject({ events: 0, files: [{ status: "skipped", events: 0 }] });
    expect(await run("a.csv.gz")).toMatchObject({ files: [{ status: "skipped" }] });
    expect(await run("longer.csv")).toMatchObject({ events: 1, duplicates: 2 });
    expect(events.size).toBe(3);
  });

  test("writes are batched", async () => {
    const rows = Array.from({ length: 25 }, (_, index) => `u${index},s1,1700000000`).join("\n");
    const folder = folderWith({ "a.csv": `customer,sku,ts\n${rows}` });
    const { target, batches } = memoryTarget();
    await importInto(target, [{ file: join(folder, "a.csv"), events: clicks }], { batchSize: 10 });
    expect(batches).toEqual([10, 10, 5]);
  });

  test("a MovieLens folder is imported and recognised", async () => {
    const folder = folderWith({
      "movies.csv": "movieId,title,genres\n1,Heat (1995),Crime\n",
      "ratings.csv": "userId,movieId,rating,timestamp\n7,1,4.5,1000000020\n7,1,9,1000000020\n",
    });
    const { target } = memoryTarget();
    expect(await importInto(target, [{ movieLens: folder }])).toMatchObject({ items: 1, events: 1, problemCount: 1 });
    expect(await importInto(target, [{ movieLens: folder }])).toMatchObject({ files: [{ status: "skipped" }] });
  });

  test("a table without a header line has its columns named", async () => {
    const folder = folderWith({ "a.tsv": "u1\ts1\t1700000000\n" });
    const { target, events } = memoryTarget();
    const columns = ["customer", "sku", "ts"];
    // One row of values can not tell the delimiter wrongly: it has two tabs and nothing else.
    await importInto(target, [{ file: join(folder, "a.tsv"), events: clicks, columns }]);
    expect(events.size).toBe(1);
  });
});

describe("files that cannot be imported are refused before anything is written", () => {
  const bytes = gzipSync(goodRows.repeat(50));
  const cases: [string, string | Uint8Array | undefined, string, RegExp][] = [
    ["missing.csv", undefined, "PENCHANT_E_IMPORT_SOURCE", /no such file/],
    ["empty.csv", "", "PENCHANT_E_IMPORT_SOURCE", /empty/],
    ["empty.jsonl", "", "PENCHANT_E_IMPORT_SOURCE", /empty/],
    ["list.json", "[\n]", "PENCHANT_E_IMPORT_SOURCE", /line 1: expected one JSON object per line/],
    ["columns.csv", "a,b,c\n1,2,3\n", "PENCHANT_E_IMPORT_COLUMNS", /no column "customer"; the columns are a, b, c/],
    ["twice.csv", "customer,sku,ts,ts\n", "PENCHANT_E_IMPORT_COLUMNS", /two columns are called "ts"/],
    ["cut.csv.gz", bytes.subarray(0, bytes.length - 20), "PENCHANT_E_IMPORT_SOURCE", /ends too early/],
    ["flipped.csv.gz", flipped(bytes), "PENCHANT_E_IMPORT_SOURCE", /gzip data is damaged/],
    ["plain.csv.gz", goodRows, "PENCHANT_E_IMPORT_SOURCE", /gzip data is damaged/],
    ["binary.csv", new Uint8Array([1, 0, 0, 2, 10, 0]), "PENCHANT_E_IMPORT_SOURCE", /binary/],
    ["fake.parquet", goodRows, "PENCHANT_E_IMPORT_SOURCE", /expected a Parquet file/],
    ["empty.parquet", "", "PENCHANT_E_IMPORT_SOURCE", /expected a Parquet file/],
  ];
  test.each(cases)("%s", async (name, content, code, message) => {
    const folder = folderWith({ "good.csv": goodRows, ...(content !== undefined && { [name]: content }) });
    const { target, events } = memoryTarget();
    const sources = ["good.csv", name].map((file) => ({ file: join(folder, file), events: clicks }));
    await expect(importInto(target, sources)).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
    expect(events.size).toBe(0);
  });

  test("a folder in place of a file", async () => {
    const source = { file: folderWith(), events: clicks };
    await expect(importInto(memoryTarget().target, [source])).rejects.toMatchObject({
      code: "PENCHANT_E_IMPORT_SOURCE",
      message: expect.stringContaining("expected a file, got a folder"),
    });
  });
});

function flipped(bytes: Uint8Array): Uint8Array {
  const damaged = Uint8Array.from(bytes);
  damaged[damaged.length - 6] ^= 0xff;
  return damaged;
}

async function writeParquet(path: string, query: string): Promise<void> {
  const { DuckDBInstance } = await import("@duckdb/node-api");
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  await connection.run(`copy (${query}) to '${path}' (format parquet)`);
  connection.closeSync();
  instance.closeSync();
}
