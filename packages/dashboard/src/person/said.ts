/**
 * What a person said of their interests, with what was understood of it. Both are events: a statement, and one event for each
 * claim, which names the statement and says in which sense it was taken.
 */
import type { LoggedEvent, Proposal } from "@penchant/protocol";

export type Sense = Proposal["sense"];

export interface Claim {
  /** Of its event. */
  readonly id: string;
  readonly sense: Sense;
  /** Words of the statement. */
  readonly topic: string;
}

export interface Said {
  readonly id: string;
  readonly text: string;
  /** Milliseconds since 1970. */
  readonly time: number;
  /** In the order of the words; none where nothing was understood, or not yet. */
  readonly claims: readonly Claim[];
}

/** @param events newest first, as the server lists them: claims come after their statement */
export function saidIn(events: readonly LoggedEvent[]): Said[] {
  const claims = new Map<string, Claim[]>();
  for (const { id, text, context } of events) {
    const { statement, sense } = (context ?? {}) as { statement?: string; sense?: Sense };
    if (statement === undefined || sense === undefined || text === undefined) continue;
    claims.set(statement, [{ id, sense, topic: text }, ...(claims.get(statement) ?? [])]);
  }
  return events.flatMap(({ id, type, text, time }) =>
    type === "statement" && text !== undefined ? [{ id, text, time, claims: claims.get(id) ?? [] }] : [],
  );
}
