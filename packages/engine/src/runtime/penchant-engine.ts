/** The engine: takes events and items in, and answers from the states that the last acknowledged event left. */
import { PenchantError } from "../base/errors.ts";
import { Line } from "../base/line.ts";
import type { Clock } from "../base/time.ts";
import type { EventInput, SessionEvent, TrackResult } from "../core/event.ts";
import type { Item, User } from "../core/item.ts";
import type { Storage } from "../core/ports.ts";
import type { Profile, StandingSteering } from "../core/profile.ts";
import type { ProfileChanges } from "../core/profile-changes.ts";
import type { ProfilePrompt } from "../core/profile-prompt.ts";
import type { Ranking, RecommendationList, SessionRecommendations } from "../core/recommendation.ts";
import type { RegisteredModel } from "../core/registered-model.ts";
import type { SteeringInput } from "../core/steering.ts";
import { validateItem, validateUser } from "../core/validate.ts";
import { Activities } from "./activity.ts";
import { audienceOf } from "./audience.ts";
import type {
  Activity,
  Audience,
  ChangesOptions,
  Engine,
  EngineStatus,
  HistoryOptions,
  InterestDetail,
  LearnedDecay,
  ProfileOptions,
  ProfileSeries,
  PromptOptions,
  RankOptions,
  RecommendOptions,
  SeriesOptions,
  TreeInterest,
  WatchProfileOptions,
} from "./engine-contract.ts";
import type { EngineFigures } from "./figures.ts";
import type { Intake } from "./intake.ts";
import { Naming, type NamingReport, type NamingSettings } from "./interest-names.ts";
import { interestDetail, treeInterests } from "./interests.ts";
import { learnFromLog } from "./learn.ts";
import type { Models } from "./models.ts";
import type { TrainOptions } from "./models-contract.ts";
import { requireBatch } from "./options.ts";
import { type PageOptions, pageOfEvents, pageOfItems, pageOfUsers } from "./pages.ts";
import { People } from "./people.ts";
import type { ProfileUpdate } from "./profile-watches.ts";
import { Profiles } from "./profiles.ts";
import type { ProgressListener } from "./progress.ts";
import { type RebuildOptions, type RebuildParts, rebuildAll } from "./rebuild.ts";
import { Recommendations, type RecommendationsParts, type SessionOptions } from "./recommendations.ts";
import type { Reencoding } from "./reencoding.ts";
import { Statements } from "./statements.ts";
import { figuresOf, statusOf } from "./status.ts";
import type { Webhook } from "./webhook/webhook.ts";

export interface EngineParts extends Omit<RecommendationsParts, "profiles">, RebuildParts, NamingSettings {
  readonly intake: Intake;
  readonly webhook: Webhook | undefined;
  /** Started by the engine's maker. */
  readonly reencoding?: () => Reencoding | undefined;
}

export class PenchantEngine implements Engine {
  readonly clock: Clock;
  readonly storage: Storage;
  readonly models: Models;
  readonly statements: Statements;
  readonly #parts: EngineParts;
  readonly #profiles: Profiles;
  readonly #recommendations: Recommendations;
  readonly #people: People;
  readonly #activities: Activities;
  readonly #naming: Naming;
  /** Changes of the catalogue happen one after the other. */
  readonly #catalogueLine = new Line();
  readonly #rebuildLine = new Line();
  #closing: Promise<void> | undefined;
  readonly #closed = new AbortController();

  constructor(parts: EngineParts) {
    this.#parts = parts;
    this.clock = parts.clock;
    this.storage = parts.storage;
    this.models = parts.models;
    this.#profiles = new Profiles(parts);
    this.#recommendations = new Recommendations({ ...parts, profiles: this.#profiles });
    this.#activities = new Activities(parts.storage.events, parts.understanding);
    this.#naming = new Naming({
      ...parts,
      blobs: parts.storage.blobs,
      inLine: (work) => this.#catalogueLine.run(work),
    });
    this.#people = new People({ ...parts, nodeOf: (interest) => this.#profiles.nodeOf(interest) });
    this.statements = new Statements({ ...parts, people: this.#people });
  }

  async putItems(items: readonly Item[]): Promise<{ created: number; updated: number }> {
    this.#checkOpen();
    requireBatch(items.length);
    const valid = items.map(validateItem);
    return this.#catalogueLine.run(async () => {
      const { created, updated } = await this.#parts.understanding.putItems(valid);
      await this.#parts.states.itemsArrived(created);
      return { created: created.length, updated };
    });
  }

  item(id: string): Item | undefined {
    const { catalogue } = this.#parts.understanding;
    const key = catalogue.key(id);
    return key === undefined ? undefined : catalogue.item(key);
  }

  items(options: PageOptions = {}): { items: Item[]; nextCursor: string | null } {
    return pageOfItems(this.#parts.understanding.catalogue, options);
  }

  async removeItem(id: string): Promise<boolean> {
    const item = this.item(id);
    if (item === undefined) return false;
    await this.putItems([{ ...item, hidden: true }]);
    return true;
  }

  async putUser(user: User): Promise<void> {
    this.#checkOpen();
    const valid = validateUser(user);
    await this.storage.users.put({ ...valid, id: this.#parts.identities.resolve(valid.id) });
  }

  user(id: string): Promise<(User & { events: number }) | undefined> {
    return this.#people.find(id);
  }

  users(options: PageOptions = {}) {
    return pageOfUsers(this.storage.users, options);
  }

  async track(inputs: readonly EventInput[]): Promise<TrackResult[]> {
    this.#checkOpen();
    return this.#parts.intake.track(inputs);
  }

  async userEvents(user: string, options: { limit?: number; cursor?: string } = {}) {
    return pageOfEvents(this.storage.events, this.#parts.identities.resolve(user), options);
  }

  profile(user: string, options: ProfileOptions = {}): Promise<Profile> {
    return this.#profiles.profile(user, options);
  }

  profileHistory(user: string, options: HistoryOptions): Promise<Profile[]> {
    return this.#profiles.history(user, options);
  }

  profileSeries(user: string, options: SeriesOptions): Promise<ProfileSeries> {
    return this.#profiles.series(user, options);
  }

  profileChanges(user: string, options: ChangesOptions): Promise<ProfileChanges> {
    return this.#profiles.changes(user, options);
  }

  profilePrompt(user: string, options: PromptOptions = {}): Promise<ProfilePrompt> {
    return this.#profiles.prompt(user, options);
  }

  watchProfile(user: string, options: WatchProfileOptions = {}): AsyncGenerator<ProfileUpdate, void> {
    this.#checkOpen();
    return this.#profiles.watch(user, options);
  }

  recommend(user: string, options: RecommendOptions = {}): Promise<RecommendationList> {
    return this.#recommendations.forUser(user, options);
  }

  recommendForSession(events: readonly SessionEvent[], options: SessionOptions = {}): Promise<SessionRecommendations> {
    return this.#recommendations.forSession(events, options);
  }

  rank(user: string, items: readonly string[], options: RankOptions = {}): Promise<Ranking> {
    return this.#recommendations.rank(user, items, options);
  }

  similarItems(id: string, options: { limit?: number } = {}): { item: Item; similarity: number }[] {
    return this.#recommendations.similar(id, options);
  }

  searchItems(query: string, options: { limit?: number } = {}): { item: Item; similarity: number }[] {
    return this.#recommendations.search(query, options);
  }

  train(options: TrainOptions): Promise<RegisteredModel> {
    return this.models.train(options);
  }

  interests(): TreeInterest[] {
    return treeInterests(this.#parts.understanding);
  }

  interest(id: string): InterestDetail {
    return interestDetail(this.#parts.understanding, this.#profiles.nodeOf(id));
  }

  learnDecay({ onProgress }: { onProgress?: ProgressListener } = {}): Promise<LearnedDecay> {
    this.#checkOpen();
    return this.#rebuildLine.run(async () => {
      const { understanding } = this.#parts;
      const nodes = understanding.catalogue.entries().map((entry) => entry.nodes);
      const learned = await learnFromLog(this.#parts, understanding.models.tree, nodes, onProgress);
      await this.#catalogueLine.run(() => understanding.learn(learned));
      return { interests: learned.nodeCount - 1, ...learned.origin };
    });
  }

  interestAudience(id: string, options: { limit?: number } = {}): Promise<Audience> {
    return audienceOf(this.#parts, this.#profiles.nodeOf(id).index, this.clock.now(), options.limit);
  }

  interestActivity(id: string): Promise<Activity> {
    return this.#activities.of(this.#profiles.nodeOf(id).index);
  }

  nameInterests(options: Parameters<Engine["nameInterests"]>[0] = {}): Promise<NamingReport> {
    this.#checkOpen();
    return this.#naming.run(options);
  }

  /** One at a time: a rebuild that is asked for while another is under way comes after it. */
  rebuild(options: RebuildOptions = {}): Promise<{ users: number; events: number }> {
    this.#checkOpen();
    const { signal } = this.#closed;
    const inCatalogueLine = <Result>(work: () => Promise<Result>) => this.#catalogueLine.run(work);
    return this.#rebuildLine.run(async () => {
      const rebuilt = await rebuildAll(this.#parts, inCatalogueLine, { signal, ...options });
      if (options.tree !== false) this.#naming.start();
      return rebuilt;
    });
  }

  async steer(user: string, interest: string, steering: SteeringInput): Promise<readonly StandingSteering[]> {
    this.#checkOpen();
    return this.#people.steer(user, interest, steering);
  }

  async merge(user: string, from: string): Promise<{ user: string; merged: boolean }> {
    this.#checkOpen();
    return this.#people.merge(user, from);
  }

  async erase(user: string): Promise<{ events: number }> {
    this.#checkOpen();
    const erased = await this.#people.erase(user);
    await this.models.forgetHistories();
    return erased;
  }

  status(): Promise<EngineStatus> {
    return statusOf(this.#parts);
  }

  figures(): EngineFigures {
    return figuresOf({ ...this.#parts, statements: this.statements, recommendations: this.#recommendations });
  }

  check(): Promise<string[]> {
    return this.storage.check();
  }

  close(): Promise<void> {
    this.#closing ??= (async () => {
      this.#closed.abort();
      await this.#parts.reencoding?.()?.close();
      this.#parts.watches.close();
      await this.#parts.webhook?.close();
      await this.models.close();
      await this.#naming.stop();
      await this.statements.stop();
      await this.#parts.intake.settled();
      await this.#people.settled();
      await this.#rebuildLine.run(async () => {});
      await this.#catalogueLine.run(async () => {});
      await this.#parts.encoder.close();
      const [written] = await Promise.allSettled([this.#parts.states.close()]);
      await this.storage.close();
      if (written.status === "rejected") throw written.reason;
    })();
    return this.#closing;
  }

  #checkOpen(): void {
    if (this.#closing !== undefined) throw new PenchantError("PENCHANT_E_CLOSED", "The engine is closed or closing.");
  }
}
