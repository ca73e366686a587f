/** Seeded randomness. There is no other source of randomness in the engine: whoever needs some takes one as argument. */
import { uniformFloat64 } from "pure-rand/distribution/uniformFloat64";
import { uniformInt } from "pure-rand/distribution/uniformInt";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";

export interface Random {
  /** Uniform in [0, 1). */
  uniform(): number;
  /** Uniform among 0, 1, ..., count - 1. */
  integer(count: number): number;
  /** Standard normal. */
  normal(): number;
}

/** A generator (xoroshiro128+) that gives the same numbers for the same seed, always. */
export function seededRandom(seed: number): Random {
  const generator = xoroshiro128plus(seed);
  const uniform = () => uniformFloat64(generator);
  return {
    uniform,
    integer: (count) => uniformInt(generator, 0, count - 1),
    // Box and Muller (1958); 1 - u avoids the logarithm of zero.
    normal: () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform()),
  };
}
