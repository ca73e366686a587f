/**
 * Steering: what people ask of their own interests.
 *
 *     pin     the interest is shown in every profile
 *     boost   its intensity counts a factor more
 *     mute    it is still counted, its strength is 0, and items wholly under it are not recommended
 *     forget  what was done under it so far stops counting; what comes later counts
 *     clear   undoes pin, boost and mute
 *
 * A request is a record of the log. What stands at a node after some records is a small value in the user's state, so the
 * next reading obeys, and folding the log again gives the same. Pin, boost and mute stand beside each other, for good or
 * until a moment; a mute is stronger than a boost.
 *
 * What counts as forgotten is a matter of the events' times: an event that arrives late and happened before is forgotten
 * too. Nodes are those of today's tree; the log names them by id, and they are looked up again whenever a tree is built.
 */
import { PenchantError } from "../base/errors.ts";
import type { StandingSteering } from "./profile.ts";
import { momentOf } from "./validate.ts";

export const steeringActions = ["pin", "boost", "mute", "forget", "clear"] as const;
export type SteeringAction = (typeof steeringActions)[number];

/** What a caller asks for. */
export interface SteeringInput {
  readonly action: SteeringAction;
  /** For a boost: above 0, at most `factorMax`; default 2. Below 1 it damps. */
  readonly factor?: number | undefined;
  /** For pin, boost and mute: when it ends. Default: never. */
  readonly until?: Date | string | number | undefined;
}

/** A request that passed validation. */
export interface Steering {
  readonly action: SteeringAction;
  readonly factor?: number;
  /** Milliseconds since 1970. */
  readonly until?: number;
}

/** A request as states take it in. */
export interface FoldableSteering {
  /** Place in the log. */
  readonly position: number;
  /** When it was made, in milliseconds since 1970. */
  readonly time: number;
  /** In today's tree. */
  readonly node: number;
  readonly steering: Steering;
}

/** What stands at a node; the times in milliseconds since 1970, `never` and `forGood` included. */
export interface SteeredNode {
  readonly pinnedUntil: number;
  readonly boostedUntil: number;
  readonly boostFactor: number;
  readonly mutedUntil: number;
  /** Events timed up to then do not count. */
  readonly forgottenUntil: number;
}

/** By node. */
export type SteeredNodes = ReadonlyMap<number, SteeredNode>;

/** The parent of a node, -1 for the root. */
export type ParentOf = (node: number) => number;

export const never = -1;
export const forGood = Number.POSITIVE_INFINITY;
export const factorMax = 100;
const factorDefault = 2;

/** Shared by all who never asked for anything. */
export const unsteered: SteeredNodes = new Map();
const untouched: SteeredNode = {
  pinnedUntil: never,
  boostedUntil: never,
  boostFactor: 1,
  mutedUntil: never,
  forgottenUntil: never,
};

/** @throws PENCHANT_E_STEERING naming what does not fit */
export function validateSteering(input: SteeringInput, now: number): Steering {
  const { action, factor, until } = input;
  if (!steeringActions.includes(action)) {
    throw misfit(`action: expected one of ${steeringActions.join(", ")}, got ${JSON.stringify(action)}`);
  }
  if (factor !== undefined && action !== "boost") throw misfit(`factor: a ${action} has none, got ${factor}`);
  if (factor !== undefined && !(typeof factor === "number" && factor > 0 && factor <= factorMax)) {
    throw misfit(`factor: expected a number above 0, at most ${factorMax}, got ${JSON.stringify(factor)}`);
  }
  if (until !== undefined && (action === "forget" || action === "clear")) {
    throw misfit(`until: a ${action} is for good, got ${JSON.stringify(until)}`);
  }
  const end = until === undefined ? undefined : momentOf(until, "until", now);
  if (end !== undefined && end <= now) {
    throw misfit(`until: expected a moment after ${new Date(now).toISOString()}, got ${new Date(end).toISOString()}`);
  }
  return {
    action,
    ...(action === "boost" && { factor: factor ?? factorDefault }),
    ...(end !== undefined && { until: Math.floor(end) }),
  };
}

function misfit(sentence: string): PenchantError {
  return new PenchantError("PENCHANT_E_STEERING", `${sentence}.`);
}

/**
 * What stands after one more request.
 *
 * @param forgetUntil for a forget: the time of the newest event that it is about
 */
export function withSteering(
  steered: SteeredNodes,
  node: number,
  { action, factor = 1, until = forGood }: Steering,
  forgetUntil: number,
): SteeredNodes {
  const before = steered.get(node) ?? untouched;
  const after: Record<SteeringAction, SteeredNode> = {
    pin: { ...before, pinnedUntil: until },
    boost: { ...before, boostedUntil: until, boostFactor: factor },
    mute: { ...before, mutedUntil: until },
    forget: { ...before, forgottenUntil: Math.max(before.forgottenUntil, forgetUntil) },
    clear: { ...untouched, forgottenUntil: before.forgottenUntil },
  };
  const all = new Map(steered);
  if (action === "clear" && before.forgottenUntil === never) all.delete(node);
  else all.set(node, after[action]);
  return all.size === 0 ? unsteered : all;
}

/** The tree of a root alone. */
const rootAlone: ParentOf = () => -1;

/** Whether what happened at a node at a time was forgotten: there, or anywhere above. */
export function isForgotten(steered: SteeredNodes, node: number, time: number, parentOf = rootAlone): boolean {
  if (steered.size === 0) return false;
  for (let at = node; at >= 0; at = parentOf(at)) {
    const asked = steered.get(at);
    if (asked !== undefined && time <= asked.forgottenUntil) return true;
  }
  return false;
}

/** The requests that stand at a node at a moment; empty for none. */
export function standing(steered: SteeredNode | undefined, at: number): StandingSteering[] {
  if (steered === undefined) return [];
  const { pinnedUntil, boostedUntil, boostFactor, mutedUntil } = steered;
  const ending = (until: number) => (until === forGood ? {} : { until });
  const requests: StandingSteering[] = [];
  if (at < pinnedUntil) requests.push({ action: "pin", ...ending(pinnedUntil) });
  if (at < boostedUntil) requests.push({ action: "boost", factor: boostFactor, ...ending(boostedUntil) });
  if (at < mutedUntil) requests.push({ action: "mute", ...ending(mutedUntil) });
  return requests;
}
