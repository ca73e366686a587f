/** Where interests come from and where they went when the tree was built again. */

/**
 * - `kept`: the same interest as before, give or take some items.
 * - `split`: a part of one that fell apart; the part that is most like it carries its id on.
 * - `merged`: most of several came together; it carries on the id of the one that it is most like.
 * - `new`: nobody's successor.
 */
export type LineageChange = "kept" | "split" | "merged" | "new";

export interface Lineage {
  /** What happened when the tree was last built. */
  readonly change: LineageChange;
  /** Ids in the tree before that it came from; may hold its own. */
  readonly from: readonly string[];
  /** Version of the tree in which its id first appeared. */
  readonly since: number;
}

/** An interest that is no more. Its id is never given to another. */
export interface RetiredInterest {
  readonly id: string;
  readonly label: string;
  readonly change: "split" | "merged" | "gone";
  /** Ids in the tree of `version` that took its items over; none where they went all over the place. */
  readonly into: readonly string[];
  /** Version of the first tree without it. */
  readonly version: number;
}
