/**
 * The reasons of a recommendation as sentences, one for each line of its account and none without: every sentence ends with the
 * part of the score that its line gives, and the parts add up to all of it. Titles and labels stand in them as quotations,
 * for the sentences are read by language models too.
 */
import { quoted } from "./prompt-text.ts";
import type { Explanation, Reason, Recommendation } from "./recommendation.ts";
import { defaultEventWeights } from "./weights.ts";

/** Sentences in the order of the account; empty for a recommendation without reasons. */
export function reasonSentences({ score, reasons = [] }: Pick<Recommendation, "score" | "reasons">): string[] {
  return reasons.map((reason) => `${reasonClause(reason)} (${percent(reason.contribution / score)} of the score).`);
}

/** The same as an explanation. */
export function accountInWords(recommendation: Pick<Recommendation, "score" | "reasons">): Explanation {
  const { score, reasons = [] } = recommendation;
  const sentences = reasonSentences(recommendation).map((text, place) => {
    return { text, reasons: [place], share: reasons[place].contribution / score };
  });
  return { sentences, by: "account" };
}

/** What a line says, without its part and without a full stop. */
export function reasonClause(reason: Reason): string {
  const { source, event, interest } = reason;
  const within = interest === undefined ? "" : `, in their interest ${quoted(interest.label)}`;
  if (source === "language-model") return "A language model that knows their profile finds that it suits them";
  if (source === "rest") return "Smaller reasons together";
  if (source === "popularity") return "Many people took it, and nothing is known of this person yet";
  const deed = event === undefined ? undefined : deedOf(event);
  if (source === "model") {
    return `A trained model expects it${deed === undefined ? "" : ` after ${deed}`}${within}${parted(reason)}`;
  }
  if (deed === undefined) return `Their profile expects it${within}`;
  return source === "neighbour" ? `People who took ${deed} took it too${within}` : `It is close to ${deed}${within}`;
}

/** How much of it is what they did last, and how much what lasts. */
function parted({ longShort }: Reason): string {
  if (longShort === undefined) return "";
  const lasting = longShort.interests.map(({ path }) => quoted(path.at(-1) ?? "")).join(", ");
  const read = lasting === "" ? "" : `, read from ${lasting}`;
  return `, ${percent(longShort.gate)} by what they did last and the rest by lasting interest${read}`;
}

/** What they did, with what. */
function deedOf({ type, item, time }: NonNullable<Reason["event"]>): string {
  const name = Object.hasOwn(defaultEventWeights, type) ? type : quoted(type, 32);
  const date = new Date(time).toISOString().slice(0, 10);
  return item === undefined ? `a ${name} on ${date}` : `${quoted(item.title)} (their ${name} on ${date})`;
}

const percent = (share: number) => `${Math.round(100 * share)} %`;
