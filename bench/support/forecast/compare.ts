/** All cuts of a data set together: every figure of every forecaster, and by how much the first one's lies above it. */
import { seededRandom } from "../../../packages/engine/src/base/random.ts";
import type { Figures } from "../benchmark.ts";
import type { CutScores, LevelScores } from "./cut.ts";
import type { Scenario } from "./scenario.ts";
import { addedUp, differences, figuresOfReturns, joinedReturns, meanOf, type Scored } from "./scores.ts";

export function compare(scenario: Scenario, cuts: readonly CutScores[], seed: number): Figures {
  const { name, note, levels } = scenario;
  return {
    dataset: name,
    note,
    cuts: cuts.map(({ at, users }) => ({ at: new Date(at).toISOString(), users })),
    levels: levels.map((level, place) => ({
      level,
      nodes: Math.max(...cuts.map(({ nodes }) => nodes[place])),
      ...summary(scenario, cuts, place, seed),
    })),
  };
}

function summary(
  { dataset, horizonsDays }: Scenario,
  cuts: readonly CutScores[],
  place: number,
  seed: number,
): Figures {
  const models = cuts[0].models.map(({ model }, index) => {
    const parts = cuts.map((cut) => cut.models[index].levels[place]);
    return { model, parts };
  });
  /** A figure of all models, each with by how much the first one's lies above it. */
  const table = (scored: readonly { readonly model: string; readonly score: Scored }[]) => {
    const [first, ...others] = scored.map(({ score }) => score);
    const gains = differences(first, others, seededRandom(seed));
    return scored.map(({ model, score }, index) => ({
      model,
      value: score.value,
      ...(index > 0 && { first: gains[index - 1] }),
    }));
  };
  const means = (of: (one: LevelScores) => LevelScores["nextTen"]) =>
    models.map(({ model, parts }) => ({ model, parts, score: meanOf(addedUp(parts.map(of))) }));
  const processes = means(({ process }) => process).filter(({ score }) => score.count > 0);
  return {
    logLikelihoodPerEvent: table(processes).map((line, index) => ({
      ...line,
      promised:
        processes[index].parts.reduce((sum, { processExpected }) => sum + processExpected.sum, 0) /
        processes[index].score.count,
    })),
    nextTenLogLikelihood: table(means(({ nextTen }) => nextTen)),
    horizons: horizonsDays.map((days, h) => {
      const truth = cuts.map((cut) => cut.truth[place][h]);
      const [sum, squares, count] = (["sum", "squares", "count"] as const).map((key) =>
        truth.reduce((all, part) => all + part[key], 0),
      );
      const returns = models.map(({ model, parts }) => {
        const figures = figuresOfReturns(
          joinedReturns(parts.map((part) => part.windows[h].returns)),
          dataset.users.length,
        );
        return { model, ...figures, score: figures.AUC };
      });
      const square = means(({ windows }) => windows[h].square);
      return {
        days,
        events: sum,
        dormant: returns[0].dormant,
        returns: returns[0].returns,
        countLogLikelihood: table(means(({ windows }) => windows[h].logLikelihood)),
        MAE: table(means(({ windows }) => windows[h].absolute)),
        MSE: table(square),
        returnAUC: table(returns),
        models: models.map(({ model, parts }, index) => ({
          model,
          RMSE: Math.sqrt(square[index].score.sum / count),
          R2: 1 - square[index].score.sum / (squares - (sum * sum) / count),
          promised: parts.reduce((all, { windows }) => all + windows[h].expected.sum, 0) / sum,
          returnLogLoss: returns[index].logLoss,
          returnCalibrationError: returns[index].expectedCalibrationError,
        })),
      };
    }),
  };
}
