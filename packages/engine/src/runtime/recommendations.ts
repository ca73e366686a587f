/** Recommendations: to a user, to a session that is nobody's, and the order of a caller's own list. */
import { PenchantError } from "../base/errors.ts";
import { traced } from "../base/tracing.ts";
import type { SessionEvent } from "../core/event.ts";
import type { Item } from "../core/item.ts";
import { limits } from "../core/limits.ts";
import type { FoldRecord } from "../core/log-record.ts";
import type { LanguageModel } from "../core/ports.ts";
import type {
  RankedItem,
  Ranking,
  Recommendation,
  RecommendationList,
  SessionRecommendations,
} from "../core/recommendation.ts";
import type { InterestState } from "../core/state.ts";
import { momentOf, validateEvent, validateId } from "../core/validate.ts";
import type { RecommendContext } from "../recommend/context.ts";
import { type Blend, rankItems, recommendItems } from "../recommend/pipeline.ts";
import { searchItems } from "../recommend/search.ts";
import { similarItems } from "../recommend/similar.ts";
import type { RankOptions, RecommendOptions } from "./engine-contract.ts";
import type { EngineFigures } from "./figures.ts";
import type { Models } from "./models.ts";
import { gateOption, recommendationLimit } from "./options.ts";
import { stateOf } from "./past.ts";
import type { Profiles, ProfilesParts } from "./profiles.ts";
import { Explaining, type GuestSettings, Reranking } from "./words-of-recommendations.ts";

export type SessionOptions = Pick<RecommendOptions, "limit" | "explain" | "longShort">;

export interface RecommendationsParts extends ProfilesParts {
  readonly profiles: Profiles;
  readonly models: Models;
  readonly blend: Blend;
  readonly languageModel: LanguageModel | undefined;
  readonly guests: GuestSettings;
}

/** The user of events that are nobody's. */
const nobody = "session";
/** What a language model reads of a person before it rates. */
const profileTokens = 400;

export class Recommendations {
  readonly #parts: RecommendationsParts;
  readonly #explaining: Explaining;
  readonly #reranking: Reranking | undefined;

  constructor(parts: RecommendationsParts) {
    this.#parts = parts;
    const { languageModel, guests, clock } = parts;
    this.#explaining = new Explaining(languageModel, guests.explanations, clock);
    const isRating = languageModel !== undefined && guests.reranking !== undefined;
    this.#reranking = isRating ? new Reranking(languageModel, guests.reranking, clock) : undefined;
  }

  /** What became of questions to the language model; null where it is not asked. */
  figures(): Pick<EngineFigures, "explanations" | "reranking"> {
    return {
      explanations: this.#explaining.guest?.figures() ?? null,
      reranking: this.#reranking?.guest.figures() ?? null,
    };
  }

  /** See `Engine.recommend`. */
  forUser(user: string, options: RecommendOptions): Promise<RecommendationList> {
    return traced("penchant.recommend", {}, () => this.#forUser(user, options));
  }

  async #forUser(user: string, options: RecommendOptions): Promise<RecommendationList> {
    const { clock, profiles } = this.#parts;
    validateId(user, "user");
    const at = momentOf(options.at, "at", clock.now());
    const limit = recommendationLimit(options.limit);
    const stateAt = () => profiles.stateAt(user, at, options.without);
    const context = await this.#contextOf(stateAt, at, { ...options, explain: options.explain !== false });
    const best = this.#best(context, this.#reranking?.candidates(limit) ?? limit, options);
    const profile = async () => (await profiles.prompt(user, { at, tokens: profileTokens })).text;
    const ranked = (await this.#reranking?.rerank(best, profile)) ?? best;
    return { user, at, recommendations: await this.#told(ranked.slice(0, limit), options) };
  }

  /** See `Engine.recommendForSession`. */
  async forSession(events: readonly SessionEvent[], options: SessionOptions): Promise<SessionRecommendations> {
    const { clock, fold } = this.#parts;
    requireAtMost("events", events.length, limits.sessionEvents);
    const at = clock.now();
    const limit = recommendationLimit(options.limit);
    const records = events.map((event, index): FoldRecord => {
      const newId = () => `${nobody}-${index}`;
      return { ...validateEvent({ ...event, user: nobody }, { now: at, newId }), position: index + 1 };
    });
    const asked = { ...options, explain: options.explain !== false };
    const context = await this.#contextOf(async () => stateOf(records, fold), at, asked);
    return { at, recommendations: await this.#told(this.#best(context, limit, options), options) };
  }

  /** See `Engine.rank`. */
  async rank(user: string, items: readonly string[], { explain = false, longShort }: RankOptions): Promise<Ranking> {
    const { clock, profiles, blend, understanding } = this.#parts;
    validateId(user, "user");
    requireAtMost("items", items.length, limits.rankedItems);
    const named = [...new Set(items.map((item) => validateId(item, "item")))];
    const at = clock.now();
    const stateAt = () => profiles.stateAt(user, at, undefined);
    const context = await this.#contextOf(stateAt, at, { explain, ...(longShort !== undefined && { longShort }) });
    const { catalogue } = understanding;
    const keys = named.flatMap((item) => catalogue.key(item) ?? []);
    const known = rankItems(context, keys, { explain, blend }).map(({ item, ...rest }) => ({ item: item.id, ...rest }));
    const unknown = named.filter((item) => catalogue.key(item) === undefined);
    const last = unknown.map((item): RankedItem => ({ item, score: 0, ...(explain && { reasons: [] }) }));
    return { user, at, ranking: [...known, ...last], unknown };
  }

  /** See `Engine.similarItems`. */
  similar(id: string, options: { limit?: number }): { item: Item; similarity: number }[] {
    const { catalogue } = this.#parts.understanding;
    const key = catalogue.key(id);
    if (key === undefined) {
      throw new PenchantError("PENCHANT_E_ITEM_NOT_FOUND", `There is no item ${JSON.stringify(id)}.`);
    }
    return similarItems(catalogue, key, recommendationLimit(options.limit));
  }

  /** See `Engine.searchItems`. */
  search(words: string, options: { limit?: number }): { item: Item; similarity: number }[] {
    const { understanding } = this.#parts;
    return searchItems(understanding.catalogue, understanding.words.query(words), recommendationLimit(options.limit));
  }

  #best(context: RecommendContext, limit: number, { explain }: SessionOptions): Recommendation[] {
    return recommendItems(context, { limit, explain: explain !== false, blend: this.#parts.blend });
  }

  async #told(recommendations: readonly Recommendation[], { explain }: SessionOptions) {
    return explain === "words" ? this.#explaining.inWords(recommendations) : recommendations;
  }

  async #contextOf(
    stateAt: () => Promise<InterestState>,
    at: number,
    { explain, longShort }: RankOptions,
  ): Promise<RecommendContext> {
    const { understanding, models, blend } = this.#parts;
    const asked = { at, explain: explain === true, longShort: gateOption(longShort) };
    const context = understanding.recommendContext(await stateAt(), at);
    const scored = (blend.model ?? 0) > 0 ? models.score(context, asked) : undefined;
    if (scored === undefined) return context;
    if (!(scored instanceof Promise)) return { ...context, model: models.amountsOf(scored) };
    const done = await scored;
    // Read again: while the model computed, events may have come, and a rebuild may have changed the tree.
    return { ...understanding.recommendContext(await stateAt(), at), model: models.amountsOf(done) };
  }
}

function requireAtMost(name: string, count: number, most: number): void {
  if (count <= most) return;
  throw new PenchantError("PENCHANT_E_REQUEST_INVALID", `${name}: expected at most ${most}, got ${count}.`);
}
