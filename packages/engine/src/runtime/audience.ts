/**
 * Whose interest something is: everybody is read at one moment, as their profiles are, and the keenest are kept. That takes some
 * twenty microseconds a person, so it is done in slices, between which others are answered, and of a large database
 * a part is looked at, which the answer says.
 */
import { setImmediate as pause } from "node:timers/promises";
import { isTouched } from "../core/intensity.ts";
import { limits } from "../core/limits.ts";
import type { Storage } from "../core/ports.ts";
import { readState } from "../core/profile-read.ts";
import type { InterestState } from "../core/state.ts";
import { decodeState } from "../core/state-codec.ts";
import type { Audience } from "./engine-contract.ts";
import type { Identities } from "./identities.ts";
import { recommendationLimit } from "./options.ts";
import type { Understanding } from "./understanding.ts";
import type { UserStates } from "./user-states.ts";

export interface AudienceParts {
  readonly storage: Pick<Storage, "users" | "states">;
  readonly states: UserStates;
  readonly identities: Identities;
  readonly understanding: Understanding;
}

const sliceUsers = 250;

/**
 * @param node index of the interest
 * @param at milliseconds since 1970
 * @param limit how many people to name; default 10
 */
export async function audienceOf(parts: AudienceParts, node: number, at: number, limit?: number): Promise<Audience> {
  const { storage, identities, understanding } = parts;
  const most = recommendationLimit(limit);
  const { users } = storage;
  let examined = 0;
  let interested = 0;
  let intensity = 0;
  let people: Audience["people"][number][] = [];
  let cursor: string | undefined;
  while (examined < limits.audience) {
    const page = await users.list({ limit: sliceUsers, ...(cursor !== undefined && { cursor }) });
    // A merged id is somebody else's.
    const ids = page.map(({ id }) => id).filter((id) => identities.resolve(id) === id);
    for (const [id, state] of await statesOf(parts, ids)) {
      const { sums, intensities } = readState(understanding.intensities, state, at);
      if (!isTouched(sums, node)) continue;
      interested += 1;
      intensity += intensities.intensity[node];
      const share = intensities.intensity[0] > 0 ? intensities.intensity[node] / intensities.intensity[0] : 0;
      people.push({ id, intensity: intensities.intensity[node], share });
    }
    people = people.sort((a, b) => b.intensity - a.intensity || (a.id < b.id ? -1 : 1)).slice(0, most);
    examined += page.length;
    if (page.length < sliceUsers) break;
    cursor = page.at(-1)!.id;
    await pause();
  }
  return { users: await users.count(), examined, interested, intensity, people };
}

/** States to look at once: those in memory as they are, the others as they were stored, without keeping them. */
async function statesOf(
  { storage, states }: AudienceParts,
  ids: readonly string[],
): Promise<[string, InterestState][]> {
  const stored = await storage.states.load(ids.filter((id) => states.cached(id) === undefined));
  const found: [string, InterestState][] = [];
  for (const id of ids) {
    const bytes = stored.get(id)?.bytes;
    // What has come into memory meanwhile is newer.
    const state = states.cached(id) ?? (bytes === undefined ? await states.get(id) : decodeState(bytes).state);
    found.push([id, state]);
  }
  return found;
}
