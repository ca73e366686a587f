/** What every stage of a recommendation reads, and what a candidate source answers. All plain functions of these. */
import type { Catalogue } from "../core/catalogue.ts";
import type { Reading } from "../core/profile-read.ts";
import type { LongShortReason } from "../core/recommendation.ts";
import type { InterestState, RecentEvent } from "../core/state.ts";
import type { ItemNeighbours } from "../models/item-neighbours.ts";
import type { Workspace } from "./workspace.ts";

export interface RecommendContext {
  readonly state: InterestState;
  readonly reading: Reading;
  readonly catalogue: Catalogue;
  readonly neighbours: ItemNeighbours;
  /** Users who had to do with each item; items added since have none. */
  readonly popularity: Float32Array;
  /** `prominenceOf` the popularity. */
  readonly prominence: Float32Array;
  readonly workspace: Workspace;
  /** Of the model that is promoted, where there is one that knows anything of the user's events. */
  readonly model?: ModelAmounts | undefined;
}

/** What a trained model says to a user's events. */
export interface ModelAmounts {
  /** Its id in the registry. */
  readonly model: string;
  /** By item key, never negative; 0 for items that the model does not know, and nothing for those that came since. */
  readonly amounts: Float32Array;
  /** What each event adds to an item's amount; absent where nobody can say. */
  readonly partsOf?: ((item: number) => Contribution[]) | undefined;
  /** How an item's amount came about, where the model keeps long-term and short-term interest apart. */
  readonly accountOf?: ((item: number) => LongShortReason | undefined) | undefined;
}

/** Where candidates come from. */
export type SourceName = "interest" | "neighbour" | "model" | "popularity";

/** One line of a source's account: how much an event adds to an item's score. */
export interface Contribution {
  /** Absent when no event stands behind it. */
  readonly event?: RecentEvent;
  readonly amount: number;
  readonly longShort?: LongShortReason | undefined;
}

export interface CandidateScores {
  /** By item key, never negative; 0 for items that the source has nothing to say of. Good until the next recommendation. */
  readonly scores: Float32Array;
  /** What the score of each of these items is made of; the amounts of an item add up to it. */
  explain(items: readonly number[]): Contribution[][];
}

export type CandidateSource = (context: RecommendContext) => CandidateScores;
