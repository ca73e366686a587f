/**
 * A program that runs an engine under load until it is killed: several loops track events, on items known, unknown and
 * yet to come, while others put items. It prints the id of every event that was acknowledged; the first line says `open`.
 */
import { writeSync } from "node:fs";
import { openEngine } from "../engine.ts";
import { themedItems } from "../testing/builders.ts";

const [, , dataDir, name] = process.argv;
const engine = await openEngine({ dataDir, flushIntervalSeconds: 0.05, cachedStates: 100 });
const items = themedItems(30);
await engine.putItems(items.filter((_, index) => index % 2 === 0));

/** Written at once, and not when the program gets to it. */
const print = (line: string) => writeSync(1, `${line}\n`);
print("open");

const tracking = Array.from({ length: 4 }, async (_, loop) => {
  for (let batch = 0; ; batch++) {
    const ids = [0, 1, 2].map((index) => `${name}-${loop}-${batch}-${index}`);
    const events = ids.map((id, index) => ({
      id,
      user: `user ${(loop + batch + index) % 7}`,
      type: index === 2 ? "dislike" : "like",
      item: items[(loop * 31 + batch * 7 + index) % items.length].id,
    }));
    // Every event is sent twice, so that a crash between the two must not make two of it.
    await Promise.all([engine.track(events), engine.track(events)]);
    print(ids.join("\n"));
  }
});
const putting = (async () => {
  for (const item of items) {
    await engine.putItems([item]);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
})();
await Promise.all([...tracking, putting]);
