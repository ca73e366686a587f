/** The options of the engine's questions, checked, with their defaults. */
import { PenchantError } from "../base/errors.ts";
import { limits } from "../core/limits.ts";
import { promptTokens } from "../core/profile-prompt.ts";
import type { ProfileReadOptions } from "../core/profile-read.ts";
import { momentOf } from "../core/validate.ts";
import type { HistoryOptions, ProfileOptions } from "./engine-contract.ts";

const pageDefault = 100;
const pageMax = 1_000;

export function readOptions({
  depth,
  minStrength = 0,
  evidence = 3,
  returnDays = 30,
}: ProfileOptions): ProfileReadOptions {
  return {
    depth: wholeNumber("depth", depth ?? limits.treeDepth, 0, limits.treeDepth),
    minStrength: inRange("minStrength", minStrength, 0, 1),
    evidence: wholeNumber("evidence", evidence, 0, limits.recentEvents),
    returnDays: inRange("returnDays", returnDays, limits.returnDaysMin, limits.returnDaysMax),
  };
}

/** The moments of a history, in ascending order. */
export function momentsOf(options: HistoryOptions, now: number): number[] {
  const from = momentOf(options.from, "from", now);
  const to = momentOf(options.to, "to", now);
  const points = Math.floor((to - from) / options.stepMs) + 1;
  if (!(options.stepMs > 0) || !(points >= 1) || points > limits.historyPoints) {
    throw new PenchantError(
      "PENCHANT_E_REQUEST_INVALID",
      `history: expected from <= to and a step that gives at most ${limits.historyPoints} points, got ${points} points.`,
    );
  }
  return Array.from({ length: points }, (_, index) => from + index * options.stepMs);
}

/** Two moments, the first before the second; that is now by default. */
export function orderedMoments(
  from: Date | string | number,
  to: Date | string | number | undefined,
  now: number,
): [from: number, to: number] {
  const first = momentOf(from, "from", now);
  const second = momentOf(to, "to", now);
  if (first < second) return [first, second];
  throw new PenchantError(
    "PENCHANT_E_REQUEST_INVALID",
    `from: expected a moment before ${new Date(second).toISOString()}, got ${new Date(first).toISOString()}.`,
  );
}

export function recommendationLimit(limit = 10): number {
  return wholeNumber("limit", limit, 1, limits.recommendations);
}

/** Share of short-term interest. */
export function gateOption(longShort: number | undefined): number | undefined {
  return longShort === undefined ? undefined : inRange("longShort", longShort, 0, 1);
}

export function tokenBudget(tokens: number = promptTokens.usual): number {
  return wholeNumber("tokens", tokens, promptTokens.least, promptTokens.most);
}

export function requireBatch(count: number): void {
  if (count <= limits.batch) return;
  throw new PenchantError(
    "PENCHANT_E_REQUEST_INVALID",
    `Expected at most ${limits.batch} items at once, got ${count}; send them in parts.`,
  );
}

export function pageSize(limit: number = pageDefault): number {
  return wholeNumber("limit", limit, 1, pageMax);
}

export function cursorNumber(cursor: string): number {
  const value = Number(cursor);
  if (Number.isSafeInteger(value) && value >= 0) return value;
  throw new PenchantError("PENCHANT_E_REQUEST_INVALID", "cursor: expected the nextCursor of an earlier answer.");
}

function inRange(name: string, value: number, least: number, most: number, kind = "number"): number {
  if (value >= least && value <= most && (kind === "number" || Number.isInteger(value))) return value;
  throw new PenchantError(
    "PENCHANT_E_REQUEST_INVALID",
    `${name}: expected a ${kind} from ${least} to ${most}, got ${value}.`,
  );
}

function wholeNumber(name: string, value: number, least: number, most: number): number {
  return inRange(name, value, least, most, "whole number");
}
