/**
 * What item vectors are asked about a data set: what comes next, which of the items that nobody has had yet somebody takes,
 * and what may be learned from meanwhile.
 *
 * Next item: everybody's last item, ranked against the whole catalogue but for what they had. Cold item: a tenth of the items
 * is taken out of all histories; the last of them that somebody had is ranked against the others of that tenth.
 */
import { seededRandom } from "../../base/random.ts";
import type { Dataset } from "../../core/dataset.ts";

export interface VectorQuestion {
  readonly user: number;
  /** Items before, oldest first. */
  readonly history: Int32Array;
  readonly target: number;
  /** Items that are no answer: what they had before. */
  readonly seen: ReadonlySet<number>;
}

export interface TextQuestions {
  readonly next: readonly VectorQuestion[];
  readonly cold: readonly VectorQuestion[];
  /** Whether an item is one that nobody had yet, by key. */
  readonly isCold: readonly boolean[];
  /** Everybody's items that may be learned from: without the last one, and without cold ones. */
  readonly histories: readonly Int32Array[];
}

/** Questions of each kind, of users drawn by the seed. */
const questionsMax = 2_000;
const coldShare = 0.1;

export function textQuestions({ interactions, items }: Dataset, seed: number): TextQuestions {
  const random = seededRandom(seed);
  const isCold = items.map(() => random.uniform() < coldShare);
  const { offsets, items: keys } = interactions;
  const next: VectorQuestion[] = [];
  const cold: VectorQuestion[] = [];
  const histories: Int32Array[] = [];
  for (let user = 0; user + 1 < offsets.length; user++) {
    const own = keys.slice(offsets[user], offsets[user + 1]);
    histories.push(own.slice(0, -1).filter((item) => !isCold[item]));
    if (own.length < 3) continue;
    const history = own.slice(0, -1);
    const target = own[own.length - 1];
    const seen = new Set(history);
    if (!seen.has(target)) next.push({ user, history, target, seen });
    const last = own.findLastIndex((item) => isCold[item]);
    const before = own.slice(0, Math.max(0, last));
    const known = before.filter((item) => !isCold[item]);
    if (known.length >= 2 && !before.includes(own[last])) {
      cold.push({ user, history: known, target: own[last], seen: new Set(before) });
    }
  }
  return { next: drawn(next), cold: drawn(cold), isCold, histories };

  function drawn(questions: readonly VectorQuestion[]): VectorQuestion[] {
    const left = [...questions];
    const taken = Math.min(questionsMax, left.length);
    for (let at = 0; at < taken; at++) {
      const other = at + random.integer(left.length - at);
      [left[at], left[other]] = [left[other], left[at]];
    }
    return left.slice(0, taken).sort((a, b) => a.user - b.user);
  }
}
