/**
 * Ties what travels over the wire to what the engine speaks; checked by `tsc`. A field that one side has and the other
 * lacks, or that differs in type, is a compile error that names the pair.
 */
import type * as wire from "@penchant/protocol";
import type { EventInput, LoggedEvent, SessionEvent } from "../core/event.ts";
import type { Item } from "../core/item.ts";
import type { limits } from "../core/limits.ts";
import type { CurvePoint } from "../core/model.ts";
import type { Evidence, InterestSummary, Profile, ProfileInterest, StandingSteering } from "../core/profile.ts";
import type { PhaseTransition, ProfileChanges } from "../core/profile-changes.ts";
import type { ProfilePrompt } from "../core/profile-prompt.ts";
import type {
  Explanation,
  Ranking,
  Reason,
  Recommendation,
  RecommendationList,
  SessionRecommendations,
} from "../core/recommendation.ts";
import type {
  ModelList,
  RegisteredModel,
  RegisteredModelDetail,
  TrainableModel,
  TrainingJob,
  TrainingJobDetail,
  TrainingRequest,
} from "../core/registered-model.ts";
import type { DecidedProposal, HeardStatement, Proposal, StatementInput } from "../core/statement.ts";
import type { SteeringInput } from "../core/steering.ts";
import type {
  Activity,
  Audience,
  EngineStatus,
  InterestDetail,
  LearnedDecay,
  TreeInterest,
  WebhookDelivery,
} from "../engine.ts";

/** A type without `readonly`, and with absent instead of undefined members: on the wire they are the same. */
type Plain<T> = T extends readonly (infer U)[]
  ? Plain<U>[]
  : T extends object
    ? { -readonly [K in keyof T]: Plain<Exclude<T[K], undefined>> }
    : T;

type Assignable<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false;

/** Members are compared by name as well: an optional one that one side lacks is assignable in both directions. */
type Same<A, B> = Assignable<keyof A, keyof B> extends true ? Assignable<Plain<A>, Plain<B>> : false;

type All<_Pairs extends Record<string, true>> = true;

/** `Date` is for callers in the same process. */
type OnWire<T> = { [K in keyof T]: Exclude<T[K], Date> };

export type Values = All<{
  EventInput: Same<wire.EventInput, OnWire<EventInput>>;
  LoggedEvent: Same<wire.LoggedEvent, LoggedEvent>;
  Item: Same<wire.Item, Item>;
  InterestSummary: Same<wire.InterestSummary, InterestSummary>;
  TreeInterest: Same<wire.TreeInterest, TreeInterest>;
  LearnedDecay: Same<wire.LearnedDecay, LearnedDecay>;
  InterestDetail: Same<wire.InterestDetail, InterestDetail>;
  Evidence: Same<wire.Evidence, Evidence>;
  ProfileInterest: Same<wire.ProfileInterest, ProfileInterest>;
  Profile: Same<wire.Profile, Profile>;
  ProfileChanges: Same<wire.ProfileChanges, ProfileChanges>;
  ProfilePrompt: Same<wire.ProfilePrompt, ProfilePrompt>;
  PhaseTransition: Same<wire.PhaseTransition, PhaseTransition>;
  SteeringInput: Same<wire.SteeringBody, OnWire<SteeringInput>>;
  StandingSteering: Same<wire.StandingSteering, StandingSteering>;
  StatementInput: Same<wire.StatementBody, OnWire<StatementInput>>;
  HeardStatement: Same<wire.HeardStatement, HeardStatement>;
  Proposal: Same<wire.Proposal, Proposal>;
  DecidedProposal: Same<wire.DecidedProposal, DecidedProposal>;
  Reason: Same<wire.Reason, Reason>;
  Explanation: Same<wire.Explanation, Explanation>;
  Recommendation: Same<wire.Recommendation, Recommendation>;
  RecommendationList: Same<wire.RecommendationList, RecommendationList>;
  SessionRecommendations: Same<wire.SessionRecommendations, SessionRecommendations>;
  SessionEvent: Same<wire.SessionEvent, OnWire<SessionEvent>>;
  Ranking: Same<wire.Ranking, Ranking>;
  Audience: Same<wire.Audience, Audience>;
  Activity: Same<wire.Activity, Activity>;
  EngineStatus: Same<wire.EngineStatus, EngineStatus>;
  WebhookDelivery: Same<wire.WebhookDelivery, WebhookDelivery>;
  CurvePoint: Same<wire.CurvePoint, CurvePoint>;
  RegisteredModel: Same<wire.RegisteredModel, RegisteredModel>;
  RegisteredModelDetail: Same<wire.RegisteredModelDetail, RegisteredModelDetail>;
  ModelList: Same<wire.ModelList, ModelList>;
  TrainableModel: Same<wire.TrainableModel, TrainableModel>;
  TrainingRequest: Same<wire.TrainingBody, TrainingRequest>;
  TrainingJob: Same<wire.TrainingJob, TrainingJob>;
  TrainingJobDetail: Same<wire.TrainingJobDetail, TrainingJobDetail>;
}>;

/** Limits of the same name have the same value; these names must be on both sides. */
type Shared = keyof typeof wire.limits & keyof typeof limits;
export type Limits = All<{
  values: Assignable<Pick<typeof wire.limits, Shared>, Pick<typeof limits, Shared>>;
  names: Assignable<
    Shared,
    | "attributesBytes"
    | "attributesDepth"
    | "batch"
    | "categoryDepth"
    | "categoryNameLength"
    | "categoryPaths"
    | "eventTextLength"
    | "eventTypeLength"
    | "futureHours"
    | "historyPoints"
    | "idLength"
    | "imageLength"
    | "itemTextLength"
    | "itemVectorLength"
    | "itemVectorNameLength"
    | "itemVectors"
    | "rankedItems"
    | "recommendations"
    | "returnDaysMax"
    | "returnDaysMin"
    | "sessionEvents"
    | "statementIdLength"
    | "titleLength"
    | "treeDepth"
  >;
}>;
