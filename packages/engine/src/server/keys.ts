/**
 * Keys: who may ask the server what, about whose data. A key reads `pk_<id>_<secret>`: the id says which key it is and may
 * be shown and logged, the secret proves that one has it.
 *
 * Of the secret only the SHA-256 is kept. Slow hashes (bcrypt, argon2) protect passwords, which people choose and others
 * guess; a secret here is 256 random bits, so that there is nothing to guess, and one fast hash per request is enough.
 */
import { hash, randomBytes, timingSafeEqual } from "node:crypto";
import { z } from "zod";
import { tenantPattern } from "./tenants.ts";

export const scopes = ["ingest", "read", "admin"] as const;

/** `ingest` sends events, `read` reads and asks for recommendations, `admin` does everything. */
export type Scope = (typeof scopes)[number];

/** The origin of a web page as a browser writes it: scheme, host, and port where it is unusual. */
export const originSchema = z
  .string()
  .refine(
    (text) => /^https?:/.test(text) && URL.parse(text)?.origin === text,
    "expected an origin such as https://www.example.com",
  );

export const keyLimits = {
  /** Keys of one file, those that have ended included. */
  keys: 10_000,
  nameLength: 100,
  origins: 100,
  perSecond: 1_000_000,
  burst: 10_000_000,
} as const;

const moment = z.int().min(0);

export const keySchema = z.strictObject({
  id: z.string().regex(/^[0-9a-f]{12}$/),
  /** For people: what the key is for. */
  name: z.string().min(1).max(keyLimits.nameLength),
  /** SHA-256 of the secret. */
  hash: z.string().regex(/^[0-9a-f]{64}$/),
  tenant: z.string().regex(tenantPattern),
  scopes: z.array(z.enum(scopes)).min(1),
  rateLimit: z
    .strictObject({
      /** Requests, or events where events are sent. */
      perSecond: z.number().min(0.01).max(keyLimits.perSecond),
      /** As many at once after a pause. */
      burst: z.int().min(1).max(keyLimits.burst),
    })
    .optional(),
  /** Web pages that may use the key. None: pages of other origins cannot read the answers. */
  origins: z.array(originSchema).min(1).max(keyLimits.origins).optional(),
  /** Milliseconds since 1970, as all moments here. */
  createdAt: moment,
  expiresAt: moment.optional(),
  revokedAt: moment.optional(),
  /** The id of the key that rotation put in its place. */
  replacedBy: z.string().optional(),
});

export type Key = Readonly<z.output<typeof keySchema>>;
export type RateLimit = NonNullable<Key["rateLimit"]>;
export type KeySettings = Pick<Key, "name" | "tenant" | "scopes" | "rateLimit" | "origins" | "expiresAt">;

/** A new key and its text, which nobody can tell again. */
export function newKey(settings: KeySettings, now: number): { key: Key; text: string } {
  const id = randomBytes(6).toString("hex");
  const secret = randomBytes(32).toString("base64url");
  return { key: { id, ...settings, hash: hashOf(secret), createdAt: now }, text: `pk_${id}_${secret}` };
}

/**
 * Puts a new key with the same settings in the place of one, which stays valid for the grace period. A key that was to
 * live for 90 days is followed by one that will.
 */
export function rotate(key: Key, graceMs: number, now: number): { old: Key; key: Key; text: string } {
  const { name, tenant, scopes, rateLimit, origins, createdAt, expiresAt } = key;
  const settings = { name, tenant, scopes, rateLimit, origins };
  const made = newKey(
    expiresAt === undefined ? settings : { ...settings, expiresAt: now + (expiresAt - createdAt) },
    now,
  );
  const end = Math.min(expiresAt ?? Number.POSITIVE_INFINITY, now + graceMs);
  return { ...made, old: { ...key, expiresAt: end, replacedBy: made.key.id } };
}

/** The two parts of a key's text; undefined for a text that is none. */
export function partsOf(text: string): { id: string; secret: string } | undefined {
  const [, id, secret] = /^pk_([0-9a-f]{12})_([A-Za-z0-9_-]{43})$/.exec(text) ?? [];
  return id === undefined || secret === undefined ? undefined : { id, secret };
}

/** Takes the same time wherever the secrets differ. */
export function hasSecret(key: Key, secret: string): boolean {
  return timingSafeEqual(Buffer.from(hashOf(secret), "hex"), Buffer.from(key.hash, "hex"));
}

/** Why a key is not valid any more, in a few words; undefined while it is. */
export function endOf({ revokedAt, expiresAt }: Key, now: number): string | undefined {
  if (revokedAt !== undefined) return `was revoked at ${new Date(revokedAt).toISOString()}`;
  if (expiresAt !== undefined && expiresAt <= now) return `expired at ${new Date(expiresAt).toISOString()}`;
  return undefined;
}

export function covers({ scopes }: Key, scope: Scope): boolean {
  return scopes.includes(scope) || scopes.includes("admin");
}

function hashOf(secret: string): string {
  return hash("sha256", secret, "hex");
}
