/** What the engine can be asked: by the HTTP server, by the commands, and by a program that embeds it. */
import type { Clock } from "../base/time.ts";
import type { EventInput, LoggedEvent, SessionEvent, TrackResult } from "../core/event.ts";
import type { HalfLife, LearningOrigin } from "../core/intensity-weights.ts";
import type { Item, User } from "../core/item.ts";
import type { Lineage } from "../core/lineage.ts";
import type { Storage } from "../core/ports.ts";
import type { InterestSummary, Profile, StandingSteering } from "../core/profile.ts";
import type { ProfileChanges } from "../core/profile-changes.ts";
import type { ProfilePrompt } from "../core/profile-prompt.ts";
import type { Ranking, RecommendationList, SessionRecommendations } from "../core/recommendation.ts";
import type { RegisteredModel } from "../core/registered-model.ts";
import type { DecidedProposal, Decision, HeardStatement, Proposal, StatementInput } from "../core/statement.ts";
import type { SteeringInput } from "../core/steering.ts";
import type { EngineFigures, ProviderStatus } from "./figures.ts";
import type { NamingReport } from "./interest-names.ts";
import type { EngineModels, TrainOptions } from "./models-contract.ts";
import type { ProfileUpdate } from "./profile-watches.ts";
import type { ProgressListener } from "./progress.ts";

export interface ProfileOptions {
  /** Default: now. A past moment gives the profile as it was then, from the events known now. */
  readonly at?: Date | string | number;
  /** Levels below the root to show; default all. */
  readonly depth?: number;
  /** Leaves out interests whose strength among their siblings is lower; default 0. */
  readonly minStrength?: number;
  /** Most evidence lines an interest shows; default 3. */
  readonly evidence?: number;
  /** The days that `returnProbability` is about; default 30, at most a year. */
  readonly returnDays?: number;
  /** Id of an interest: the profile as if nothing had ever been done under it. */
  readonly without?: string;
}

export interface HistoryOptions {
  readonly from: Date | string | number;
  readonly to: Date | string | number;
  readonly stepMs: number;
  readonly depth?: number;
}

export interface SeriesOptions {
  readonly from: Date | string | number;
  readonly to: Date | string | number;
  readonly stepMs: number;
  /** Id of the interest whose children to follow; default the root. */
  readonly under?: string;
}

/** Intensities over time, events per day: of an interest, and of what is right below it. */
export interface ProfileSeries {
  /** Milliseconds since 1970. [points] */
  readonly moments: readonly number[];
  /** Of the interest whose children are followed. [points] */
  readonly total: readonly number[];
  /** Those that had to do with the user; the strongest on the whole first. */
  readonly series: readonly {
    readonly interest: { readonly id: string; readonly label: string };
    /** [points] */
    readonly intensity: readonly number[];
  }[];
}

export interface ChangesOptions {
  readonly from: Date | string | number;
  readonly to?: Date | string | number;
  readonly depth?: number;
}

export interface PromptOptions {
  /** What the text may take, by a rule that errs on the high side; default 500, 150 to 8,000. */
  readonly tokens?: number;
  readonly at?: Date | string | number;
}

export interface WatchProfileOptions {
  readonly depth?: number;
  readonly signal?: AbortSignal;
}

export interface RecommendOptions {
  /** Default 10, at most `limits.recommendations`. */
  readonly limit?: number;
  /** Give the reasons, default true; `words`: in sentences too, by a language model where one is configured. */
  readonly explain?: boolean | "words";
  readonly at?: Date | string | number;
  /** Id of an interest: what would be recommended if nothing had ever been done under it. */
  readonly without?: string;
  /**
   * Share of short-term interest in the scores of the model that is promoted, 0 to 1, where it keeps long-term interest apart
   * (`long-short`). Default: what it has learned for each user and item.
   */
  readonly longShort?: number;
}

export interface TreeInterest extends InterestSummary {
  /** How long a habit outlives its last event by half; absent while it is not learned, or nothing outlives it. */
  readonly halfLife?: HalfLife;
}

export interface RankOptions {
  /** Give the reasons, default false. */
  readonly explain?: boolean;
  /** As of `recommend`. */
  readonly longShort?: number;
}

/** What people say of their interests in their own words. */
export interface EngineStatements {
  /**
   * Takes a statement in: durable once this resolves, and with it what the rules read in it. Where a language model is
   * configured, that reads it behind, and the statement counts a little later. Throws as `track` does.
   */
  hear(user: string, statement: StatementInput): Promise<HeardStatement>;
  /** Steering that the newest statements suggest and nobody has decided about, newest first; at most `limits.proposals`. */
  proposals(user: string): Promise<readonly Proposal[]>;
  /**
   * Accepts a proposal, which steers its interest, or declines it. The same decision again changes nothing. Throws
   * PENCHANT_E_PROPOSAL_NOT_FOUND when there is none of the id, or it was decided otherwise.
   */
  decide(user: string, proposal: string, decision: Decision): Promise<DecidedProposal>;
  /** Resolves with true once the language model has read all statements, or with false when the signal is given before. */
  settled(signal?: AbortSignal): Promise<boolean>;
}

export interface InterestDetail extends TreeInterest {
  /** Where it came from when the tree was last built. */
  readonly lineage: Lineage;
  readonly children: readonly InterestSummary[];
  /** The most popular items, at most 20. */
  readonly items: readonly Item[];
}

/** What weights were learned from, and for how many interests. */
export interface LearnedDecay extends LearningOrigin {
  readonly interests: number;
}

/** Whose interest something is, at this moment. */
export interface Audience {
  /** Everybody there is. */
  readonly users: number;
  /** How many of them were looked at; at most `limits.audience`, in order of their ids. */
  readonly examined: number;
  /** How many of those ever had to do with the interest. */
  readonly interested: number;
  /** Events per day expected of them under it. */
  readonly intensity: number;
  /** The keenest, most events expected first; `share` is that of everything that is expected of the person. */
  readonly people: readonly { readonly id: string; readonly intensity: number; readonly share: number }[];
}

/** How much was done under an interest. An item in several places counts in each by its parts. */
export interface Activity {
  /** Every month from the first with an event to the last, by the moment it began; at most `limits.activityMonths`. */
  readonly months: readonly { readonly time: number; readonly events: number }[];
}

export interface EngineStatus {
  readonly events: number;
  readonly users: number;
  readonly items: number;
  readonly interests: number;
  readonly treeVersion: number;
  /** Events in the log that no stored state includes yet: what a restart would replay. */
  readonly eventsBehindCheckpoint: number;
  /** Events of types that the weight table does not know, since the start. */
  readonly unknownTypes: Readonly<Record<string, number>>;
  /** What was asked of models on the network since the start; of an embedder once it was needed. */
  readonly providers: readonly ProviderStatus[];
}

/** The engine: everything that the HTTP server, the commands and an embedding program can ask for. */
export interface Engine {
  readonly clock: Clock;
  /** Inserts or replaces items. New items join the interest tree at once. */
  putItems(items: readonly Item[]): Promise<{ created: number; updated: number }>;
  item(id: string): Item | undefined;
  items(options?: { query?: string; cursor?: string; limit?: number }): { items: Item[]; nextCursor: string | null };
  /** Hides the item from recommendations for good; profiles keep what was learned from it. False when there is none. */
  removeItem(id: string): Promise<boolean>;
  putUser(user: User): Promise<void>;
  /** The user's record, or a bare one for a user who has events only. */
  user(id: string): Promise<(User & { events: number }) | undefined>;
  users(options?: { query?: string; cursor?: string; limit?: number }): Promise<{
    users: { id: string; events: number }[];
    nextCursor: string | null;
  }>;
  /** Events are durable and in the profile once this resolves. A batch with an invalid event is refused whole. */
  track(events: readonly EventInput[]): Promise<TrackResult[]>;
  /** The user's events, newest first. */
  userEvents(
    user: string,
    options?: { limit?: number; cursor?: string },
  ): Promise<{
    events: LoggedEvent[];
    nextCursor: string | null;
  }>;
  profile(user: string, options?: ProfileOptions): Promise<Profile>;
  /** Profiles at `from`, `from + stepMs`, ... up to `to`; at most `limits.historyPoints`. */
  profileHistory(user: string, options: HistoryOptions): Promise<Profile[]>;
  /**
   * How strong the interests right below one were at `from`, `from + stepMs`, ... up to `to`; at most
   * `limits.historyPoints`. Moments that are still to come show what is expected without further events.
   */
  profileSeries(user: string, options: SeriesOptions): Promise<ProfileSeries>;
  /** What changed between two moments, in numbers and words; `to` is now by default. */
  profileChanges(user: string, options: ChangesOptions): Promise<ProfileChanges>;
  /**
   * The profile in words for the prompt of a language model: strongest, rising, fading, awake again, not wanted. The same
   * profile gives the same text; what comes from outside stands in it as quotations that nothing can break out of.
   */
  profilePrompt(user: string, options?: PromptOptions): Promise<ProfilePrompt>;
  /**
   * The profile, then what changes in it as events come and time passes, and every change of a phase once. Ends when the
   * signal is given or the engine is closed. Throws PENCHANT_E_STREAMS_BUSY when it is first asked.
   */
  watchProfile(user: string, options?: WatchProfileOptions): AsyncGenerator<ProfileUpdate, void>;
  /**
   * Pins, boosts, mutes, forgets or clears an interest, by its id. Durable and obeyed by the next answer once this
   * resolves; returns what stands at the interest now. Throws PENCHANT_E_INTEREST_NOT_FOUND and PENCHANT_E_STEERING.
   */
  steer(user: string, interest: string, steering: SteeringInput): Promise<readonly StandingSteering[]>;
  /**
   * Makes two ids one person: their profile is what both logs make together, and whatever is asked about or comes under
   * `from` is about `user` from then on. Neither has to be known yet. `merged` is false when they were one already.
   */
  merge(user: string, from: string): Promise<{ user: string; merged: boolean }>;
  recommend(user: string, options?: RecommendOptions): Promise<RecommendationList>;
  /** What somebody who is nobody's user may want next, by what they did just now; nothing of it is kept. */
  recommendForSession(
    events: readonly SessionEvent[],
    options?: Pick<RecommendOptions, "limit" | "explain" | "longShort">,
  ): Promise<SessionRecommendations>;
  /** The caller's own items in the order in which the user may want them; what they know already is ranked as well. */
  rank(user: string, items: readonly string[], options?: RankOptions): Promise<Ranking>;
  readonly models: EngineModels;
  readonly statements: EngineStatements;
  /** `models.train`. */
  train(options: TrainOptions): Promise<RegisteredModel>;
  similarItems(id: string, options?: { limit?: number }): { item: Item; similarity: number }[];
  /** Items that fit some words, by meaning and title, best first; the similarity is 0 to 1. At most 10 by default. */
  searchItems(query: string, options?: { limit?: number }): { item: Item; similarity: number }[];
  /** All interests, parents before children; the first is the root. */
  interests(): TreeInterest[];
  interest(id: string): InterestDetail;
  /**
   * Learns from the log how every interest fades and wakes: profiles are read with the learned weights from then on, and
   * every rebuild learns them anew. Throws PENCHANT_E_MODEL_DATA when nobody ever came back.
   */
  learnDecay(options?: { onProgress?: ProgressListener }): Promise<LearnedDecay>;
  /** Who cares about an interest most, now; 10 people unless told otherwise. Throws PENCHANT_E_INTEREST_NOT_FOUND. */
  interestAudience(id: string, options?: { limit?: number }): Promise<Audience>;
  /** How much was done under an interest month by month, by the newest `limits.activityEvents` events of the log. */
  interestActivity(id: string): Promise<Activity>;
  /**
   * Has the configured language model name the learned interests whose members have changed. Rebuilds do so by themselves,
   * in the background. Throws PENCHANT_E_CONFIG where no model is configured, PENCHANT_E_PROVIDER when it cannot be asked.
   */
  nameInterests(options?: { signal?: AbortSignal; onProgress?: ProgressListener }): Promise<NamingReport>;
  /** Builds the tree and the item models from the catalogue and the log, then every state from the log. */
  rebuild(options?: { onProgress?: ProgressListener; tree?: boolean }): Promise<{ users: number; events: number }>;
  /** Removes everything known of a user, under whichever of their ids. */
  erase(user: string): Promise<{ events: number }>;
  status(): Promise<EngineStatus>;
  /** How busy the engine is, at this moment; costs nothing worth counting. */
  figures(): EngineFigures;
  /** What is damaged, and the way out; empty when all is well. */
  check(): Promise<string[]>;
  readonly storage: Storage;
  close(): Promise<void>;
}
