/** Ids for events that come without one: UUID version 7 (RFC 9562), which sort by time. */
import { randomFillSync } from "node:crypto";

const uuid = Buffer.alloc(16);
const timeBytes = 6;
/** Random bytes are drawn many at a time: a draw costs the same for ten as for thousands. */
const pool = new Uint8Array(8_192);
let poolUsed = pool.length;

export function randomUUIDv7(timeMs: number): string {
  const needed = uuid.length - timeBytes;
  if (poolUsed + needed > pool.length) {
    randomFillSync(pool);
    poolUsed = 0;
  }
  uuid.writeUIntBE(timeMs, 0, timeBytes);
  uuid.set(pool.subarray(poolUsed, poolUsed + needed), timeBytes);
  poolUsed += needed;
  uuid[6] = (uuid[6] & 0x0f) | 0x70;
  uuid[8] = (uuid[8] & 0x3f) | 0x80;
  const hex = uuid.toString("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
