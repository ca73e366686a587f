/**
 * A program that appends events from several loops at once until it is killed, and prints the id of every event that
 * was acknowledged. The first line says `open`, or the code of the error that kept it from opening.
 */
import { writeSync } from "node:fs";
import { PenchantError } from "../../base/errors.ts";
import { openEmbeddedStorage } from "./index.ts";

const loops = 8;
const dataDir = process.argv[2];

/** Written at once, and not when the program gets to it. */
const print = (line: string) => writeSync(1, `${line}\n`);

try {
  const storage = await openEmbeddedStorage({ dataDir });
  print("open");
  await Promise.all(
    Array.from({ length: loops }, async (_, loop) => {
      for (let batch = 0; ; batch++) {
        const ids = [0, 1, 2].map((index) => `${process.pid}-${loop}-${batch}-${index}`);
        const events = ids.map((id) => ({
          id,
          user: `user ${loop}`,
          type: "view",
          item: `item ${batch % 9}`,
          time: batch,
        }));
        // Every event is sent twice, so that a crash between the two must not make two of it.
        await Promise.all([storage.events.append(events), storage.events.append(events)]);
        print(ids.join("\n"));
      }
    }),
  );
} catch (error) {
  print(PenchantError.isInstance(error) ? error.code : String(error));
}
