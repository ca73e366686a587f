import { existsSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { folderWith } from "../testing/folder.ts";
import { changeKeys, KeyFile, keyFilePath, readKeys } from "./key-file.ts";
import { type Key, newKey } from "./keys.ts";

const start = Date.UTC(2026, 5, 1);
const settings = { name: "shop", tenant: "default", scopes: ["read" as const] };

function opened(folder: string) {
  const clock = { time: start, now: () => clock.time };
  const errors: unknown[] = [];
  return { clock, errors, file: new KeyFile(folder, { clock, onError: (error) => errors.push(error) }) };
}

function add(folder: string, ...keys: readonly Key[]): void {
  changeKeys(folder, (known) => ({ keys: [...known, ...keys], result: undefined }));
}

describe("a server's view of the keys", () => {
  test("follows the file within a second", () => {
    const folder = folderWith();
    const { clock, file } = opened(folder);
    expect([file.isRequired, file.isUsable]).toEqual([false, false]);
    const { key, text } = newKey(settings, start);
    add(folder, key);
    clock.time += 999;
    expect(file.isRequired).toBe(false);
    clock.time += 1;
    expect([file.isRequired, file.isUsable]).toEqual([true, true]);
    expect(file.find(text)).toEqual(key);
    changeKeys(folder, (keys) => ({ keys: keys.map((each) => ({ ...each, revokedAt: start })), result: undefined }));
    clock.time += 1_000;
    expect(() => file.find(text)).toThrow(/was revoked/);
  });

  test("follows it when the clock is put back", () => {
    const folder = folderWith();
    const { clock, file } = opened(folder);
    add(folder, newKey(settings, start).key);
    clock.time -= 3_600_000;
    expect(file.isRequired).toBe(true);
  });

  test("stays as it was when the file is damaged, and tells so once", () => {
    const folder = folderWith();
    const { key, text } = newKey(settings, start);
    add(folder, key);
    const { clock, errors, file } = opened(folder);
    for (const damage of ["{", "[]", '{"version":1}', '{"version":1,"keys":[{"id":"x"}]}', '{"version":7,"keys":[]}']) {
      errors.length = 0;
      writeFileSync(keyFilePath(folder), damage);
      for (let seconds = 0; seconds < 3; seconds += 1) {
        clock.time += 1_000;
        expect(file.find(text)).toEqual(key);
      }
      expect(errors, damage).toEqual([expect.objectContaining({ code: "PENCHANT_E_KEY_FILE" })]);
    }
  });

  test("stays as it was when the file cannot be read at all", () => {
    const folder = folderWith();
    const { key, text } = newKey(settings, start);
    add(folder, key);
    const { clock, errors, file } = opened(folder);
    rmSync(keyFilePath(folder));
    // A link to itself: whoever follows it, even as root, gets an error.
    symlinkSync("keys.json", keyFilePath(folder));
    clock.time += 1_000;
    expect(file.find(text)).toEqual(key);
    expect(errors).toEqual([expect.objectContaining({ code: "PENCHANT_E_KEY_FILE" })]);
  });

  test("lets nobody in once the keys are gone: a server that had keys never does without", () => {
    const folder = folderWith();
    const { key, text } = newKey({ ...settings, expiresAt: start + 5_000 }, start);
    add(folder, key);
    const { clock, file } = opened(folder);
    clock.time += 5_000;
    expect([file.isRequired, file.isUsable]).toEqual([true, false]);
    rmSync(keyFilePath(folder));
    clock.time += 1_000;
    expect([file.isRequired, file.isUsable]).toEqual([true, false]);
    expect(() => file.find(text)).toThrow(/expected a key of this server/);
  });

  test("does not start with a file that it cannot read", () => {
    expect(() => opened(folderWith({ "keys.json": "nonsense" }))).toThrow(/keys\.json: expected JSON/);
  });

  test("tells of a wrong key nothing that its sender did not know", () => {
    const folder = folderWith();
    const { key, text } = newKey({ ...settings, expiresAt: start }, start);
    add(folder, key);
    const { file } = opened(folder);
    const other = newKey(settings, start).text;
    const messages = [other, `pk_${key.id}_${other.slice(-43)}`].map((wrong) => {
      try {
        return file.find(wrong).name;
      } catch (error) {
        return (error as Error).message;
      }
    });
    expect(messages[0]).toBe(messages[1]);
    expect(messages[0]).not.toContain(other.slice(-43));
    expect(() => file.find(text)).toThrow(/expired/);
  });

  test("knows the origins of the keys that are valid", () => {
    const folder = folderWith();
    add(
      folder,
      newKey({ ...settings, origins: ["https://a.example"] }, start).key,
      newKey({ ...settings, origins: ["https://b.example"], expiresAt: start }, start).key,
    );
    const { file } = opened(folder);
    expect(
      ["https://a.example", "https://b.example", "https://c.example"].map((each) => file.namesOrigin(each)),
    ).toEqual([true, false, false]);
  });
});

describe("a change of the keys", () => {
  test("that fails half-way leaves the keys as they were, and the next one possible", () => {
    const folder = folderWith();
    const { key } = newKey(settings, start);
    add(folder, key);
    const failing = () =>
      changeKeys(folder, () => {
        throw new Error("no");
      });
    expect(failing).toThrow(/keys\.json: no/);
    expect(() => add(folder, { ...key, id: "not an id" })).toThrow(/keys\.1\.id/);
    expect(existsSync(`${keyFilePath(folder)}.new`)).toBe(false);
    expect(readKeys(folder)).toEqual([key]);
    add(folder, newKey(settings, start).key);
    expect(readKeys(folder)).toHaveLength(2);
  });

  test("keeps others from changing them at the same time", () => {
    const folder = folderWith();
    changeKeys(folder, (keys) => {
      expect(() => add(folder, newKey(settings, start).key)).toThrow(/another command is changing the keys/);
      return { keys, result: undefined };
    });
    expect(readKeys(folder)).toEqual([]);
  });

  test("narrows the rights of a file that others could read", () => {
    const folder = folderWith({ "keys.json": '{"version":1,"keys":[]}' });
    add(folder, newKey(settings, start).key);
    expect(statSync(keyFilePath(folder)).mode & 0o777).toBe(0o600);
  });
});
