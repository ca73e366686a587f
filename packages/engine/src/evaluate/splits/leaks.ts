/**
 * Looks for the future in what a model sees. Under every protocol, a question's history ends no later than its targets
 * begin. Under a split by time, moreover, nothing that anybody did at or after the first question's target may have been
 * learned from. This is checked on the finished split, whoever made it.
 */
import { PenchantError } from "../../base/errors.ts";
import type { CaseTable } from "../cases.ts";
import type { Split } from "./protocol.ts";

/**
 * @param order whether time orders `everybody`'s events at once, or `each user`'s alone
 * @throws PENCHANT_E_LEAK naming the times
 */
export function assertNoLeak(split: Pick<Split, "choosing" | "final">, order: "everybody" | "each user"): void {
  for (const [what, { train, stopping, questions }] of [
    ["validation", split.choosing] as const,
    ["test", split.final] as const,
  ]) {
    checkCases(`${what}'s early stopping`, stopping);
    const firstTarget = checkCases(what, questions);
    if (order === "each user") continue;
    const lastLearned = train.times.reduce((latest, time) => Math.max(latest, time), Number.NEGATIVE_INFINITY);
    if (lastLearned < firstTarget) continue;
    throw leak(
      `the training data end at ${moment(lastLearned)}, and the first target of the ${what} is at ${moment(firstTarget)}; expected it to come later.`,
    );
  }
}

/** The time of the earliest target. */
function checkCases(what: string, cases: CaseTable): number {
  const { source, users, historyFrom, historyTo, targetOffsets, targetPlaces, at } = cases;
  let earliest = Number.POSITIVE_INFINITY;
  for (let index = 0; index < users.length; index++) {
    const hasHistory = historyTo[index] > historyFrom[index];
    const known = hasHistory ? Math.max(at[index], source.times[historyTo[index] - 1]) : at[index];
    for (const place of targetPlaces.subarray(targetOffsets[index], targetOffsets[index + 1])) {
      const time = source.times[place];
      earliest = Math.min(earliest, time);
      if (known <= time) continue;
      throw leak(
        `question ${index} of the ${what} knows of ${moment(known)}, and asks for what came at ${moment(time)}.`,
      );
    }
  }
  return earliest;
}

function leak(sentence: string): PenchantError {
  return new PenchantError("PENCHANT_E_LEAK", `The split leaks: ${sentence}`);
}

function moment(time: number): string {
  return Number.isFinite(time) && Math.abs(time) < 8.64e15 ? new Date(time).toISOString() : String(time);
}
