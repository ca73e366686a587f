import { DatabaseSync } from "node:sqlite";
import { expect, test } from "vitest";
import { migrate } from "./schema.ts";

const first = "CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT)";
const second = "ALTER TABLE notes ADD COLUMN language TEXT NOT NULL DEFAULT 'en'";

const versionOf = (database: DatabaseSync) => database.prepare("PRAGMA user_version").get()?.user_version;

test("a file of an older version is brought forward step by step, with its rows", () => {
  const database = new DatabaseSync(":memory:");
  migrate(database, "file", [first]);
  database.exec("INSERT INTO notes (text) VALUES ('hello')");
  migrate(database, "file", [first, second]);
  expect(versionOf(database)).toBe(2);
  expect(database.prepare("SELECT text, language FROM notes").get()).toEqual({ text: "hello", language: "en" });
  migrate(database, "file", [first, second]);
  expect(versionOf(database)).toBe(2);
});

test("a step that fails leaves the version before it, and nothing half-done", () => {
  const database = new DatabaseSync(":memory:");
  const broken = "CREATE TABLE half (id); INSERT INTO nowhere VALUES (1)";
  expect(() => migrate(database, "file", [first, broken])).toThrow("nowhere");
  expect(versionOf(database)).toBe(1);
  expect(database.prepare("SELECT name FROM sqlite_master").all()).toEqual([{ name: "notes" }]);
});
