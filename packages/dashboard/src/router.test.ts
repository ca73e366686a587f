import * as fc from "fast-check";
import { expect, test } from "vitest";
import { addressOf, routeOf, type View } from "./router.ts";

test("an address leads back to what it was made of, whatever people and interests are called", () => {
  const id = fc
    .string({ minLength: 1, unit: "binary" })
    .filter((text) => text.isWellFormed() && text !== "." && text !== "..");
  fc.assert(
    fc.property(
      fc.constantFrom<View>("person", "interest"),
      id,
      fc.dictionary(fc.constantFrom("at", "q"), id),
      (view, id, query) => {
        const { pathname, search } = new URL(addressOf(view, id, query), "http://localhost");
        expect(routeOf(pathname, search)).toEqual({ view, id, query });
      },
    ),
    { seed: 1 },
  );
});

test("the first view has the shortest address, and what is undefined stays out of it", () => {
  expect(addressOf("people", "", { q: undefined })).toBe("/");
  expect(routeOf("/", "")).toEqual({ view: "people", id: "", query: {} });
});

test("what is no address of the page leads nowhere", () => {
  for (const path of ["/nothing", "/people/a/b", "/live/a"]) expect(routeOf(path, "").view).toBe("nowhere");
  expect(routeOf("/people/%E0%A4%A", "").id).toBe("%E0%A4%A");
});
