import { expect, it } from "vitest";
import { newSecret, seal, unseal } from "./sealing.ts";

it("gives back what was sealed, and only with the same secret", () => {
  const bytes = Uint8Array.from({ length: 300 }, (_, index) => index % 256);
  const secret = newSecret();
  expect(unseal(secret, seal(secret, bytes))).toEqual(bytes);
  expect(unseal(newSecret(), seal(secret, bytes))).not.toEqual(bytes);
});

it("never uses a start or a secret twice, however many are drawn", () => {
  const count = 5_000;
  const secrets = Array.from({ length: count }, newSecret);
  const starts = secrets.map((secret) => seal(secret, new Uint8Array(0)));
  expect(new Set([...secrets, ...starts].map((bytes) => Buffer.from(bytes).toString("hex"))).size).toBe(2 * count);
});
