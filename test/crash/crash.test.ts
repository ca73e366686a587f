/** Twenty crashes in every run of the tests; `npm run test:crash -- --rounds 200` makes more of them. */
import { rmSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { InterestState } from "../../packages/engine/src/core/state.ts";
import { decodeState, encodeState } from "../../packages/engine/src/core/state-codec.ts";
import { openEngine } from "../../packages/engine/src/index.ts";
import { openEmbeddedStorage } from "../../packages/engine/src/storage/embedded/index.ts";
import { copyOf, inspect } from "./inspection.ts";
import { crashRounds } from "./rounds.ts";

const seed = Number(process.env.CRASH_SEED ?? 3);

test(`twenty times kill -9 under load loses nothing, doubles nothing and leaves no state behind (CRASH_SEED=${seed})`, async () => {
  const report = await crashRounds({ rounds: 20, seed });
  expect(report).toMatchObject({ problems: [], lost: 0, duplicated: 0, unsent: 0, unerased: 0, altered: 0 });
  expect(report.stateMismatches).toBe(0);
  expect(report.acknowledged).toBeGreaterThan(1_000);
}, 180_000);

test("a stored state that is not what the log makes of it is found, and so is one of a user without events", async () => {
  const dataDir = await mkdtemp(join(tmpdir(), "penchant-crash-"));
  onTestFinished(() => rmSync(dataDir, { recursive: true, force: true }));
  const engine = await openEngine({ dataDir });
  await engine.putUser({ id: "cleo" });
  await engine.track(["ada", "bert"].map((user) => ({ user, type: "view" })));
  await engine.close();
  const whole = copyOf(dataDir);
  onTestFinished(() => rmSync(whole, { recursive: true, force: true }));
  expect(await inspect(whole, ["cleo"])).toMatchObject({ stateMismatches: [], damage: [], log: [{}, {}] });

  const storage = await openEmbeddedStorage({ dataDir });
  const stored = (await storage.states.load(["ada"])).get("ada")!;
  const { state, treeVersion } = decodeState(stored.bytes);
  state.lastTime += 1;
  const altered = { position: stored.position, bytes: encodeState(state, treeVersion) };
  const invented = { position: 1, bytes: encodeState(new InterestState(), treeVersion) };
  await storage.states.save(new Map([["ada", altered]]).set("cleo", invented), await storage.states.checkpoint());
  await storage.close();
  expect((await inspect(dataDir, ["cleo"])).stateMismatches.toSorted()).toEqual(["ada", "cleo"]);
});
