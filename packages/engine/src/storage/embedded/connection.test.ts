import { expect, it } from "vitest";
import { folderWith } from "../../testing/folder.ts";
import { openForWriting, withoutWaiting } from "./connection.ts";

const [normal, full] = [1, 2];

it("waits for the disk at every commit, but for those of work that can be done again", () => {
  const database = openForWriting(folderWith(), 1_000);
  const waiting = () => database.prepare("PRAGMA synchronous").get()!.synchronous;
  expect(waiting()).toBe(full);
  expect(withoutWaiting(database, waiting)).toBe(normal);
  expect(waiting()).toBe(full);
  const failing = () =>
    withoutWaiting(database, () => {
      throw new Error("no");
    });
  expect(failing).toThrow("no");
  expect(waiting()).toBe(full);
  database.close();
});
