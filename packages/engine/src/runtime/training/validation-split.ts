/**
 * What a model in use is judged by: the last event of those who were active last, a tenth of the people. It is what the model
 * will be asked next, as near as the log can tell. They are kept from training, and the histories of the questions are as
 * long as those of a recommendation.
 */
import type { InteractionTable } from "../../core/interaction-table.ts";
import { limits } from "../../core/limits.ts";
import { type CaseRange, type CaseTable, casesOf, tableOfRanges } from "../../evaluate/cases.ts";

const askedShare = 0.1;
const questionsMax = 10_000;

/** Users without anything before a last event of interest, or whose last event was a rejection, are learned from whole. */
export function validationSplit(table: InteractionTable): { train: InteractionTable; questions: CaseTable } {
  const { offsets, times, weights } = table;
  const users = Array.from({ length: offsets.length - 1 }, (_, user) => user);
  const last = (user: number) => offsets[user + 1] - 1;
  const able = users.filter((user) => last(user) > offsets[user] && weights[last(user)] > 0);
  able.sort((a, b) => times[last(b)] - times[last(a)] || a - b);
  const asked = new Set(able.slice(0, Math.min(questionsMax, Math.ceil(able.length * askedShare))));
  const train = users.map((user) => [offsets[user], asked.has(user) ? last(user) : offsets[user + 1]] as const);
  const ranges = users
    .filter((user) => asked.has(user))
    .map(
      (user): CaseRange => ({
        user,
        history: [offsets[user], last(user)],
        targets: [last(user), offsets[user + 1]],
      }),
    );
  return {
    train: tableOfRanges(table, train),
    questions: casesOf(table, ranges, { historyMax: limits.recentEvents, keepsSeen: false }).cases,
  };
}
