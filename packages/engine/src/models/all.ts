/** Every recommender that can be fitted, compared and tuned by its name. */
import type { RecommenderModel } from "../core/model.ts";
import { biasedMf } from "./biased-mf.ts";
import { bpr } from "./bpr.ts";
import { content } from "./content/content.ts";
import { hybrid } from "./content/hybrid.ts";
import { ease } from "./ease.ts";
import { gru4rec } from "./gru4rec/gru4rec.ts";
import { hstu } from "./hstu/hstu.ts";
import { ials } from "./ials/ials.ts";
import { itemKnn } from "./item-knn.ts";
import { item2vec } from "./item2vec.ts";
import { longShort } from "./long-short/long-short.ts";
import { markov } from "./markov.ts";
import { popularity } from "./popularity.ts";
import { decayedPopularity, windowedPopularity } from "./recent-popularity.ts";
import { sasrec } from "./sasrec/sasrec.ts";
import { slim } from "./slim.ts";
import { uptakeModels } from "./uptake/all.ts";
import { uptakeRecommender } from "./uptake/recommender.ts";
import { userKnn } from "./user-knn.ts";

/**
 * Models of uptake that put a catalogue in order, too, with what they are as such: those that tell its items apart, and answer for
 * all of them in no time.
 */
const ordering: Readonly<Record<string, string>> = {
  "logistic-regression": "A line through features of person, item and history: plain, quick, and steady with few data.",
  "gradient-boosting":
    "Decision trees over features of person, item and history, each mending what those before got wrong.",
  ctr: "A click-through ranker: a network that weighs each past event by the item in question.",
};

export const recommenderModels: readonly RecommenderModel[] = [
  popularity,
  windowedPopularity,
  decayedPopularity,
  itemKnn,
  userKnn,
  content,
  hybrid,
  markov,
  ease,
  slim,
  ials,
  bpr,
  item2vec,
  biasedMf,
  sasrec,
  hstu,
  gru4rec,
  longShort,
  ...uptakeModels
    .filter(({ name }) => Object.hasOwn(ordering, name))
    .map((model) => uptakeRecommender(model, ordering[model.name])),
];
