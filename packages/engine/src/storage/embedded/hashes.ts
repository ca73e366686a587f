/** xxHash of names. Whoever finds something by a hash compares the name in full. */
import xxhash from "xxhash-wasm";

const hashing = await xxhash();

export const hash32 = (name: string): number => hashing.h32(name);

/** 64 bits, as the signed integer that SQLite stores. */
export const hash64 = (name: string): bigint => BigInt.asIntN(64, hashing.h64(name));
