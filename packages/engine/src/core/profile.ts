/** What a reader gets: a user's interests as a tree with numbers, at one moment. */

export type Phase = "emerging" | "core" | "fading" | "dormant" | "revived";

export interface InterestSummary {
  readonly id: string;
  readonly parent: string | null;
  /** 0 for the root, 1 for the broadest interests. */
  readonly level: number;
  readonly label: string;
  readonly description?: string;
  readonly keywords: readonly string[];
  readonly itemCount: number;
}

/** One event that holds an interest up. */
export interface Evidence {
  readonly item?: { readonly id: string; readonly title: string };
  readonly type: string;
  readonly time: number;
  readonly value?: number;
  /** The event's part of the interest's intensity, 0 to 1. */
  readonly share: number;
}

/** In days; `high` is null when it lies beyond ten years. */
export interface HalfLifeInterval {
  readonly low: number;
  readonly high: number | null;
}

/** A pin, boost or mute that stands. */
export interface StandingSteering {
  readonly action: "pin" | "boost" | "mute";
  readonly factor?: number;
  /** When it ends, in milliseconds since 1970; absent when it does not. */
  readonly until?: number;
}

export interface ProfileInterest {
  readonly interest: InterestSummary;
  /** Expected share of the parent's events from the user's next session on, 0 to 1; siblings and "other" sum to 1. */
  readonly strength: number;
  /** Expected events per day under this node. */
  readonly intensity: number;
  /** The part of the strength that the fast timescales contribute. */
  readonly shortTerm: number;
  /** The part of the strength that the slow timescales contribute. */
  readonly longTerm: number;
  /** The rest of the strength: what one would expect of anybody with this user's activity. */
  readonly background: { readonly base: number; readonly parent: number; readonly activity: number };
  /** ln(short-term rate / long-term rate), both smoothed: above 0 the interest grows. */
  readonly trend: number;
  readonly phase: Phase;
  /** 0 to 1: how much of the estimate is the user's own events rather than the prior. */
  readonly confidence: number;
  /** Days until the intensity halves without further events; null when it never does. */
  readonly halfLifeDays: number | null;
  /** The bounds of its 95 % interval; absent while weights are not learned, and where the half-life is null. */
  readonly halfLifeInterval?: HalfLifeInterval;
  /** Of doing something here within the profile's `returnDays`, 0 to 1; absent while weights are not learned. */
  readonly returnProbability?: number;
  /** Time of the newest positive event; null when there was none. */
  readonly lastSeen: number | null;
  readonly evidence: readonly Evidence[];
  /** What the user asked for here and still stands; absent when that is nothing. */
  readonly steering?: readonly StandingSteering[];
  readonly children: readonly ProfileInterest[];
}

export interface Profile {
  readonly user: string;
  /** The moment that the profile describes, milliseconds since 1970. */
  readonly at: number;
  readonly treeVersion: number;
  /** Events counted, and the times of the first and last of them. */
  readonly events: number;
  readonly firstSeen: number | null;
  readonly lastSeen: number | null;
  /** Expected events per day altogether. */
  readonly intensity: number;
  /** The days that the interests' `returnProbability` is about; absent where they have none. */
  readonly returnDays?: number;
  /** Share of the events expected under no interest of the tree. */
  readonly other: number;
  readonly interests: readonly ProfileInterest[];
}
