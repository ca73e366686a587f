/** How much each type of event says about interest. */

/**
 * A fixed weight; `stars`: read from the value of a five-star rating; `sentiment`: read from the value as what the words say, from -1
 * to 1. Negative weights are rejections.
 */
export type EventWeight = number | "stars" | "sentiment";

/** Types that are not in the table weigh 0: they are stored and counted, and change no interest. */
export type EventWeights = Readonly<Record<string, EventWeight>>;

export const defaultEventWeights: EventWeights = {
  impression: 0,
  statement: 0,
  decision: 0,
  view: 0.25,
  click: 0.3,
  play: 0.5,
  search: 0.5,
  request: 0.5,
  answer: 0.5,
  "add-to-cart": 0.6,
  share: 0.8,
  comment: 0.8,
  review: 0.8,
  save: 0.8,
  complete: 1,
  like: 1,
  purchase: 1,
  rating: "stars",
  dismiss: -0.5,
  dislike: -1,
  return: -1,
};

/** 4 stars and more weigh 1, 3 weighs 0.5, 2 and less are negative with 0.5; what lies between 2 and 3 says neither. */
function starsWeight(stars: number | undefined): number {
  if (stars === undefined) return 0;
  if (stars >= 4) return 1;
  if (stars >= 3) return 0.5;
  return stars <= 2 ? -0.5 : 0;
}

/** Values beyond which words are friendly or hostile: four in five or more of those are right (docs/language.md). */
const clearSentiment = 0.25;

/** Friendly words weigh what a comment does, hostile ones as much against; of the rest it is known that it was worth words. */
function sentimentWeight(sentiment: number | undefined): number {
  if (sentiment === undefined || !(Math.abs(sentiment) >= clearSentiment)) return 0.4;
  return sentiment > 0 ? 0.8 : -0.8;
}

/** The weight of an event under a table. */
export function eventWeight(weights: EventWeights, event: { type: string; value?: number | undefined }): number {
  const weight = Object.hasOwn(weights, event.type) ? weights[event.type] : 0;
  if (weight === "stars") return starsWeight(event.value);
  if (weight === "sentiment") return sentimentWeight(event.value);
  return weight ?? 0;
}

/**
 * Whether events of a type mean that the user had to do with the item. Impressions and types that the table does not know
 * do not, so that what was merely shown can be recommended again; a rating does, also one of so-so stars.
 */
export function isEngaging(weights: EventWeights, type: string): boolean {
  return Object.hasOwn(weights, type) && weights[type] !== 0;
}
