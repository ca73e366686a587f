/**
 * Who forecasts: the learned intensity and its rivals, all fitted on what had happened by a moment. Every rival gets the
 * population's rates as a prior and learned weights for its own rate beside them, so that none loses for want of smoothing.
 *
 * | name | events per day under a node |
 * | --- | --- |
 * | penchant | own, parent's and activity's rates on four timescales, weights per node |
 * | penchant in the week's rhythm | the same times the factor of the hour of the week, which says when and not what |
 * | nobody leaves | the same as the first, without the factor of the time since the last session |
 * | as the engine learns it | the same with first sessions counted as activity, because its states do not tell them apart |
 * | default weights | what profiles are read with while nothing is learned |
 * | all-history frequency | the user's events there over the days since their first |
 * | last window | the same over the last 30 days |
 * | one exponential | the classical decay model: one rate of forgetting for everything, the best of six by the likelihood |
 * | one exponential per node | each node its own, the best of six |
 * | four timescales, no tree | per node, own events only: what the tree and the activity add is the difference |
 * | similarity adjustment | the user's activity, shared out by level weights that every event moves by its cosine to the nodes |
 * | recurrent network | two layers of LSTM over half a month each of the node, its parent and the activity, by squared error |
 * | boosted trees | on recency and frequency of the node, its parent and the activity, by squared error |
 */
import { dayMs } from "../../../packages/engine/src/base/time.ts";
import { defaultIntensityWeights } from "../../../packages/engine/src/core/intensity-weights.ts";
import { fitWeekRhythm, meanFactor, type WeekRhythm } from "../../../packages/engine/src/models/intensity/calendar.ts";
import { featureCount, pointsByRow } from "../../../packages/engine/src/models/intensity/features.ts";
import {
  fitIntensity,
  type LearnedIntensity,
  logLikelihoodByRow,
} from "../../../packages/engine/src/models/intensity/fit.ts";
import { readPoints } from "../../../packages/engine/src/models/intensity/points.ts";
import { expectedEvents, intensitiesOf, sumsBefore } from "../../../packages/engine/src/models/intensity/predict.ts";
import type { IntensityHistories } from "../../../packages/engine/src/models/intensity/sessions.ts";
import { boostedTrees } from "./boosted.ts";
import type { Forecast, Forecaster, Learning } from "./forecaster.ts";
import { recurrentNetwork } from "./lstm.ts";
import type { Known } from "./scenario.ts";
import { similarityAdjustment } from "./similarity.ts";

const halfLivesDays = [7, 15, 30, 60, 120, 360];
const tausDays = halfLivesDays.map((days) => days / Math.LN2);
/** So slow that nothing fades within any data. */
const foreverDays = 1e6;
const windowDays = 30;
/** Decay alone. */
const rival = { terms: ["own"], leaves: false } as const;

export async function fitForecasters(known: Known, at: number, learning: Learning): Promise<Forecaster[]> {
  const { histories } = known;
  const penchant = fitIntensity(histories, at);
  const single = halfLivesDays.map((_, k) => {
    const options = { ...rival, tausDays: [tausDays[k]], perRow: false };
    return fitIntensity(histories, at, options);
  });
  const exponential = single.reduce((best, model) => (model.logLikelihood > best.logLikelihood ? model : best));
  const learned = fromProcess("penchant", penchant, histories, at);
  const engines = fitIntensity(histories, at, { firstIsActivity: true });
  return [
    learned,
    inRhythm(learned, fitWeekRhythm(histories, at), at),
    fromProcess("nobody leaves", fitIntensity(histories, at, { leaves: false }), histories, at),
    fromProcess("as the engine learns it", engines, histories, at),
    fromProcess("default weights", withDefaults(engines), histories, at),
    fromProcess("one exponential", exponential, histories, at),
    fromProcess("one exponential per node", exponentialPerNode(histories, at), histories, at),
    fromProcess("four timescales, no tree", fitIntensity(histories, at, rival), histories, at),
    fromProcess(
      "all-history frequency",
      fitIntensity(histories, at, { ...rival, tausDays: [foreverDays], perRow: false }),
      histories,
      at,
    ),
    lastWindow(penchant, histories, at),
    similarityAdjustment(known, exponential, at),
    ...(learning.users > 1
      ? [
          await recurrentNetwork(known, penchant.rates, at, learning),
          await boostedTrees(known, penchant.rates, at, learning),
        ]
      : []),
  ];
}

/** The same model with the weights that profiles are read with until there are learned ones. */
function withDefaults(model: LearnedIntensity): LearnedIntensity {
  const { base, own, parent, activity } = defaultIntensityWeights;
  const line = [base, ...own, ...parent, ...activity];
  const weights = Float64Array.from({ length: model.weights.length }, (_, index) => line[index % line.length]);
  // The root has no parent.
  weights.fill(0, 1 + own.length, 1 + own.length + parent.length);
  return { ...model, weights };
}

function fromProcess(name: string, process: LearnedIntensity, histories: IntensityHistories, at: number): Forecaster {
  /** Who builds on another's forecast asks after it. */
  let last: { readonly user: number; readonly forecast: Forecast } | undefined;
  return {
    name,
    process,
    forecast(user, horizonsDays) {
      if (last?.user === user) return last.forecast;
      const person = sumsBefore(histories, process, user, at);
      const forecast = {
        rates: intensitiesOf(process, person),
        expected: horizonsDays.map((days) => expectedEvents(process, person, days)),
      };
      last = { user, forecast };
      return forecast;
    },
  };
}

function inRhythm(of: Forecaster, rhythm: WeekRhythm, at: number): Forecaster {
  return {
    ...of,
    name: "penchant in the week's rhythm",
    rhythm,
    forecast(user, horizonsDays) {
      const { rates, expected } = of.forecast(user, horizonsDays);
      return {
        rates,
        expected: expected.map((events, h) => {
          const factor = meanFactor(rhythm, at, at + horizonsDays[h] * dayMs);
          return events.map((count) => count * factor);
        }),
      };
    },
  };
}

/** Every row with the rate of forgetting under which its own events are likeliest. */
function exponentialPerNode(histories: IntensityHistories, at: number): LearnedIntensity {
  const models = tausDays.map((tau) => fitIntensity(histories, at, { ...rival, tausDays: [tau] }));
  const [first] = models;
  const likelihoods = models.map((model) => {
    const points = readPoints(histories, { ...model.options, rates: model.rates, until: at });
    return { ...logLikelihoodByRow(model, points), byRow: pointsByRow(points) };
  });
  const width = featureCount(tausDays.length);
  const weights = new Float64Array(first.parents.length * width);
  for (let row = 0; row < first.parents.length; row++) {
    let best = 0;
    for (let k = 1; k < tausDays.length; k++) {
      if (likelihoods[k].logLikelihood[row] > likelihoods[best].logLikelihood[row]) best = k;
    }
    const chosen = models[best].weights;
    weights[row * width] = chosen[row * featureCount(1)];
    weights[row * width + 1 + best] = chosen[row * featureCount(1) + 1];
  }
  return { ...first, weights, options: { ...first.options, tausDays } };
}

function lastWindow(
  { rates, parents, options }: LearnedIntensity,
  histories: IntensityHistories,
  at: number,
): Forecaster {
  const { offsets, items, times, weights } = histories.interactions;
  const { priorDays } = options;
  return {
    name: "last window",
    forecast(user, horizonsDays) {
      const counts = new Float64Array(parents.length);
      for (let event = offsets[user]; event < offsets[user + 1] && times[event] < at; event++) {
        if (weights[event] <= 0 || times[event] < at - windowDays * dayMs) continue;
        const places = histories.places[items[event]];
        for (const place of places) {
          for (let row = place; row >= 0; row = parents[row]) counts[row] += 1 / places.length;
        }
      }
      const seen = Math.min(windowDays, (at - times[offsets[user]]) / dayMs) + priorDays;
      const perDay = counts.map((count, row) => (count + priorDays * rates[row]) / seen);
      return { rates: perDay, expected: horizonsDays.map((days) => perDay.map((rate) => rate * days)) };
    },
  };
}
