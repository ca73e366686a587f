/**
 * What the event types of other systems say, in terms of ours: for `penchant init`, which proposes weights for types that
 * the weight table does not have. A proposal, for a person to check.
 */
import { defaultEventWeights, type EventWeight } from "../core/weights.ts";

/** Parts of names, in small letters without marks, and the type of ours that means the same; the first that fits counts. */
const synonyms: readonly (readonly [RegExp, keyof typeof defaultEventWeights])[] = [
  [/refund|return/, "return"],
  [/unlike|dislike|downvote|thumbsdown/, "dislike"],
  [/dismiss|skip|hide|remove/, "dismiss"],
  [/cart|basket/, "add-to-cart"],
  [/purchase|transaction|buy|bought|order|checkout|sale|conversion/, "purchase"],
  [/fav|wishlist|bookmark|save/, "save"],
  [/like|love|upvote|thumbsup/, "like"],
  [/complete|finish/, "complete"],
  [/share|recommend/, "share"],
  [/review/, "review"],
  [/comment|reply/, "comment"],
  [/play|watch|listen|stream|read/, "play"],
  [/search|query/, "search"],
  [/impression|shown|exposure/, "impression"],
  [/click|open|tap/, "click"],
  [/view|visit|detail|^pv$/, "view"],
];

/** The weight that a type probably deserves; 0 when its name says nothing. */
export function proposedWeight(type: string): EventWeight {
  const name = type.toLowerCase().replaceAll(/[^a-z]/g, "");
  const known = synonyms.find(([pattern]) => pattern.test(name));
  return known ? defaultEventWeights[known[1]] : 0;
}

/** True for types that the table of weights has. */
export function hasWeight(type: string): boolean {
  return Object.hasOwn(defaultEventWeights, type);
}
