import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { type Engine, openEngine } from "../engine.ts";
import { folderWith } from "../testing/folder.ts";
import { Tenants } from "./tenants.ts";

/** Real engines, and how many of them were open at once. */
function tenantsIn(folder: string, openMax: number) {
  const seen = { open: 0, most: 0, opened: [] as string[] };
  const errors: unknown[] = [];
  const tenants = new Tenants({
    dataDir: folder,
    openMax,
    onCloseError: (error) => errors.push(error),
    open: async (dataDir) => {
      seen.open += 1;
      seen.most = Math.max(seen.most, seen.open);
      seen.opened.push(dataDir);
      const engine = await openEngine({ dataDir });
      const close = engine.close.bind(engine);
      engine.close = async () => {
        await close();
        seen.open -= 1;
      };
      return engine;
    },
  });
  onTestFinished(() => tenants.close());
  return { tenants, seen, errors };
}

async function using<T>(tenants: Tenants, name: string, use: (engine: Engine) => Promise<T>): Promise<T> {
  const lease = await tenants.lease(name);
  try {
    return await use(lease.engine);
  } finally {
    lease.release();
  }
}

const view = (user: string) => [{ user, type: "view", item: "m1" }];

describe("tenants", () => {
  test("have a folder and an engine each, opened when first asked for", async () => {
    const folder = folderWith();
    const { tenants, seen } = tenantsIn(folder, 4);
    expect(existsSync(join(folder, "tenants"))).toBe(false);
    await using(tenants, "acme", (engine) => engine.track(view("ada")));
    expect(await using(tenants, "acme", async (engine) => (await engine.user("ada"))?.events)).toBe(1);
    expect(await using(tenants, "bolt", (engine) => engine.user("ada"))).toBeUndefined();
    expect(seen.opened).toEqual([join(folder, "tenants/acme"), join(folder, "tenants/bolt")]);
  });

  test("are closed when idle longest, and have everything when they are opened again", async () => {
    const { tenants, seen } = tenantsIn(folderWith(), 2);
    for (const name of ["a", "b", "a", "c"]) await using(tenants, name, (engine) => engine.track(view("ada")));
    expect(seen.opened.map((path) => path.at(-1))).toEqual(["a", "b", "c"]);
    expect(await using(tenants, "a", async (engine) => (await engine.user("ada"))?.events)).toBe(2);
    expect(seen.opened).toHaveLength(3);
    expect(await using(tenants, "b", async (engine) => (await engine.user("ada"))?.events)).toBe(1);
    expect(seen).toMatchObject({ most: 2 });
  });

  test("are not closed while somebody uses them: another one has to wait for an idle one", async () => {
    const { tenants } = tenantsIn(folderWith(), 1);
    const first = await tenants.lease("a");
    const second = await tenants.lease("a");
    await expect(tenants.lease("b")).rejects.toMatchObject({
      code: "PENCHANT_E_TENANTS_BUSY",
      details: { retryAfterSeconds: 1 },
    });
    first.release();
    first.release();
    await expect(tenants.lease("b")).rejects.toMatchObject({ code: "PENCHANT_E_TENANTS_BUSY" });
    await second.engine.track(view("ada"));
    second.release();
    await using(tenants, "b", (engine) => engine.track(view("bert")));
  });

  test("come and go under load without ever losing an event, being open twice or being too many", async () => {
    const { tenants, seen, errors } = tenantsIn(folderWith(), 2);
    const names = ["a", "b", "c", "d"];
    const acknowledged = new Map(names.map((name) => [name, 0]));
    const worker = async (seed: number) => {
      for (let round = 0; round < 6; round += 1) {
        const name = names[(seed + round * (seed + 1)) % names.length];
        try {
          await using(tenants, name, (engine) => engine.track(view("ada")));
          acknowledged.set(name, acknowledged.get(name)! + 1);
        } catch (error) {
          expect(error).toMatchObject({ code: "PENCHANT_E_TENANTS_BUSY" });
          await new Promise((resolve) => setTimeout(resolve, 5));
        }
      }
    };
    await Promise.all([0, 1, 2, 3, 4, 5].map(worker));
    for (const name of names) {
      const events = await using(tenants, name, async (engine) => (await engine.user("ada"))?.events ?? 0);
      expect(events, name).toBe(acknowledged.get(name));
    }
    expect([...acknowledged.values()].reduce((sum, each) => sum + each)).toBeGreaterThan(6);
    expect(seen.most).toBeLessThanOrEqual(2);
    expect(errors).toEqual([]);
  });

  test("that cannot be opened are tried again by the next request", async () => {
    const folder = folderWith({ "tenants/a": "a file where the folder should be" });
    const { tenants } = tenantsIn(folder, 1);
    await expect(tenants.lease("a")).rejects.toThrow();
    await expect(tenants.lease("a")).rejects.toThrow();
    await using(tenants, "b", (engine) => engine.track(view("ada")));
  });

  test("are all closed in the end, and none is opened any more", async () => {
    const { tenants, seen } = tenantsIn(folderWith(), 3);
    await using(tenants, "a", (engine) => engine.track(view("ada")));
    await using(tenants, "b", (engine) => engine.track(view("ada")));
    await tenants.close();
    expect(seen.open).toBe(0);
    await expect(tenants.lease("c")).rejects.toMatchObject({ code: "PENCHANT_E_CLOSED" });
  });

  test.each(["default", "..", "a/b", "A", "", "-a", "a".repeat(64)])("are never called %s", async (name) => {
    await expect(tenantsIn(folderWith(), 1).tenants.lease(name)).rejects.toThrow(/Broken assumption/);
  });
});
