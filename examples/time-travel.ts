/**
 * Interests come and go: one reader's profile at several moments, all read from the same log.
 *
 *   node examples/time-travel.ts
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type EventInput, openEngine } from "penchant";

const dataDir = await mkdtemp(join(tmpdir(), "penchant-time-travel-"));
const engine = await openEngine({ dataDir });

const topics = ["Gardening", "Cycling", "Cooking"];
await engine.putItems(
  topics.flatMap((topic) =>
    Array.from({ length: 20 }, (_, index) => ({
      id: `${topic}-${index}`,
      title: `${topic}, part ${index + 1}`,
      categories: [[topic]],
    })),
  ),
);

/** Reads one article of a topic on each of the days. */
function reads(topic: string, ...days: string[]): EventInput[] {
  return days.map((day, index) => ({
    user: "kim",
    type: "complete",
    item: `${topic}-${index}`,
    time: `${day}T18:00:00Z`,
  }));
}

await engine.track([
  ...reads("Gardening", "2024-03-02", "2024-03-09", "2024-03-16", "2024-04-06", "2024-04-20", "2024-05-04"),
  ...reads("Cycling", "2024-06-01", "2024-06-03", "2024-06-05", "2024-06-08", "2024-06-10", "2024-06-12"),
  ...reads("Cooking", "2024-11-02", "2024-11-16", "2024-12-07"),
]);
await engine.rebuild();

for (const at of ["2024-05-05", "2024-06-13", "2024-09-01", "2024-12-08"]) {
  const { interests } = await engine.profile("kim", { at });
  const lines = interests.map(
    ({ interest, strength, phase }) => `${interest.label} ${(100 * strength).toFixed(0)}% ${phase}`,
  );
  console.log(`${at}: ${lines.join(", ")}`);
}

await engine.close();
await rm(dataDir, { recursive: true });
