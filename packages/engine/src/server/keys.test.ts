import { createHash } from "node:crypto";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { dayMs, hourMs } from "../base/time.ts";
import { covers, endOf, hasSecret, keySchema, newKey, originSchema, partsOf, rotate, scopes } from "./keys.ts";

const now = Date.UTC(2026, 5, 1);
const settings = { name: "shop", tenant: "default", scopes: ["ingest" as const] };

describe("a key", () => {
  test("has 256 random bits, of which only the hash is kept", () => {
    const { key, text } = newKey(settings, now);
    const { id, secret } = partsOf(text)!;
    expect(id).toBe(key.id);
    expect(Buffer.from(secret, "base64url")).toHaveLength(32);
    expect(key.hash).toBe(createHash("sha256").update(secret).digest("hex"));
    expect(JSON.stringify(key)).not.toContain(secret);
    expect(keySchema.parse(key)).toEqual(key);
    expect(new Set(Array.from({ length: 100 }, () => newKey(settings, now).text)).size).toBe(100);
  });

  test("is proven by its own secret and by no other", () => {
    const { key, text } = newKey(settings, now);
    const { secret } = partsOf(text)!;
    expect(hasSecret(key, secret)).toBe(true);
    const places = fc.integer({ min: 0, max: secret.length - 1 });
    fc.assert(
      fc.property(places, fc.constantFrom("A", "B", "a", "b", "0", "9", "-", "_"), (place, letter) => {
        const other = secret.slice(0, place) + letter + secret.slice(place + 1);
        expect(hasSecret(key, other)).toBe(other === secret);
      }),
      { seed: 1 },
    );
    expect(hasSecret(key, "")).toBe(false);
  });

  test("is taken apart only when the text is one", () => {
    const { text } = newKey(settings, now);
    for (const wrong of ["", text.slice(0, -1), `${text}A`, ` ${text}`, text.toUpperCase(), text.replace("pk", "sk")]) {
      expect(partsOf(wrong), wrong).toBeUndefined();
    }
    fc.assert(
      fc.property(fc.string(), (noise) => partsOf(noise) === undefined),
      { seed: 2 },
    );
  });

  test("ends when it is revoked, or at the very moment when it expires", () => {
    const { key } = newKey({ ...settings, expiresAt: now + dayMs }, now);
    expect(endOf(key, now + dayMs - 1)).toBeUndefined();
    expect(endOf(key, now + dayMs)).toBe("expired at 2026-06-02T00:00:00.000Z");
    expect(endOf({ ...key, revokedAt: now }, now)).toBe("was revoked at 2026-06-01T00:00:00.000Z");
  });

  test("covers its scopes, and as admin all of them", () => {
    const { key } = newKey(settings, now);
    expect(scopes.filter((scope) => covers(key, scope))).toEqual(["ingest"]);
    expect(scopes.filter((scope) => covers({ ...key, scopes: ["admin"] }, scope))).toEqual(scopes);
  });

  test("that is replaced never lives longer for it", () => {
    const short = newKey({ ...settings, expiresAt: now + hourMs }, now).key;
    const { old, key } = rotate(short, dayMs, now + hourMs / 2);
    expect(old).toEqual({ ...short, replacedBy: key.id });
    expect(key.expiresAt).toBe(now + hourMs / 2 + hourMs);
  });
});

test.each([
  ["https://www.example.com", true],
  ["http://localhost:3000", true],
  ["https://例え.jp", false],
  ["https://www.example.com/", false],
  ["https://www.example.com:443", false],
  ["HTTPS://www.example.com", false],
  ["https://user@example.com", false],
  ["*", false],
  ["null", false],
  ["file://", false],
  ["", false],
])("an origin is written as a browser writes it: %s %s", (text, isOne) => {
  expect(originSchema.safeParse(text).success).toBe(isOne);
});
