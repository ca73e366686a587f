import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { importInto } from "../../import/import.ts";
import { fakeClock } from "../../testing/builders.ts";
import { folderWith } from "../../testing/folder.ts";
import { runProgram } from "../program.ts";
import { sampleNamed } from "./samples.ts";

async function run(...argv: string[]): Promise<{ code: number; out: string; err: string }> {
  let out = "";
  let err = "";
  const code = await runProgram(["demo", ...argv], {
    stdout: { write: (text) => (out += text) },
    stderr: { write: (text) => (err += text) },
    environment: {},
  });
  return { code, out, err };
}

describe("the groceries sample", () => {
  it("is whole: every row becomes a product or a purchase, and every purchase is of 2017", async () => {
    const { sources } = sampleNamed("groceries");
    const users = new Set<string>();
    const depths = new Set<number>();
    let [first, last, count] = [Number.POSITIVE_INFINITY, 0, 0];
    const report = await importInto(
      {
        clock: fakeClock(),
        storage: { imports: { has: async () => false, add: async () => {} } },
        putItems: async (items) => {
          for (const { categories = [] } of items) depths.add(categories[0]?.length ?? 0);
          return { created: items.length, updated: 0 };
        },
        track: async (events) => {
          for (const { user, time } of events) {
            users.add(user);
            first = Math.min(first, time as number);
            last = Math.max(last, time as number);
          }
          count += events.length;
          return events.map(({ id }) => ({ id: id!, status: "accepted" as const }));
        },
      },
      sources,
    );
    // 37 products have no type, and so no title.
    expect(report).toMatchObject({ items: 20_860, problemCount: 37 });
    expect([count, users.size]).toEqual([75_000, 2_377]);
    expect(Math.max(...depths)).toBe(3);
    // In the time of the shops, five hours behind.
    expect(new Date(first).toISOString().slice(0, 10)).toBe("2017-01-01");
    expect(new Date(last).toISOString().slice(0, 10)).toBe("2018-01-01");
  });
});

describe("penchant demo with a folder of purchases", () => {
  const types = ["MILK", "BREAD", "CANDY", "SOUP"];
  const products = types.map((type, index) => `p${index},GROCERY,Private,${type} PRODUCTS,${type},1 LB`);
  /** Thirty households, each with a habit and something that it did for a while. */
  const purchases = Array.from({ length: 30 }, (_, household) =>
    Array.from({ length: 70 }, (_, visit) => {
      const product = visit % 3 === 0 && visit < 30 ? household % 4 : (household + 1) % 4;
      const time = new Date(Date.UTC(2017, 0, 2) + (5 * visit + (household % 5)) * 86_400_000).toISOString();
      return `h${household},b${household}-${visit},p${product},1,2.5,${time}`;
    }),
  ).flat();
  const made = () =>
    folderWith({
      "products.csv": `product_id,department,brand,product_category,product_type,package_size\n${products.join("\n")}\n`,
      "transactions.csv.gz": gzipSync(
        `household_id,basket_id,product_id,quantity,sales_value,transaction_timestamp\n${purchases.join("\n")}\n`,
      ),
    });

  it("learns how interests fade and shows one household, and the second start finds its data", async () => {
    const [sample, data] = [made(), folderWith()];
    const { code, out } = await run("--sample", sample, "--data", data, "--exit", "--json");
    expect(code).toBe(0);
    const summary = JSON.parse(out) as { profile: { returnDays: number } };
    expect(summary).toMatchObject({ sample: "groceries", import: { items: 4, events: 2_100 } });
    expect(summary.profile.returnDays).toBe(30);
    const again = await run("--sample", sample, "--data", data, "--exit");
    expect(again.code).toBe(0);
    expect(again.out).toContain("The Complete Journey, a year of groceries (2017)");
    expect(again.out).toMatch(/back in 30 d/);
    // Another sample does not belong into the same folder.
    const other = await run("--sample", "movielens", "--data", data, "--exit");
    expect(other.code).toBe(1);
    expect(other.err).toContain("PENCHANT_E_DATA_EXISTS");
  });

  it("says what it expected of a folder that holds none", async () => {
    const { code, err } = await run("--sample", folderWith(), "--data", folderWith(), "--exit");
    expect(code).toBe(1);
    expect(err).toContain("expected movielens, groceries, or a folder with movies.csv and ratings.csv");
  });
});
