/** Reading profiles: as they are, as they were, as they would be, and as they change. */
import { PenchantError } from "../base/errors.ts";
import type { Clock } from "../base/time.ts";
import type { FoldRecord } from "../core/log-record.ts";
import type { Storage } from "../core/ports.ts";
import type { Phase, Profile } from "../core/profile.ts";
import { changesBetween, type ProfileChanges } from "../core/profile-changes.ts";
import { type ProfilePrompt, profilePrompt } from "../core/profile-prompt.ts";
import { type ProfileReadOptions, profileOf, readState } from "../core/profile-read.ts";
import { seriesBelow } from "../core/profile-series.ts";
import type { InterestState } from "../core/state.ts";
import type { InterestNode } from "../core/tree.ts";
import { momentOf, validateId } from "../core/validate.ts";
import type {
  ChangesOptions,
  HistoryOptions,
  ProfileOptions,
  ProfileSeries,
  PromptOptions,
  SeriesOptions,
  WatchProfileOptions,
} from "./engine-contract.ts";
import type { Fold } from "./folding.ts";
import type { Identities } from "./identities.ts";
import { momentsOf, orderedMoments, readOptions, tokenBudget } from "./options.ts";
import { stateOf, statesAt, stateWithout } from "./past.ts";
import type { ProfileUpdate, ProfileWatches } from "./profile-watches.ts";
import type { Understanding } from "./understanding.ts";
import type { UserStates } from "./user-states.ts";

export interface ProfilesParts {
  readonly clock: Clock;
  readonly storage: Storage;
  readonly understanding: Understanding;
  readonly states: UserStates;
  readonly identities: Identities;
  readonly fold: Fold;
  readonly watches: ProfileWatches;
}

export class Profiles {
  readonly #parts: ProfilesParts;

  constructor(parts: ProfilesParts) {
    this.#parts = parts;
  }

  /** See `Engine.profile`. */
  async profile(user: string, options: ProfileOptions): Promise<Profile> {
    const at = momentOf(options.at, "at", this.#parts.clock.now());
    return this.#read(user, await this.stateAt(user, at, options.without), at, readOptions(options));
  }

  /** See `Engine.profileHistory`. */
  async history(user: string, options: HistoryOptions): Promise<Profile[]> {
    const moments = momentsOf(options, this.#parts.clock.now());
    const records = await this.#recordsOf(user, moments.at(-1)!);
    const read = readOptions({ evidence: 0, ...(options.depth !== undefined && { depth: options.depth }) });
    const { fold } = this.#parts;
    return statesAt(records, moments, fold, (state, at) => this.#read(user, state, at, read));
  }

  /** See `Engine.profileSeries`. */
  async series(user: string, { under, ...options }: SeriesOptions): Promise<ProfileSeries> {
    const { clock, fold, understanding } = this.#parts;
    const { intensities: model } = understanding;
    const above = under === undefined ? model.tree.root : this.nodeOf(under);
    const moments = momentsOf(options, clock.now());
    const records = await this.#recordsOf(user, moments.at(-1)!);
    return {
      moments,
      ...seriesBelow(
        model,
        above.index,
        statesAt(records, moments, fold, (state, at) => readState(model, state, at)),
      ),
    };
  }

  /** See `Engine.profileChanges`. */
  async changes(user: string, { from, to, ...options }: ChangesOptions): Promise<ProfileChanges> {
    const moments = orderedMoments(from, to, this.#parts.clock.now());
    const [before, after] = await Promise.all(moments.map((at) => this.profile(user, { ...options, at, evidence: 0 })));
    return changesBetween(before, after);
  }

  /** See `Engine.profilePrompt`. */
  async prompt(user: string, { tokens, at }: PromptOptions): Promise<ProfilePrompt> {
    const budget = tokenBudget(tokens);
    return profilePrompt(await this.profile(user, at === undefined ? {} : { at }), { tokens: budget });
  }

  /** See `Engine.watchProfile`. */
  async *watch(user: string, { signal, ...options }: WatchProfileOptions): AsyncGenerator<ProfileUpdate, void> {
    const { clock, states, identities, watches } = this.#parts;
    validateId(user, "user");
    const shown = readOptions(options);
    const read = async (heldPhases: ReadonlyMap<string, Phase>) =>
      this.#read(user, await states.get(user), clock.now(), { ...shown, heldPhases });
    yield* watches.watch({ who: () => identities.resolve(user), read, signal });
  }

  /** The state at a moment, as the last acknowledged record left it or from what of the log is timed up to then. */
  async stateAt(user: string, at: number, without: string | undefined): Promise<InterestState> {
    const { clock, fold, states, understanding } = this.#parts;
    const isPast = at < clock.now();
    const state = isPast ? stateOf(await this.#recordsOf(user, at), fold) : await states.get(user);
    if (without === undefined) return state;
    const { nodes } = understanding.models.tree;
    return stateWithout(state, this.nodeOf(without).index, at, (node) => nodes[node].parent);
  }

  /** @throws PENCHANT_E_INTEREST_NOT_FOUND */
  nodeOf(interest: string): InterestNode {
    const node = this.#parts.understanding.models.tree.node(interest);
    if (node !== undefined) return node;
    throw new PenchantError("PENCHANT_E_INTEREST_NOT_FOUND", `There is no interest ${JSON.stringify(interest)}.`);
  }

  #read(user: string, state: InterestState, at: number, options: ProfileReadOptions): Profile {
    const { intensities, catalogue } = this.#parts.understanding;
    return profileOf(user, intensities, state, at, catalogue, options);
  }

  /** What is known now and is timed up to a moment. */
  async #recordsOf(user: string, time: number): Promise<FoldRecord[]> {
    const { storage, identities } = this.#parts;
    return storage.events.userRecords(identities.resolve(validateId(user, "user")), { time });
  }
}
