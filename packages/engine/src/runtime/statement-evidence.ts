/**
 * The events that a statement's claims become. Their ids are made of the statement's, and the statement's user, time and
 * session are theirs; what a claim proposes stands in its event's context.
 */
import { PenchantError } from "../base/errors.ts";
import type { EventInput, LoggedEvent } from "../core/event.ts";
import { limits } from "../core/limits.ts";
import {
  type Claim,
  evidenceType,
  proposedAction,
  type StatementInput,
  type StatementKind,
  statementKinds,
  statementType,
} from "../core/statement.ts";
import type { InterestTree } from "../core/tree.ts";
import { claimsByRules } from "../text/statement-rules.ts";
import { namedInterest } from "./named-interest.ts";

/** @throws PENCHANT_E_REQUEST_INVALID naming what does not fit; the rest is checked as an event's is */
export function checkedStatement(input: StatementInput): StatementInput & { readonly kind: StatementKind } {
  const { id, text, kind = "request" } = input;
  if (typeof text !== "string" || text.trim() === "") throw misfit("text: expected some words, got none");
  if (!statementKinds.includes(kind)) {
    throw misfit(`kind: expected one of ${statementKinds.join(", ")}, got ${JSON.stringify(kind)}`);
  }
  if (typeof id === "string" && id.length > limits.statementIdLength) {
    throw misfit(`id: expected at most ${limits.statementIdLength} characters, got ${id.length}`);
  }
  return { ...input, kind };
}

/** The event that keeps the statement as it was said. */
export function statementEvent(
  user: string,
  statement: StatementInput & { id: string; kind: StatementKind },
): EventInput {
  const { kind, ...said } = statement;
  return { ...said, user, type: statementType, context: { kind } };
}

/** The kind of an event that is a statement; undefined for all others, and for what somebody else's program calls so. */
export function kindOf({ type, text, context }: LoggedEvent): StatementKind | undefined {
  if (type !== statementType || text === undefined) return undefined;
  return statementKinds.find((kind) => kind === context?.kind);
}

/** What the rules say, with the interests that the topics name. */
export function claimsInTree(tree: InterestTree, text: string): Claim[] {
  return claimsByRules(text).map((claim) => {
    const interest = namedInterest(tree, claim.topic);
    return interest === undefined ? claim : { ...claim, interest: interest.id };
  });
}

/** @param by who understood it so */
export function evidenceOf(
  { id, user, time, session }: Pick<EventInput, "user" | "time" | "session"> & { id: string },
  { kind, claims, by }: { kind: StatementKind; claims: readonly Claim[]; by: string },
): EventInput[] {
  return claims.map(({ sense, topic, interest }, index) => {
    const action = proposedAction[sense];
    const proposal = interest !== undefined && action !== undefined && { proposal: { action, interest } };
    return {
      id: `${id}.claim-${index + 1}`,
      user,
      type: evidenceType(sense, kind),
      text: topic,
      time,
      session,
      context: { statement: id, sense, by, ...proposal },
    };
  });
}

function misfit(sentence: string): PenchantError {
  return new PenchantError("PENCHANT_E_REQUEST_INVALID", `${sentence}.`);
}
