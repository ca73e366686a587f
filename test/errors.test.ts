/** Ties the registry of errors, its page in the documentation, and the code that throws them to each other. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { errorDefinitions } from "../packages/engine/src/base/errors.ts";
import { isTestCode } from "./tidy/rules.ts";
import { readRepository } from "./tidy/sources.ts";

const root = `${import.meta.dirname}/..`;
const page = readFileSync(`${root}/docs/ERRORS.md`, "utf8");

/** Sections of the page by code: what stands between two headings. */
const sections = new Map(
  page
    .split(/^## /m)
    .slice(1)
    .map((section) => {
      const [code, ...body] = section.split("\n");
      return [code, body.join("\n")] as const;
    }),
);

describe("docs/ERRORS.md", () => {
  test("has a section for every code and for nothing else, in the registry's order", () => {
    expect([...sections.keys()]).toEqual(Object.keys(errorDefinitions));
  });

  test.each(Object.entries(errorDefinitions))("gives %s its status and title, and says what to do", (code, error) => {
    const [first, meaning, remedy, ...rest] = (sections.get(code) ?? "").trim().split("\n\n");
    expect(first).toBe(`${error.status} · ${error.title}`);
    expect(meaning).toMatch(/^\*\*What it means\.\*\* [\s\S]{20,}\.$/);
    expect(remedy).toMatch(/^\*\*What to do\.\*\* [\s\S]{20,}\.$/);
    expect(rest).toEqual([]);
  });
});

describe("the registry of errors", () => {
  test("has only codes that something throws", () => {
    // A key, as in a table of hints, or a comment does not throw; a quoted code stands where an error is made.
    const thrown = new Set(
      readRepository(root)
        .files.filter(
          ({ path }) => /^packages\/.*\.ts$/.test(path) && !isTestCode(path) && !path.endsWith("base/errors.ts"),
        )
        .flatMap(({ text }) => text.match(/(?<=")PENCHANT_E_[A-Z_]+(?=")/g) ?? []),
    );
    expect(Object.keys(errorDefinitions).filter((code) => !thrown.has(code))).toEqual([]);
  });

  test("is where every code comes from that the source or the documentation names", () => {
    const unknown = readRepository(root).files.flatMap(({ path, text }) =>
      (text.match(/\bPENCHANT_E_[A-Z_]*[A-Z]\b/g) ?? [])
        .filter((code) => !Object.hasOwn(errorDefinitions, code))
        .map((code) => `${path} names ${code}`),
    );
    expect(unknown).toEqual([]);
  });
});
