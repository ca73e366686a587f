/**
 * Strong generalisation: some users are held out whole, so that a model meets them for the first time when it is asked. It
 * is shown the first part of their events (`foldIn`) and has to find the rest (Marlin, 2004; Liang et al., Variational
 * Autoencoders for Collaborative Filtering, WWW 2018, whose part is a random one: here it is the earlier one, because
 * nobody is asked about their past).
 */
import { seededRandom } from "../../base/random.ts";
import type { Dataset } from "../../core/dataset.ts";
import type { CaseRange } from "../cases.ts";
import { type Protocol, type SplitRanges, userRanges } from "./protocol.ts";

export function strong(
  dataset: Dataset,
  { heldOutUsers, foldIn, seed }: Pick<Protocol, "heldOutUsers" | "foldIn" | "seed">,
): SplitRanges {
  const order = shuffled(dataset.users.length, seed);
  const heldOut = Math.max(2, Math.floor(dataset.users.length * heldOutUsers));
  const testUsers = new Set(order.subarray(0, Math.ceil(heldOut / 2)));
  const validationUsers = new Set(order.subarray(Math.ceil(heldOut / 2), heldOut));
  const train: [number, number][] = [];
  const cases = { validation: [] as CaseRange[], test: [] as CaseRange[] };
  let short = 0;
  for (const [user, from, to] of userRanges(dataset)) {
    const held = testUsers.has(user) ? "test" : validationUsers.has(user) ? "validation" : undefined;
    if (held === undefined) train.push([from, to]);
    else if (to - from < 2) short += 1;
    else {
      const cut = from + Math.min(to - from - 1, Math.max(1, Math.floor((to - from) * foldIn)));
      cases[held].push({ user, history: [from, cut], targets: [cut, to] });
    }
  }
  return {
    choosing: { train, stopping: cases.validation, questions: cases.validation },
    final: { train, stopping: cases.validation, questions: cases.test },
    leftOut: short > 0 ? { "held-out users with one event": short } : {},
  };
}

/** The numbers below `count` in a random order (Fisher and Yates). */
function shuffled(count: number, seed: number): Int32Array {
  const random = seededRandom(seed);
  const order = Int32Array.from({ length: count }, (_, index) => index);
  for (let index = count - 1; index > 0; index--) {
    const other = random.integer(index + 1);
    [order[index], order[other]] = [order[other], order[index]];
  }
  return order;
}
