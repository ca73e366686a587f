import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import type { Item } from "../core/item.ts";
import { openEngine } from "../engine.ts";
import { fakeClock, themedItems } from "../testing/builders.ts";
import { folderWith } from "../testing/folder.ts";
import { failing, silent, type TestProvider, testProvider } from "../text/provider/test-provider.ts";
import { testHub } from "../text/transformers/test-hub.ts";
import type { PenchantEngine } from "./penchant-engine.ts";

const items = themedItems(10);

/** An engine whose texts go to a server on this machine. */
async function withServer(dataDir = folderWith(), provider?: TestProvider, own: object = {}) {
  const server = provider ?? (await testProvider());
  const errors: unknown[] = [];
  const engine = (await openEngine({
    dataDir,
    clock: fakeClock(),
    embedder: ["lexical", { kind: "openai-compatible", url: server.url, model: "tiny", dimensions: 8, retriesMax: 0 }],
    onBackgroundError: (error) => errors.push(error),
    ...own,
  })) as PenchantEngine;
  return { dataDir, server, engine, errors };
}

const asked = ({ requests }: TestProvider) => requests.flatMap(({ input }) => input);
const nearest = (engine: PenchantEngine, id: string) => engine.similarItems(id, { limit: 1 })[0].item.id;

describe("an engine with a given embedder", () => {
  it("embeds the catalogue when it is rebuilt, each text once, and new items when they come", async () => {
    const { engine, server } = await withServer();
    await engine.putItems(items);
    expect(server.requests).toEqual([]);
    await engine.rebuild();
    expect(asked(server)).toHaveLength(items.length);
    await engine.putItems([{ id: "new", title: "garlic broth simmer", categories: [["Cooking"]] }]);
    expect(asked(server)).toHaveLength(items.length + 1);
    expect(nearest(engine, "new")).toMatch(/^cooking/);
    await engine.rebuild();
    expect(asked(server)).toHaveLength(items.length + 1);
    await engine.close();
  });

  it("places what people say by the catalogue's own words where the embedder itself is out of reach", async () => {
    const server = await testProvider();
    const embedder = { kind: "openai-compatible", url: server.url, model: "tiny", dimensions: 8 } as const;
    const { engine } = await withServer(undefined, server, { embedder });
    await engine.putItems(items);
    await engine.rebuild();
    const before = server.requests.length;
    await engine.track([{ user: "ada", type: "search", text: "rook endgame gambit" }]);
    const { interests } = await engine.profile("ada");
    expect(interests.map(({ interest }) => interest.label)).toEqual(["Chess"]);
    expect(server.requests).toHaveLength(before);
    await engine.close();
  });

  it("serves the same after a restart, and asks nothing for it", async () => {
    const first = await withServer();
    await first.engine.putItems(items);
    await first.engine.rebuild();
    const before = first.engine.similarItems("chess-0", { limit: 20 });
    await first.engine.close();
    const second = await withServer(first.dataDir, first.server);
    expect(second.engine.similarItems("chess-0", { limit: 20 })).toEqual(before);
    expect(asked(first.server)).toHaveLength(items.length);
    await second.engine.close();
  });

  it("takes new items in while the server is down, by their words, and tells of it", async () => {
    const { engine, server, errors } = await withServer();
    await engine.putItems(items);
    await engine.rebuild();
    server.next.push(failing(503, "down"));
    await engine.putItems([{ id: "new", title: "rook endgame gambit" }]);
    expect(errors).toEqual([expect.objectContaining({ code: "PENCHANT_E_PROVIDER" })]);
    expect(nearest(engine, "new")).toMatch(/^chess/);
    await engine.close();
  });

  it("keeps its models when a rebuild cannot embed, and answers meanwhile", async () => {
    const { engine, server } = await withServer();
    await engine.putItems(items);
    await engine.rebuild();
    const { treeVersion } = await engine.status();
    await engine.putItems([{ id: "new", title: "something else" }]);
    await engine.putItems([{ id: "chess-0", title: "changed words" }]);
    server.next.push(failing(500, "out of memory"));
    await expect(engine.rebuild()).rejects.toMatchObject({ code: "PENCHANT_E_PROVIDER" });
    expect((await engine.status()).treeVersion).toBe(treeVersion);
    expect((await engine.recommend("ada")).recommendations.length).toBeGreaterThan(0);
    await engine.close();
  });

  it("is closed while the server keeps it waiting", async () => {
    const { engine, server } = await withServer();
    await engine.putItems(items);
    server.next.push(silent);
    const rebuilding = expect(engine.rebuild()).rejects.toMatchObject({ code: "PENCHANT_E_PROVIDER" });
    while (server.requests.length === 0) await sleep(5);
    await engine.close();
    await rebuilding;
  });

  it("re-encodes the catalogue in the background when another embedder is configured", async () => {
    const dataDir = folderWith();
    const lexical = await openEngine({ dataDir, clock: fakeClock() });
    await lexical.putItems(items);
    await lexical.rebuild();
    const before = lexical.similarItems("chess-0", { limit: 20 });
    await lexical.close();

    const { engine, server, errors } = await withServer(dataDir, undefined, { reencodingDelayMs: 1 });
    expect(engine.similarItems("chess-0", { limit: 20 })).toEqual(before);
    const { treeVersion } = await engine.status();
    while ((await engine.status()).treeVersion === treeVersion) await sleep(5);
    expect(asked(server)).toHaveLength(items.length);
    expect(engine.similarItems("chess-0", { limit: 20 })).not.toEqual(before);
    expect(errors).toEqual([]);
    await engine.close();

    const again = await withServer(dataDir, server, { reencodingDelayMs: 1 });
    await sleep(30);
    expect((await again.engine.status()).treeVersion).toBe(treeVersion + 1);
    await again.engine.close();
  });

  it("fetches a model of the hub in the background, and serves in the old space meanwhile", async () => {
    const dataDir = folderWith();
    const lexical = await openEngine({ dataDir, clock: fakeClock() });
    await lexical.putItems(items);
    await lexical.rebuild();
    await lexical.close();

    let isSilent = true;
    const { asked, source } = await testHub((path) => isSilent && path.startsWith("/storage/"));
    const embedder = { kind: "transformers", ...source } as const;
    const waiting = await withServer(dataDir, undefined, { embedder, reencodingDelayMs: 1 });
    while (!asked.some((path) => path.startsWith("/storage/"))) await sleep(5);
    await waiting.engine.putItems([{ id: "new", title: "rook endgame gambit" }]);
    expect(nearest(waiting.engine, "new")).toMatch(/^chess/);
    await waiting.engine.close();
    expect(waiting.errors).toEqual([]);

    isSilent = false;
    const { engine, errors } = await withServer(dataDir, undefined, { embedder, reencodingDelayMs: 1 });
    const { treeVersion } = await engine.status();
    while ((await engine.status()).treeVersion === treeVersion) await sleep(5);
    expect(errors).toEqual([]);
    await engine.close();
  });

  it("goes on in the old space when the new embedder gives vectors of another length than promised", async () => {
    const { engine, dataDir, server } = await withServer();
    await engine.putItems(items);
    await engine.rebuild();
    await engine.close();
    const embedder = { kind: "openai-compatible", url: server.url, model: "other", dimensions: 9 } as const;
    const changed = await withServer(dataDir, server, { embedder, reencodingDelayMs: 1 });
    while (changed.errors.length === 0) await sleep(5);
    expect(changed.errors[0]).toMatchObject({
      code: "PENCHANT_E_EMBEDDER",
      message: expect.stringContaining("expected vectors of 9 finite numbers (embedder.dimensions), got 8"),
    });
    expect(nearest(changed.engine, "chess-0")).toMatch(/^chess/);
    await changed.engine.close();
  });
});

describe("embedders that are fitted to the catalogue", () => {
  it("are taken into use in the background, take part for new items, and are there after a restart", async () => {
    const dataDir = folderWith();
    const many = themedItems(10);
    const lexical = await openEngine({ dataDir, clock: fakeClock() });
    await lexical.putItems(many);
    await lexical.rebuild();
    await lexical.close();

    const errors: unknown[] = [];
    const own = { dataDir, clock: fakeClock(), embedder: { adapted: "own" }, reencodingDelayMs: 1 } as const;
    const engine = (await openEngine({ ...own, onBackgroundError: (error) => errors.push(error) })) as PenchantEngine;
    const { treeVersion } = await engine.status();
    while ((await engine.status()).treeVersion === treeVersion) await sleep(5);
    await engine.putItems([{ id: "new", title: "garlic broth simmer" }]);
    expect(nearest(engine, "new")).toMatch(/^cooking/);
    const before = engine.similarItems("new", { limit: 20 });
    await engine.close();

    const again = (await openEngine(own)) as PenchantEngine;
    await again.putItems([{ id: "newer", title: "garlic broth simmer" }]);
    expect(again.similarItems("newer", { limit: 20 }).slice(1)).toEqual(before.slice(0, 19));
    await sleep(30);
    expect((await again.status()).treeVersion).toBe(treeVersion + 1);
    expect(errors).toEqual([]);
    await again.close();
  });
});

describe("vectors that come with the items", () => {
  /** Items that say nothing in words, and in pictures which of two they are. */
  const pictured = (count: number): Item[] =>
    Array.from({ length: count }, (_, index) => ({
      id: `item-${index}`,
      title: `number ${index}`,
      vectors: { image: [index % 2, 1 - (index % 2), 0.1 * (index % 3)] },
    }));

  it("take part in the items' vectors", async () => {
    const engine = (await openEngine({ dataDir: folderWith(), clock: fakeClock() })) as PenchantEngine;
    await engine.putItems(pictured(40));
    await engine.rebuild();
    await engine.putItems([{ id: "new", title: "another", vectors: { image: [1, 0, 0.1] } }]);
    const near = engine.similarItems("new", { limit: 10 }).map(({ item }) => Number(item.id.slice("item-".length)));
    expect(near.filter((index) => index % 2 === 1).length).toBeGreaterThanOrEqual(9);
    await engine.close();
  });

  it.each([
    ["too many", { a: [1], b: [1], c: [1], d: [1], e: [1] }, "expected at most 4 of them, got 5"],
    ["empty", { image: [] }, "vectors.image: expected 1 to 4096 finite numbers"],
    ["not finite", { image: [1, Number.NaN] }, "finite numbers"],
    ["no numbers", { image: ["a"] }, "finite numbers"],
    ["no object", [1, 2], "expected an object"],
    ["without a name", { "": [1] }, "expected names"],
  ])("are refused where they are %s", async (_, vectors, sentence) => {
    const engine = await openEngine({ dataDir: folderWith(), clock: fakeClock() });
    const item = { id: "a", title: "A", vectors } as unknown as Item;
    await expect(engine.putItems([item])).rejects.toThrow(sentence);
    await engine.close();
  });
});
