/** What a recommendation is made of, reasons included. */
import type { Item } from "./item.ts";

/**
 * One line of the account that explains a score, read as event -> interest -> item. The contributions of all lines of a
 * recommendation add up to its score.
 */
export interface Reason {
  /**
   * `interest`: the profile expects it; `neighbour`: people who took the event's item took this one; `popularity`: many
   * took it, and of this user nothing is known yet; `rest`: the sum of all smaller lines.
   */
  readonly source: "interest" | "neighbour" | "popularity" | "rest";
  readonly contribution: number;
  readonly event?: {
    readonly type: string;
    readonly time: number;
    readonly item?: { readonly id: string; readonly title: string };
  };
  readonly interest?: { readonly id: string; readonly label: string };
}

export interface Recommendation {
  readonly item: Item;
  readonly score: number;
  /** Largest contribution first, `rest` last; present when asked for. */
  readonly reasons?: readonly Reason[];
}

export interface RecommendationList {
  readonly user: string;
  readonly at: number;
  readonly recommendations: readonly Recommendation[];
}
