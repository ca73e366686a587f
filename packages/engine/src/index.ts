/** What `penchant` exports. Everything else is free to change. */
export { type ErrorCode, PenchantError } from "./base/errors.ts";
export type { Clock } from "./base/time.ts";
export type { PenchantConfig, PenchantConfigInput } from "./config.ts";
export type { EventInput, LoggedEvent, TrackResult, UserEvent } from "./core/event.ts";
export type { Item, User } from "./core/item.ts";
export { limits } from "./core/limits.ts";
export type { Evidence, InterestSummary, Phase, Profile, ProfileInterest, StandingSteering } from "./core/profile.ts";
export type { InterestChange, PhaseTransition, ProfileChanges } from "./core/profile-changes.ts";
export type { ProfilePrompt } from "./core/profile-prompt.ts";
export type { Reason, Recommendation, RecommendationList } from "./core/recommendation.ts";
export type {
  Claim,
  DecidedProposal,
  Decision,
  HeardStatement,
  Proposal,
  Sense,
  StatementInput,
  StatementKind,
} from "./core/statement.ts";
export type { SteeringAction, SteeringInput } from "./core/steering.ts";
export { defaultEventWeights, type EventWeight, type EventWeights } from "./core/weights.ts";
export {
  type Activity,
  type Audience,
  type ChangesOptions,
  type Engine,
  type EngineOptions,
  type EngineStatements,
  type EngineStatus,
  type HistoryOptions,
  type InterestDetail,
  type LearnedDecay,
  type NamingReport,
  openEngine,
  type ProfileOptions,
  type ProfileSeries,
  type ProfileUpdate,
  type Progress,
  type ProgressListener,
  type PromptOptions,
  type RecommendOptions,
  type SeriesOptions,
  type TreeInterest,
  type WatchProfileOptions,
  type WebhookDelivery,
} from "./engine.ts";
