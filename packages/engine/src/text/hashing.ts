/**
 * Text vectors before anything is fitted: every word gets a pseudo-random direction made of its hash, and a text is the
 * sum of its words' (feature hashing; Weinberger et al., ICML 2009). Texts that share words are near, all others nearly at
 * right angles, which is enough for a catalogue's first hours.
 */
import { createHash } from "node:crypto";
import { tokenize } from "./tokenize.ts";

/** A unit vector, all zeros for a text without words. */
export function hashedVector(text: string, dimensions: number): Float32Array {
  const sum = new Float32Array(dimensions);
  for (const word of tokenize(text)) {
    // Four signed places per word: two words collide in all of them next to never.
    const digest = createHash("md5").update(word).digest();
    for (let place = 0; place < 16; place += 4) {
      sum[digest.readUInt16LE(place) % dimensions] += digest[place + 2] < 128 ? 1 : -1;
    }
  }
  let squares = 0;
  for (const value of sum) squares += value * value;
  return squares === 0 ? sum : sum.map((value) => value / Math.sqrt(squares));
}
