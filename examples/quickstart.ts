/**
 * Penchant in a program: a catalogue, what somebody did, their interests, and what they might like next.
 *
 *   node examples/quickstart.ts
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openEngine } from "penchant";

const dataDir = await mkdtemp(join(tmpdir(), "penchant-quickstart-"));
const engine = await openEngine({ dataDir });

await engine.putItems([
  { id: "heat", title: "Heat", categories: [["Film", "Crime"]] },
  { id: "casino", title: "Casino", categories: [["Film", "Crime"]] },
  { id: "alien", title: "Alien", categories: [["Film", "Science fiction"]] },
  { id: "solaris", title: "Solaris", categories: [["Film", "Science fiction"]] },
  { id: "dune", title: "Dune", categories: [["Book", "Science fiction"]] },
]);
await engine.track([
  { user: "ada", type: "view", item: "heat" },
  { user: "ada", type: "like", item: "alien" },
]);

const profile = await engine.profile("ada");
for (const { interest, strength, phase, children } of profile.interests) {
  console.log(`${interest.label}: ${(100 * strength).toFixed(0)}%, ${phase}`);
  for (const child of children) console.log(`  ${child.interest.label}: ${(100 * child.strength).toFixed(0)}%`);
}

const { recommendations } = await engine.recommend("ada", { limit: 3 });
for (const { item, reasons } of recommendations) {
  const [reason] = reasons ?? [];
  console.log(
    `Try ${item.title}: ${reason?.event?.item?.title ?? "what many like"} -> ${reason?.interest?.label ?? "this"}`,
  );
}

await engine.close();
await rm(dataDir, { recursive: true });
