/**
 * What is known of a user and changes its size is stored encrypted under a secret of that user. Once the secret is
 * overwritten, copies that SQLite may have left somewhere in the file are noise.
 */
import { createCipheriv, createDecipheriv, createSecretKey, randomFillSync } from "node:crypto";

const algorithm = "aes-128-ctr";
const ivBytes = 16;

export const secretBytes = 16;

export const newSecret = (): Uint8Array => randomBytes(secretBytes).slice();

/** Random bytes are drawn many at a time: a draw costs the same for sixteen as for thousands. */
const pool = new Uint8Array(8_192);
let poolUsed = pool.length;

/** Bytes that are handed out once. A view of the pool: good until the pool is drawn again. */
function randomBytes(count: number): Uint8Array {
  if (poolUsed + count > pool.length) {
    randomFillSync(pool);
    poolUsed = 0;
  }
  poolUsed += count;
  return pool.subarray(poolUsed - count, poolUsed);
}

/** Given bytes instead of a key object, Node 24 makes and catches an error first, which takes longer than the cipher. */
const keyOf = (secret: Uint8Array) => createSecretKey(secret);

/** A random start and the encrypted bytes. */
export function seal(secret: Uint8Array, bytes: Uint8Array): Uint8Array {
  const iv = randomBytes(ivBytes);
  return Buffer.concat([iv, createCipheriv(algorithm, keyOf(secret), iv).update(bytes)]);
}

export function unseal(secret: Uint8Array, sealed: Uint8Array): Uint8Array {
  const plain = createDecipheriv(algorithm, keyOf(secret), sealed.subarray(0, ivBytes)).update(
    sealed.subarray(ivBytes),
  );
  // Bytes of their own: a small Buffer is a view of a pool.
  return new Uint8Array(plain);
}
