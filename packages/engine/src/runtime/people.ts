/**
 * What is done about a person rather than by them: steering their interests, merging two of their ids, erasing them. All
 * of it happens one after the other, so that who is who does not change in the middle.
 */
import { PenchantError } from "../base/errors.ts";
import type { Clock } from "../base/time.ts";
import type { User } from "../core/item.ts";
import { limits } from "../core/limits.ts";
import type { Storage } from "../core/ports.ts";
import type { StandingSteering } from "../core/profile.ts";
import { type SteeringInput, standing, validateSteering } from "../core/steering.ts";
import type { InterestNode } from "../core/tree.ts";
import { validateId } from "../core/validate.ts";
import type { Identities } from "./identities.ts";
import type { UserStates } from "./user-states.ts";

export interface PeopleParts {
  readonly clock: Clock;
  readonly storage: Storage;
  readonly states: UserStates;
  readonly identities: Identities;
  /** The node of an id. Throws PENCHANT_E_INTEREST_NOT_FOUND. */
  readonly nodeOf: (interest: string) => InterestNode;
}

export class People {
  readonly #parts: PeopleParts;
  #line: Promise<unknown> = Promise.resolve();

  constructor(parts: PeopleParts) {
    this.#parts = parts;
  }

  /** See `Engine.user`. */
  async find(anyId: string): Promise<(User & { events: number }) | undefined> {
    const { storage, states, identities } = this.#parts;
    const id = identities.resolve(anyId);
    const record = await storage.users.get(id);
    const { events } = await states.get(id);
    if (record === undefined && events === 0) return undefined;
    return { ...(record ?? { id }), events };
  }

  /** See `Engine.steer`. */
  steer(user: string, interest: string, input: SteeringInput): Promise<StandingSteering[]> {
    return this.inLine(async () => {
      const { clock, storage, states, identities, nodeOf } = this.#parts;
      const who = identities.resolve(validateId(user, "user"));
      const now = clock.now();
      const { index } = nodeOf(interest);
      const steering = validateSteering(input, now);
      const undoes = steering.action === "forget" || steering.action === "clear";
      if (index === 0 && !undoes) {
        throw new PenchantError(
          "PENCHANT_E_STEERING",
          `action: expected forget or clear for the root of the tree, got ${steering.action}; name an interest below it.`,
        );
      }
      const { steered } = await states.get(who);
      if (!steered.has(index) && steered.size >= limits.steeredInterests) {
        throw new PenchantError(
          "PENCHANT_E_STEERING",
          `Expected at most ${limits.steeredInterests} steered interests of a user (limits.steeredInterests), and there are as many; clear one first.`,
        );
      }
      const record = { user: who, time: now, interest, steering };
      const position = await storage.events.steer(record);
      await states.fold([{ ...record, position }]);
      return standing((await states.get(who)).steered.get(index), now);
    });
  }

  /** See `Engine.merge`. */
  merge(user: string, from: string): Promise<{ user: string; merged: boolean }> {
    return this.inLine(async () => {
      const { clock, storage, states, identities } = this.#parts;
      validateId(user, "user");
      validateId(from, "from");
      if (user === from) {
        throw new PenchantError(
          "PENCHANT_E_REQUEST_INVALID",
          `from: expected another id than the user's own, got ${JSON.stringify(from)}.`,
        );
      }
      const into = identities.resolve(user);
      const merged = identities.resolve(from);
      if (merged === into) return { user: into, merged: false };
      const record = { user: into, merged, time: clock.now() };
      const position = await storage.users.merge(record);
      await states.fold([{ ...record, position }]);
      return { user: into, merged: true };
    });
  }

  /** See `Engine.erase`. */
  erase(user: string): Promise<{ events: number }> {
    return this.inLine(() => {
      const { storage, states, identities } = this.#parts;
      const who = identities.resolve(validateId(user, "user"));
      return states.forget(who, () => storage.users.erase(who));
    });
  }

  /** Resolves when nothing of it is under way any more. */
  async settled(): Promise<void> {
    await this.#line;
  }

  /** Runs what is about a person when nothing else of it is under way. */
  inLine<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = this.#line.then(work);
    this.#line = result.catch(() => undefined);
    return result;
  }
}
