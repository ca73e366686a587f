/** Recommendations on the wire, reasons included. */
import { z } from "zod";
import { eventInput } from "./event.ts";
import { item } from "./item.ts";
import { limits } from "./limits.ts";
import { phase } from "./profile.ts";
import {
  explain,
  id,
  interestId,
  moment,
  queryExplain,
  queryInteger,
  queryMoment,
  queryNumber,
  time,
} from "./values.ts";

export const longShortReason = z
  .strictObject({
    gate: z.number().meta({ description: "Share of short-term interest, 0 to 1." }),
    short: z.number().meta({ description: "Logarithm of the item's probability by short-term interest alone." }),
    long: z.number().meta({ description: "The same by long-term interest alone." }),
    interests: z
      .array(z.strictObject({ path: z.array(z.string()), share: z.number(), phase }))
      .meta({ description: "What long-term interest was read from most: category paths with their shares of it." }),
  })
  .meta({
    id: "LongShortReason",
    description: "Of a model that keeps them apart: how a score came about of long-term and of short-term interest.",
  });

export const reason = z
  .strictObject({
    source: z.enum(["interest", "neighbour", "model", "popularity", "language-model", "rest"]).meta({
      description:
        "`interest`: the profile expects it; `neighbour`: people who took the event's item took this one; `model`: the trained model that is promoted expects it; `popularity`: many took it, and of this user nothing is known yet; `language-model`: one that reads the profile finds that it suits; `rest`: all smaller lines together.",
    }),
    contribution: z.number().meta({ description: "Adds up to the score over all lines." }),
    model: z
      .string()
      .optional()
      .meta({ description: "Of a line of `model`: which, by its id in the registry; of `language-model`: its name." }),
    longShort: longShortReason.optional(),
    event: z
      .strictObject({
        type: z.string(),
        time,
        item: z.strictObject({ id, title: z.string() }).optional(),
      })
      .optional(),
    interest: z.strictObject({ id: z.string(), label: z.string() }).optional(),
  })
  .meta({ id: "Reason", description: "One line of the account that explains a score: event -> interest -> item." });
export type Reason = z.output<typeof reason>;

export const explanation = z
  .strictObject({
    sentences: z.array(
      z.strictObject({
        text: z.string(),
        reasons: z
          .array(z.int().min(0))
          .meta({ description: "The lines of the account that it rests on, by their places in `reasons`." }),
        share: z.number().meta({ description: "Their part of the score." }),
      }),
    ),
    by: z.string().meta({
      description: "`account`: a sentence for each line, by rule; else the language model, held to the account.",
    }),
  })
  .meta({ id: "Explanation", description: "The reasons in words." });
export type Explanation = z.output<typeof explanation>;

export const recommendation = z
  .strictObject({
    item,
    score: z.number(),
    reasons: z
      .array(reason)
      .optional()
      .meta({ description: "Largest contribution first, `rest` last; present when asked for." }),
    explanation: explanation.optional().meta({ description: "Present when asked for with `words`." }),
  })
  .meta({ id: "Recommendation" });
export type Recommendation = z.output<typeof recommendation>;

export const recommendationList = z
  .strictObject({ user: id, at: time, recommendations: z.array(recommendation) })
  .meta({ id: "RecommendationList", description: "Best first." });
export type RecommendationList = z.output<typeof recommendationList>;

export const sessionRecommendations = z
  .strictObject({ at: time, recommendations: z.array(recommendation) })
  .meta({ id: "SessionRecommendations", description: "Best first." });
export type SessionRecommendations = z.output<typeof sessionRecommendations>;

export const ranking = z
  .strictObject({
    user: id,
    at: time,
    ranking: z
      .array(
        z.strictObject({
          item: id,
          score: z.number().meta({ description: "As in a recommendation; 0 where nothing can be said." }),
          reasons: z.array(reason).optional().meta({ description: "Present when asked for." }),
        }),
      )
      .meta({ description: "Best first; items that are not in the catalogue last, in the order of the request." }),
    unknown: z.array(id).meta({ description: "Those that are not in the catalogue." }),
  })
  .meta({ id: "Ranking", description: "The caller's own items in the order in which the user may want them." });
export type Ranking = z.output<typeof ranking>;

const limitText = { description: "How many, default 10." };
const explainText = {
  description: "Give the reasons, default true; `words`: give them in sentences too.",
};

const withoutText = { description: "As if nothing had ever been done under this interest." };
const longShortText = {
  description:
    "Share of short-term interest in the scores of a promoted model that keeps long-term interest apart (`long-short`), 0 to 1. Default: what it has learned for each user and item.",
};
const atText = { description: "Recommend as of a past moment. Default: now." };

export const recommendationQuery = z.strictObject({
  limit: queryInteger(1, limits.recommendations).optional().meta(limitText),
  explain: queryExplain.optional().meta(explainText),
  at: queryMoment.optional().meta(atText),
  without: interestId.optional().meta(withoutText),
  longShort: queryNumber(0, 1).optional().meta(longShortText),
});

export const recommendationBody = z
  .strictObject({
    limit: z.int().min(1).max(limits.recommendations).optional().meta(limitText),
    explain: explain.optional().meta(explainText),
    at: moment.optional().meta(atText),
    without: interestId.optional().meta(withoutText),
    longShort: z.number().min(0).max(1).optional().meta(longShortText),
  })
  .meta({ id: "RecommendationRequest", examples: [{ limit: 10, explain: true }] });

export const similarQuery = z.strictObject({
  limit: queryInteger(1, limits.recommendations).optional().meta(limitText),
});

export const sessionEvent = eventInput
  .omit({ id: true, user: true, session: true })
  .meta({ id: "SessionEvent", examples: [{ type: "view", item: "m1" }] });
export type SessionEvent = z.output<typeof sessionEvent>;

export const sessionBody = z
  .strictObject({
    events: z.array(sessionEvent).max(limits.sessionEvents).meta({ description: "What was done, oldest first." }),
    limit: z.int().min(1).max(limits.recommendations).optional().meta(limitText),
    explain: explain.optional().meta(explainText),
    longShort: z.number().min(0).max(1).optional().meta(longShortText),
  })
  .meta({ id: "SessionRequest", examples: [{ events: [{ type: "view", item: "m1" }], limit: 10 }] });

export const rankBody = z
  .strictObject({
    user: id,
    items: z.array(id).max(limits.rankedItems).meta({ description: "Ids of items; each counts once." }),
    explain: z.boolean().optional().meta({ description: "Give the reasons, default false." }),
    longShort: z.number().min(0).max(1).optional().meta(longShortText),
  })
  .meta({ id: "RankRequest", examples: [{ user: "u42", items: ["m1", "m2"] }] });
