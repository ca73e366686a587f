import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { folderWith } from "../testing/folder.ts";
import { readConfigFile, readMapping, withoutComments } from "./config-file.ts";

describe("the configuration of an import", () => {
  const read = (text: string) => {
    const folder = folderWith({ "penchant.config.json": text });
    return { folder, sources: () => readConfigFile(join(folder, "penchant.config.json")) };
  };

  test("may hold comments, and its files start at its own folder", () => {
    const { folder, sources } = read(`{ // what to read
      "imports": [{ "file": "a//b.csv", "items": { "id": "sku", "title": "name" } }] // "end"
    }`);
    expect(sources().imports).toEqual([{ file: join(folder, "a//b.csv"), items: { id: "sku", title: "name" } }]);
  });

  test.each([
    [
      '{ "imports": [{ "file": "a", "events": { "user": "u", "type": "t", "time": "ts", "itm": "i" } }] }',
      /imports\.0\.events.*itm/,
    ],
    [
      '{ "imports": [{ "file": "a", "events": { "user": 7, "type": "t", "time": "ts" } }] }',
      /imports\.0\.events\.user.*expected string/,
    ],
    ['{ "imports": [{ "file": "a", "events": { "user": "u", "time": "ts" } }] }', /imports\.0\.events\.type/],
    ['{ "imports": [] }', /imports.*>=1/],
    ["{ imports }", /expected JSON/],
  ])("is refused with the place that is wrong: %s", (text, message) => {
    expect(read(text).sources).toThrow(
      expect.objectContaining({ code: "PENCHANT_E_CONFIG", message: expect.stringMatching(message) }),
    );
  });

  test("hands the engine's settings on", () => {
    expect(read('{ "eventWeights": { "watch": 1 } }').sources()).toEqual({
      imports: [],
      engine: { eventWeights: { watch: 1 } },
    });
  });

  test("a comment's end does not end a string, and lines keep their places", () => {
    expect(withoutComments('{"a": "// \\" //", // x\n"b": 1}')).toBe('{"a": "// \\" //",     \n"b": 1}');
  });
});

describe("a mapping on the command line", () => {
  test("is pairs of field and column, with constants and lists", () => {
    expect(readMapping("events", "user=customer, item=sku,time=ts,type:purchase,context=shop")).toEqual({
      user: "customer",
      item: "sku",
      time: "ts",
      type: { constant: "purchase" },
      context: ["shop"],
    });
    expect(readMapping("items", "id=sku,title=brand+name,categories=department+category")).toEqual({
      id: "sku",
      title: ["brand", "name"],
      categories: ["department", "category"],
    });
  });

  test("or a JSON file", () => {
    const folder = folderWith({ "m.json": '{ "id": "sku", "title": "name" }' });
    expect(readMapping("items", join(folder, "m.json"))).toEqual({ id: "sku", title: "name" });
  });

  test("and what is missing, unknown or malformed is said", () => {
    expect(() => readMapping("events", "user=u,type:x")).toThrow(/time/);
    expect(() => readMapping("items", "id=sku,title=name,colour=c")).toThrow(/colour/);
    expect(() => readMapping("items", "id=sku,title")).toThrow(expect.objectContaining({ code: "PENCHANT_E_USAGE" }));
  });
});
