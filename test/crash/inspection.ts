/**
 * What a data folder holds after a crash, seen through a copy: an engine recovers the copy as a restart would, and then
 * its log is read and every state folded anew from the log alone, one record after the other, by nothing but
 * `InterestState`. The stored states have to be the same bytes.
 */
import { execFileSync } from "node:child_process";
import { rmSync } from "node:fs";
import type { LoggedEvent } from "../../packages/engine/src/core/event.ts";
import { isEvent } from "../../packages/engine/src/core/log-record.ts";
import { InterestState } from "../../packages/engine/src/core/state.ts";
import { encodeState } from "../../packages/engine/src/core/state-codec.ts";
import { defaultEventWeights } from "../../packages/engine/src/core/weights.ts";
import { openEngine } from "../../packages/engine/src/index.ts";
import { Encoder } from "../../packages/engine/src/runtime/encoder.ts";
import { folding } from "../../packages/engine/src/runtime/folding.ts";
import { Understanding } from "../../packages/engine/src/runtime/understanding.ts";
import { openEmbeddedStorage } from "../../packages/engine/src/storage/embedded/index.ts";

export interface Inspection {
  readonly log: readonly LoggedEvent[];
  /** Users whose stored state is not what their records make of it, or who have one without any. */
  readonly stateMismatches: string[];
  /** What `penchant doctor` finds. */
  readonly damage: string[];
}

/** Makes a copy of a data folder that nobody writes to. */
export function copyOf(dataDir: string): string {
  const copy = `${dataDir}.copy`;
  rmSync(copy, { recursive: true, force: true });
  execFileSync("cp", ["-r", dataDir, copy]);
  return copy;
}

/** @param users who may have a state, beside those in the log */
export async function inspect(dataDir: string, users: readonly string[]): Promise<Inspection> {
  const engine = await openEngine({ dataDir });
  await engine.close();
  const storage = await openEmbeddedStorage({ dataDir });
  try {
    const records = (await Array.fromAsync(storage.events.records({ after: 0 }))).flat();
    const { understanding } = await Understanding.load(storage, defaultEventWeights, Encoder.lexical());
    const folded = new Map<string, InterestState>();
    const fold = folding(understanding);
    const mergedInto = new Map(await storage.users.merged());
    for (const record of records) {
      const user = mergedInto.get(record.user) ?? record.user;
      const state = folded.get(user) ?? new InterestState();
      fold(state, record);
      folded.set(user, state);
    }
    const everybody = [...new Set([...users, ...folded.keys()])];
    const stored = await storage.states.load(everybody);
    const treeVersion = understanding.models.tree.version;
    const stateMismatches = everybody.filter((user) => {
      const state = folded.get(user);
      const bytes = stored.get(user)?.bytes;
      return state === undefined
        ? bytes !== undefined
        : bytes === undefined || Buffer.compare(encodeState(state, treeVersion), bytes) !== 0;
    });
    return { log: records.filter(isEvent), stateMismatches, damage: await storage.check() };
  } finally {
    await storage.close();
  }
}
