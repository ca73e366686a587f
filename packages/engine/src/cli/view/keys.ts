/** Keys in the terminal: what each is for, what it may do, and how long. */
import type { Key } from "../../server/keys.ts";
import { coloursOf, count, day, printable, type ViewOptions } from "./text.ts";

/** A key as it is shown: without the hash, and with what it is worth now. */
export type ShownKey = Omit<Key, "hash"> & { readonly status: "active" | "expired" | "revoked" };

/** All keys, those that have ended last. */
export function keysView(keys: readonly ShownKey[], options: ViewOptions): string {
  if (keys.length === 0) return "No keys yet: a server answers this machine only, and needs none.\n";
  const ordered = keys.toSorted((a, b) => Number(a.status !== "active") - Number(b.status !== "active"));
  return ordered.map((key) => keyLines(key, options)).join("");
}

/** One key in two lines. */
export function keyLines(key: ShownKey, options: ViewOptions): string {
  const colours = coloursOf(options);
  const heading = `${colours.bold(key.id)}  ${printable(key.name)}  ${key.scopes.join(", ")}  tenant ${key.tenant}`;
  const limits = [
    key.rateLimit && `${count(key.rateLimit.perSecond)} per second, ${count(key.rateLimit.burst)} at once`,
    key.origins?.join(" "),
  ];
  const life = [`made ${day(key.createdAt)}`, endText(key), key.replacedBy && `replaced by ${key.replacedBy}`];
  const facts = [...life, ...limits].filter((text) => text !== undefined);
  return `${key.status === "active" ? heading : colours.dim(heading)}\n  ${facts.join("; ")}\n`;
}

function endText({ status, revokedAt, expiresAt }: ShownKey): string | undefined {
  if (revokedAt !== undefined) return `revoked ${day(revokedAt)}`;
  if (expiresAt === undefined) return undefined;
  return `${status === "expired" ? "expired" : "expires"} ${new Date(expiresAt).toISOString().slice(0, 16)}Z`;
}
