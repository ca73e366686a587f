/** What a recommendation is made of, reasons included. */
import type { Item } from "./item.ts";
import type { AttendedInterest } from "./model.ts";

/**
 * One line of the account that explains a score, read as event -> interest -> item. The contributions of all lines of a
 * recommendation add up to its score.
 */
export interface Reason {
  /**
   * `interest`: the profile expects it; `neighbour`: people who took the event's item took this one; `model`: the trained
   * model that is promoted expects it; `popularity`: many took it, and of this user nothing is known yet; `language-model`: a
   * language model that reads the profile finds that it suits; `rest`: the sum of all smaller lines.
   */
  readonly source: "interest" | "neighbour" | "model" | "popularity" | "language-model" | "rest";
  readonly contribution: number;
  /** Of a line of `model`: which, by its id in the registry; of `language-model`: its name. */
  readonly model?: string;
  /** Of a line of a model that keeps long-term and short-term interest apart. */
  readonly longShort?: LongShortReason;
  readonly event?: {
    readonly type: string;
    readonly time: number;
    readonly item?: { readonly id: string; readonly title: string };
  };
  readonly interest?: { readonly id: string; readonly label: string };
}

/** A sentence with the numbers behind it. */
export interface ExplanationSentence {
  readonly text: string;
  /** The lines of the account that it rests on, by their places in `reasons`. */
  readonly reasons: readonly number[];
  /** Their part of the score. */
  readonly share: number;
}

/** The reasons in words. */
export interface Explanation {
  readonly sentences: readonly ExplanationSentence[];
  /** `account`: one sentence for each line, by rule; else the language model that wrote them, held to the account. */
  readonly by: string;
}

/** How a score came about of long-term and of short-term interest. */
export interface LongShortReason {
  /** Share of short-term interest, 0 to 1. */
  readonly gate: number;
  /** The item's score by short-term interest alone, and by long-term interest; see `LongShortAccount`. */
  readonly short: number;
  readonly long: number;
  /** What long-term interest was read from most, largest share first; at most three. */
  readonly interests: readonly AttendedInterest[];
}

export interface Recommendation {
  readonly item: Item;
  readonly score: number;
  /** Largest contribution first, `rest` last; present when asked for. */
  readonly reasons?: readonly Reason[];
  /** Present when asked for. */
  readonly explanation?: Explanation;
}

export interface RecommendationList {
  readonly user: string;
  readonly at: number;
  readonly recommendations: readonly Recommendation[];
}

/** Recommendations to somebody who is nobody's user. */
export type SessionRecommendations = Omit<RecommendationList, "user">;

/** One of the caller's items in its place. */
export interface RankedItem {
  readonly item: string;
  /** As in a recommendation; 0 for an item of which nothing can be said. */
  readonly score: number;
  /** Present when asked for. */
  readonly reasons?: readonly Reason[];
}

export interface Ranking {
  readonly user: string;
  readonly at: number;
  /** The caller's items, best first; those that are not in the catalogue last, in the caller's order. */
  readonly ranking: readonly RankedItem[];
  /** Those that are not in the catalogue. */
  readonly unknown: readonly string[];
}
