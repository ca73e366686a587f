/**
 * What a language model adds to recommendations while somebody waits, and what is done without it: explanations in words, which
 * are those of the account where the model has none that holds, and a rating of the best few as one more line of their scores.
 */
import type { Clock } from "../base/time.ts";
import type { LanguageModel } from "../core/ports.ts";
import { accountInWords } from "../core/reason-words.ts";
import type { Reason, Recommendation } from "../core/recommendation.ts";
import { canExplain, explainable, explainInWords } from "../text/explanation.ts";
import { rateable, rateItems } from "../text/reranking.ts";
import { GuestModel } from "./guest-model.ts";

export interface GuestSettings {
  /** Recommendations of an answer that a language model explains; 0 for none. */
  readonly explanations: { readonly items: number; readonly deadlineMs: number; readonly tokens: number };
  /** The best recommendations that it rates; absent for none. */
  readonly reranking?:
    | { readonly items: number; readonly deadlineMs: number; readonly tokens: number; readonly weight: number }
    | undefined;
}

export class Explaining {
  readonly #settings: GuestSettings["explanations"];
  readonly guest: GuestModel | undefined;

  constructor(model: LanguageModel | undefined, settings: GuestSettings["explanations"], clock: Clock) {
    this.#settings = settings;
    const isAsked = model !== undefined && settings.items > 0 && canExplain(model);
    this.guest = isAsked ? new GuestModel(model, { clock, deadlineMs: settings.deadlineMs }) : undefined;
  }

  /** The recommendations with their reasons in words. */
  async inWords(recommendations: readonly Recommendation[]): Promise<Recommendation[]> {
    const { items, tokens } = this.#settings;
    const some = this.guest === undefined ? [] : explainable(recommendations.slice(0, items), tokens);
    const written =
      some.length === 0
        ? undefined
        : await this.guest?.ask(async (model, options) => {
            const all = await explainInWords(model, some, options);
            return all.some((explanation) => explanation !== undefined) ? all : undefined;
          });
    return recommendations.map((recommendation) => {
      const explanation = written?.[some.indexOf(recommendation)] ?? accountInWords(recommendation);
      return { ...recommendation, explanation };
    });
  }
}

export class Reranking {
  readonly #settings: NonNullable<GuestSettings["reranking"]>;
  readonly guest: GuestModel;

  constructor(model: LanguageModel, settings: NonNullable<GuestSettings["reranking"]>, clock: Clock) {
    this.#settings = settings;
    this.guest = new GuestModel(model, { clock, deadlineMs: settings.deadlineMs });
  }

  /** How many recommendations it wants to see, where so many are asked for. */
  candidates(limit: number): number {
    return Math.max(limit, this.#settings.items);
  }

  /**
   * The recommendations in their new order: the rating is added to the score with the weight, the best one counting all of it, as
   * every source does (`recommend/fusion.ts`). As they were where the model did not answer in time.
   *
   * @param profile the person in words
   */
  async rerank(recommendations: readonly Recommendation[], profile: () => Promise<string>): Promise<Recommendation[]> {
    const { items, tokens, weight } = this.#settings;
    const rated = rateable(
      recommendations.slice(0, items).map(({ item }) => item),
      tokens,
    );
    if (rated.length < 2) return [...recommendations];
    const ratings = await this.guest.ask(async (model, options) => rateItems(model, await profile(), rated, options));
    const best = Math.max(...(ratings ?? [0]));
    if (ratings === undefined || best === 0) return [...recommendations];
    const scored = recommendations.map((recommendation, place) => {
      const contribution = place < rated.length ? (weight * ratings[place]) / best : 0;
      return contribution === 0 ? recommendation : withLine(recommendation, contribution, this.guest.name);
    });
    return scored.sort((a, b) => b.score - a.score);
  }
}

function withLine({ score, reasons, ...rest }: Recommendation, contribution: number, model: string): Recommendation {
  const line: Reason = { source: "language-model", contribution, model };
  if (reasons === undefined) return { ...rest, score: score + contribution };
  // Largest first, and what is left over last.
  const before = reasons.findIndex((reason) => reason.source === "rest" || reason.contribution < contribution);
  const at = before < 0 ? reasons.length : before;
  return { ...rest, score: score + contribution, reasons: [...reasons.slice(0, at), line, ...reasons.slice(at)] };
}
