/**
 * Runs one data set: at every cut all forecasters are fitted on what came before, and asked about every active user and
 * node. Scale and dispersion of their counts are set on the window that ends at the cut, by forecasters fitted before that
 * window, so that nothing of what is scored was ever seen.
 */
import { seededRandom } from "../../../packages/engine/src/base/random.ts";
import { dayMs } from "../../../packages/engine/src/base/time.ts";
import { logLikelihoodByRow, rowsByLevel } from "../../../packages/engine/src/models/intensity/fit.ts";
import { readPoints } from "../../../packages/engine/src/models/intensity/points.ts";
import { type Figures, tell } from "../benchmark.ts";
import { type Calibration, CalibrationWindow, negativeBinomial } from "./counts.ts";
import type { Forecaster, Learning } from "./forecaster.ts";
import { fitForecasters } from "./forecasters.ts";
import { type Outcome, outcomeOf } from "./outcome.ts";
import type { Known, Scenario } from "./scenario.ts";
import { differences, MeanScore, ReturnScore, type Scored } from "./scores.ts";

class LevelScores {
  readonly windows: { logLikelihood: MeanScore; absolute: MeanScore; square: MeanScore; returns: ReturnScore }[];
  readonly nextTen: MeanScore;
  readonly process: MeanScore;
  expected: number[];
  processExpected = 0;

  constructor(users: number, horizons: number) {
    this.windows = Array.from({ length: horizons }, () => ({
      logLikelihood: new MeanScore(users),
      absolute: new MeanScore(users),
      square: new MeanScore(users),
      returns: new ReturnScore(users),
    }));
    this.expected = Array.from({ length: horizons }, () => 0);
    this.nextTen = new MeanScore(users);
    this.process = new MeanScore(users);
  }
}

export async function compare(scenario: Scenario, options: Omit<Learning, "horizonDays">): Promise<Figures> {
  const { levels, horizonsDays, cuts } = scenario;
  const users = scenario.dataset.users.length;
  const longestDays = Math.max(...horizonsDays);
  const longestMs = longestDays * dayMs;
  const learning = { ...options, horizonDays: longestDays };
  const scores = new Map<string, LevelScores[]>();
  /** The counts themselves, the same for all: for R2. */
  const truth = levels.map(() => horizonsDays.map(() => ({ sum: 0, squares: 0, count: 0 })));
  const nodes = levels.map(() => 0);
  const known = new Map<number, { known: Known; forecasters: Forecaster[] }>();
  const at = async (moment: number) => {
    let kept = known.get(moment);
    if (kept === undefined) {
      tell(`${scenario.name}: fitting on what came before ${new Date(moment).toISOString().slice(0, 10)}`);
      const there = scenario.at(moment);
      kept = { known: there, forecasters: await fitForecasters(there, moment, learning) };
      // Two are kept: the cut before may be where this one's counts are calibrated.
      for (const old of [...known.keys()].slice(0, -1)) known.delete(old);
      known.set(moment, kept);
    }
    return kept;
  };
  const cutUsers: number[] = [];

  for (const cut of cuts) {
    const earlier = await at(cut - longestMs);
    const calibrations = await calibrate(scenario, earlier.known, earlier.forecasters, cut - longestMs);
    const { known: here, forecasters } = await at(cut);
    const rows = levels.map((level) => rowsByLevel(here.histories.parents)[level] ?? []);
    for (const [place, { length }] of rows.entries()) nodes[place] = Math.max(nodes[place], length);
    const outcomes = activeOutcomes(scenario, here, cut);
    cutUsers.push(outcomes.length);
    tell(`${scenario.name}: scoring ${outcomes.length} users`);
    for (const outcome of outcomes) {
      for (const [place, level] of rows.entries()) {
        for (const [h, counts] of outcome.counts.entries()) {
          const kept = truth[place][h];
          for (const row of level) {
            kept.sum += counts[row];
            kept.squares += counts[row] ** 2;
          }
          kept.count += level.length;
        }
      }
    }
    const asked = outcomes.map(({ user }) => user);
    for (const [index, forecaster] of forecasters.entries()) {
      await forecaster.prepare?.(asked);
      let kept = scores.get(forecaster.name);
      if (kept === undefined) {
        kept = levels.map(() => new LevelScores(users, horizonsDays.length));
        scores.set(forecaster.name, kept);
      }
      for (const outcome of outcomes) score(scenario, forecaster, calibrations[index], outcome, rows, kept);
      if (forecaster.process === undefined) continue;
      const options = {
        ...forecaster.process.options,
        rates: forecaster.process.rates,
        presence: forecaster.process.presence,
        rhythm: forecaster.rhythm,
      };
      for (const { user } of outcomes) {
        const points = readPoints(here.histories, {
          ...options,
          from: cut,
          until: cut + longestMs,
          users: [user, user + 1],
        });
        const { logLikelihood, events, expected } = logLikelihoodByRow(forecaster.process, points);
        for (const [place, level] of rows.entries()) {
          for (const row of level) {
            kept[place].process.add(user, logLikelihood[row], events[row]);
            kept[place].processExpected += expected[row];
          }
        }
      }
    }
  }
  return {
    dataset: scenario.name,
    note: scenario.note,
    cuts: cuts.map((cut, index) => ({ at: new Date(cut).toISOString(), users: cutUsers[index] })),
    levels: levels.map((level, place) => ({
      level,
      nodes: nodes[place],
      ...summary([...scores].map(([model, kept]) => ({ model, scores: kept[place] }))),
    })),
  };

  function summary(models: { model: string; scores: LevelScores }[]): Figures {
    const place = levels.findIndex((_, index) => scores.get(models[0].model)![index] === models[0].scores);
    /** A figure of all models, each with how much better the first is. */
    const table = (of: (one: LevelScores) => Scored, among = models) => {
      const scored = among.map(({ scores: one }) => of(one));
      const gains = differences(scored[0], scored.slice(1), seededRandom(learning.seed));
      return among.map(({ model }, index) => ({
        model,
        value: scored[index].value,
        ...(index > 0 && { first: gains[index - 1] }),
      }));
    };
    const processes = models.filter(({ scores: one }) => one.process.count > 0);
    return {
      logLikelihoodPerEvent: table((one) => one.process.finish(), processes).map((line, index) => ({
        ...line,
        promised: processes[index].scores.processExpected / processes[index].scores.process.count,
      })),
      nextTenLogLikelihood: table((one) => one.nextTen.finish()),
      horizons: horizonsDays.map((days, h) => {
        const { sum, squares, count } = truth[place][h];
        const spread = squares - (sum * sum) / count;
        const returns = models.map(({ scores: one }) => one.windows[h].returns.finish());
        const byModel = new Map(models.map(({ scores: one }, index) => [one, returns[index]]));
        return {
          days,
          events: sum,
          dormant: returns[0].dormant,
          returns: returns[0].returns,
          countLogLikelihood: table((one) => one.windows[h].logLikelihood.finish()),
          MAE: table((one) => one.windows[h].absolute.finish()),
          MSE: table((one) => one.windows[h].square.finish()),
          returnAUC: table((one) => byModel.get(one)!.AUC),
          models: models.map(({ model, scores: one }, index) => ({
            model,
            RMSE: Math.sqrt(one.windows[h].square.sum / count),
            R2: 1 - one.windows[h].square.sum / spread,
            promised: one.expected[h] / sum,
            returnLogLoss: returns[index].logLoss,
            returnCalibrationError: returns[index].expectedCalibrationError,
          })),
        };
      }),
    };
  }
}

function activeOutcomes(scenario: Scenario, known: Known, cut: number): Outcome[] {
  const outcomes: Outcome[] = [];
  for (let user = 0; user < scenario.dataset.users.length && outcomes.length < scenario.usersMax; user++) {
    const outcome = outcomeOf(scenario, known, user, cut);
    if (outcome !== null) outcomes.push(outcome);
  }
  return outcomes;
}

/** By forecaster, level and horizon. */
async function calibrate(
  scenario: Scenario,
  known: Known,
  forecasters: readonly Forecaster[],
  at: number,
): Promise<Calibration[][][]> {
  const levels = rowsByLevel(known.histories.parents);
  const windows = forecasters.map(() =>
    scenario.levels.map(() => scenario.horizonsDays.map(() => new CalibrationWindow())),
  );
  const outcomes = activeOutcomes(scenario, known, at);
  for (const forecaster of forecasters) await forecaster.prepare?.(outcomes.map(({ user }) => user));
  for (const { user, counts } of outcomes) {
    for (const [index, forecaster] of forecasters.entries()) {
      const { expected } = forecaster.forecast(user, scenario.horizonsDays);
      for (const [place, level] of scenario.levels.entries()) {
        for (const [h, window] of windows[index][place].entries()) {
          for (const row of levels[level] ?? []) window.add(expected[h][row], counts[h][row]);
        }
      }
    }
  }
  return windows.map((byLevel) => byLevel.map((byHorizon) => byHorizon.map((window) => window.fit())));
}

function score(
  { horizonsDays }: Scenario,
  forecaster: Forecaster,
  calibrations: readonly (readonly Calibration[])[],
  { user, counts, next, dormant }: Outcome,
  rows: readonly (readonly number[])[],
  kept: readonly LevelScores[],
): void {
  const { rates, expected } = forecaster.forecast(user, horizonsDays);
  for (const [place, level] of rows.entries()) {
    const into = kept[place];
    let total = 0;
    for (const row of level) total += rates[row];
    for (const { row, part } of next[place]) into.nextTen.add(user, part * Math.log(rates[row] / total), part);
    for (const [h, window] of into.windows.entries()) {
      const { scale, dispersion } = calibrations[place][h];
      let [logLikelihood, absolute, square] = [0, 0, 0];
      for (const row of level) {
        const mean = expected[h][row] * scale;
        const count = counts[h][row];
        logLikelihood += negativeBinomial(count, mean, dispersion);
        absolute += Math.abs(count - mean);
        square += (count - mean) ** 2;
        into.expected[h] += mean;
        if (dormant[row] === 1) {
          window.returns.add(user, -Math.expm1(-dispersion * Math.log1p(mean / dispersion)), count > 0);
        }
      }
      window.logLikelihood.add(user, logLikelihood, level.length);
      window.absolute.add(user, absolute, level.length);
      window.square.add(user, square, level.length);
    }
  }
}
