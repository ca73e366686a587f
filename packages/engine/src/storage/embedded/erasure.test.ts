import { DatabaseSync } from "node:sqlite";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { blankLike } from "./erasure.ts";
import { bytesOfFiles, copyDirectory, event, openForTest, temporaryDirectory } from "./test-support.ts";

const userCount = 240;
const rounds = 10;

/** Ids and words of different lengths around a needle, so that rows of all sizes get moved about. */
const needle = (user: number) => `secret-${user}-end`;
const userId = (user: number) => `person ${"x".repeat((user * 7) % 60)} ${needle(user)}`;

function eventsOfRound(round: number) {
  return Array.from({ length: userCount }, (_, index) => (index * 37 + round * 11) % userCount).map((user) => {
    const words = "blah ".repeat((user * round) % 23 === 0 ? 1500 : (user * round) % 40);
    return event(`id of ${needle(user)} ${round}`, {
      user: userId(user),
      item: `item ${user % 50}`,
      text: `said ${needle(user)} ${words}`,
      session: `session of ${needle(user)}`,
      context: { page: `/home/${needle(user)}` },
    });
  });
}

test("after erasing users, no file holds their ids, words, records or states, wherever SQLite moved them", async () => {
  const dataDir = temporaryDirectory();
  const storage = await openForTest({ dataDir });
  const erased: number[] = [];
  for (let round = 1; round <= rounds; round++) {
    await storage.events.append(
      eventsOfRound(round).filter(({ user }) => !erased.some((gone) => user === userId(gone))),
    );
    const position = await storage.events.lastPosition();
    const states = Array.from({ length: userCount }, (_, user) => {
      const bytes = Buffer.from(`state of ${needle(user)} ${"z".repeat((user * round) % 700)}`);
      return [userId(user), { position, bytes }] as const;
    });
    await storage.states.save(new Map(states), position);
    for (let user = round; user < userCount; user += rounds) {
      if (!erased.includes(user)) await storage.users.put({ id: userId(user), attributes: { name: needle(user) } });
    }
    // Erasures in between, so that later rows meet the gaps that they leave.
    for (const user of [round * 3, round * 17, userCount - round]) {
      await storage.users.erase(userId(user));
      if (!erased.includes(user)) erased.push(user);
    }
  }

  const files = bytesOfFiles(dataDir);
  expect([...files.keys()]).toEqual(expect.arrayContaining(["penchant.db", "penchant.db-wal"]));
  for (const [name, bytes] of files) {
    expect(
      erased.filter((user) => bytes.includes(needle(user))),
      name,
    ).toEqual([]);
  }
  // The search can find: those who stay are there.
  expect(files.get("penchant.db")!.includes(needle(1))).toBe(true);
  expect(await storage.users.count()).toBe(userCount - erased.length);
  expect(await storage.check()).toEqual([]);

  // Nor does a state or a record say anything to who has only the file.
  const copy = new DatabaseSync(`${copyDirectory(dataDir)}/penchant.db`);
  const sealed = copy.prepare("SELECT sealed FROM states UNION ALL SELECT sealed FROM user_records").all();
  expect(sealed.length).toBeGreaterThan(userCount);
  expect(sealed.some((row) => Buffer.from(row.sealed as Uint8Array).includes("secret-"))).toBe(false);
  copy.close();
});

test("a blank takes exactly as many bytes in a row as what it replaces, and says nothing of it", () => {
  const database = new DatabaseSync(":memory:");
  database.exec("CREATE TABLE rows (key INTEGER PRIMARY KEY, whole INTEGER, value REAL, id ANY, text TEXT) STRICT");
  const insert = database.prepare("INSERT OR REPLACE INTO rows VALUES (1, ?, ?, ?, ?)");
  const size = database.prepare("SELECT payload FROM dbstat WHERE name = 'rows'");
  const whole = fc.oneof(
    fc.maxSafeInteger(),
    fc.integer({ min: -200, max: 200 }),
    fc.integer({ min: 0, max: 53 }).chain((bits) => fc.constantFrom(2 ** bits - 1, -(2 ** bits) + 1, 2 ** (bits - 1))),
  );
  fc.assert(
    fc.property(
      whole.filter(Number.isSafeInteger),
      fc.oneof(fc.double({ noNaN: true }), whole, fc.constant(null)),
      fc.oneof(fc.uint8Array({ maxLength: 40 }), fc.string({ unit: "binary", maxLength: 40 })),
      fc.string({ unit: "binary", maxLength: 200 }).map((text) => text.toWellFormed()),
      (...row) => {
        insert.run(...row);
        const before = size.get()!.payload;
        const blanks = row.map(blankLike);
        insert.run(...(blanks as typeof row));
        expect(size.get()!.payload).toBe(before);
        expect(JSON.stringify(blanks)).toMatch(/^[[\]{}",: \d.a-z]*$/);
      },
    ),
    { numRuns: 200, seed: 3 },
  );
});
