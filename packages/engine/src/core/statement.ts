/**
 * What people say of their interests in their own words: a spoken request, an answer to a survey, a comment, a line of a chat.
 *
 * A statement is an event of the log that weighs nothing. What it says is evidence of its own, events that name the
 * statement: one for each claim, with the claim's own words, counted where those belong in the tree. A claim may propose
 * something about an interest that its words name; nothing is steered before somebody decides so, and the decision is an event
 * as well. So statements, what was understood of them and what became of it are erased and merged with the person's other events.
 */
import type { StandingSteering } from "./profile.ts";
import type { SteeringAction } from "./steering.ts";

/** What a statement may be: the type of the event that its words count as where they are for something. */
export const statementKinds = ["request", "answer", "comment", "search"] as const;
export type StatementKind = (typeof statementKinds)[number];

/** A statement as a caller gives it. */
export interface StatementInput {
  /** Makes it idempotent, as an event's. Default: a new UUID. At most `limits.statementIdLength` characters. */
  readonly id?: string | undefined;
  readonly text: string;
  /** Default `request`. */
  readonly kind?: StatementKind | undefined;
  /** When it was said: a `Date`, ISO 8601, or milliseconds since 1970. Default: now. */
  readonly time?: Date | string | number | undefined;
  readonly session?: string | undefined;
}

/**
 * `mention`: speaks of it; `like`, `dislike`; `avoid`: wants to be shown nothing of it, for whatever reason; `no-longer`: cared
 * for it once.
 */
export const senses = ["mention", "like", "dislike", "avoid", "no-longer"] as const;
export type Sense = (typeof senses)[number];

/** One thing that a statement says. */
export interface Claim {
  readonly sense: Sense;
  /** The words of the statement that name what it is about. */
  readonly topic: string;
  /** Id of the interest that the words name, where they name one. */
  readonly interest?: string | undefined;
}

/** What became of a statement. */
export interface HeardStatement {
  readonly id: string;
  readonly status: "accepted" | "duplicate";
  /** What was understood; absent while a language model has yet to read it, and for a duplicate. */
  readonly claims?: readonly Claim[];
}

/** Steering that a statement suggests. */
export interface Proposal {
  readonly id: string;
  /** Id of the statement. */
  readonly statement: string;
  readonly time: number;
  readonly sense: Sense;
  readonly topic: string;
  readonly action: SteeringAction;
  readonly interest: { readonly id: string; readonly label: string };
  /** Who understood it so: `rules`, or the language model. */
  readonly by: string;
}

export const decisions = ["accept", "decline"] as const;
export type Decision = (typeof decisions)[number];

/** A proposal with what was decided about it. */
export interface DecidedProposal {
  readonly proposal: Proposal;
  readonly decision: Decision;
  /** All that stands at its interest now. */
  readonly steering: readonly StandingSteering[];
}

/** Types of events that weigh nothing by themselves. */
export const statementType = "statement";
export const decisionType = "decision";

/** The type of the event that a claim counts as. */
export function evidenceType(sense: Sense, kind: StatementKind): string {
  return { mention: kind, like: "like", dislike: "dislike", avoid: "dismiss", "no-longer": "dismiss" }[sense];
}

/** What a claim suggests to do about the interest that it names. */
export const proposedAction: Readonly<Record<Sense, SteeringAction | undefined>> = {
  mention: undefined,
  like: "boost",
  dislike: "mute",
  avoid: "mute",
  "no-longer": "forget",
};
