/** Ids for events that come without one: UUID version 7 (RFC 9562), which sort by time. */
import { randomFillSync } from "node:crypto";

const randomBytes = new Uint8Array(16);

export function randomUUIDv7(timeMs: number): string {
  randomFillSync(randomBytes, 6);
  const view = new DataView(randomBytes.buffer);
  view.setUint16(0, Math.floor(timeMs / 2 ** 32));
  view.setUint32(2, timeMs % 2 ** 32);
  randomBytes[6] = (randomBytes[6] & 0x0f) | 0x70;
  randomBytes[8] = (randomBytes[8] & 0x3f) | 0x80;
  const hex = Buffer.from(randomBytes).toString("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}
