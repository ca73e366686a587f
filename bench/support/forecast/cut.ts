/**
 * One cut of a data set: all forecasters are fitted on what came before it, and asked about every active user and node. Scale
 * and dispersion of their counts are set on the window that ends at the cut, by forecasters fitted before that window, so that
 * nothing of what is scored was ever seen. A cut needs nothing of the others, so each has a thread of its own.
 */
import { dayMs } from "../../../packages/engine/src/base/time.ts";
import { logLikelihoodByRow, rowsByLevel } from "../../../packages/engine/src/models/intensity/fit.ts";
import { readPoints } from "../../../packages/engine/src/models/intensity/points.ts";
import { tell } from "../benchmark.ts";
import { type Calibration, CalibrationWindow, negativeBinomial } from "./counts.ts";
import type { Forecaster, Learning } from "./forecaster.ts";
import { fitForecasters } from "./forecasters.ts";
import { type Outcome, outcomeOf } from "./outcome.ts";
import type { Known, Scenario } from "./scenario.ts";
import { addTo, noReturns, type Returns, type UserSums, userSums } from "./scores.ts";

/** How a forecaster did at one level. */
export interface LevelScores {
  /** By horizon. */
  readonly windows: readonly {
    readonly logLikelihood: UserSums;
    readonly absolute: UserSums;
    readonly square: UserSums;
    readonly returns: Returns;
    /** Events that were promised. */
    readonly expected: { sum: number };
  }[];
  readonly nextTen: UserSums;
  /** Of the events' times, and the events that were promised; nothing for who is no process. */
  readonly process: UserSums;
  readonly processExpected: { sum: number };
}

export interface CutScores {
  readonly at: number;
  readonly users: number;
  /** Nodes of each level. */
  readonly nodes: readonly number[];
  /** The counts themselves, the same for all: for R2. [levels][horizons] */
  readonly truth: readonly (readonly { readonly sum: number; readonly squares: number; readonly count: number }[])[];
  readonly models: readonly { readonly model: string; readonly levels: readonly LevelScores[] }[];
}

export async function scoreCut(
  scenario: Scenario,
  cut: number,
  options: Omit<Learning, "horizonDays">,
): Promise<CutScores> {
  const { name, levels, horizonsDays } = scenario;
  const users = scenario.dataset.users.length;
  const horizonDays = Math.max(...horizonsDays);
  const fitted = async (moment: number) => {
    tell(`${name}: fitting on what came before ${new Date(moment).toISOString().slice(0, 10)}`);
    const known = scenario.at(moment);
    return { known, forecasters: await fitForecasters(known, moment, { ...options, horizonDays }) };
  };
  const calibrations = await calibrate(scenario, await fitted(cut - horizonDays * dayMs), cut - horizonDays * dayMs);
  const { known, forecasters } = await fitted(cut);
  const rows = levels.map((level) => rowsByLevel(known.histories.parents)[level] ?? []);
  const outcomes = activeOutcomes(scenario, known, cut);
  tell(`${name}: scoring ${outcomes.length} users after ${new Date(cut).toISOString().slice(0, 10)}`);
  const asked = outcomes.map(({ user }) => user);
  for (const forecaster of forecasters) await forecaster.prepare?.(asked);
  const models = forecasters.map(({ name: model }) => ({ model, levels: levels.map(() => noScores()) }));
  for (const outcome of outcomes) {
    for (const [index, forecaster] of forecasters.entries()) {
      score(scenario, forecaster, calibrations[index], outcome, rows, models[index].levels);
      scoreTimes(known, forecaster, outcome.user, rows, models[index].levels);
    }
  }
  return {
    at: cut,
    users: outcomes.length,
    nodes: rows.map(({ length }) => length),
    truth: rows.map((level) => horizonsDays.map((_, h) => truthOf(outcomes, level, h))),
    models,
  };

  function noScores(): LevelScores {
    return {
      windows: horizonsDays.map(() => ({
        logLikelihood: userSums(users),
        absolute: userSums(users),
        square: userSums(users),
        returns: noReturns(),
        expected: { sum: 0 },
      })),
      nextTen: userSums(users),
      process: userSums(users),
      processExpected: { sum: 0 },
    };
  }

  /** The likelihood of the times of a user's events over the longest horizon. */
  function scoreTimes(
    { histories }: Known,
    { process, rhythm }: Forecaster,
    user: number,
    byLevel: readonly (readonly number[])[],
    kept: readonly LevelScores[],
  ): void {
    if (process === undefined) return;
    const points = readPoints(histories, {
      ...process.options,
      rates: process.rates,
      presence: process.presence,
      rhythm,
      from: cut,
      until: cut + horizonDays * dayMs,
      users: [user, user + 1],
    });
    const { logLikelihood, events, expected } = logLikelihoodByRow(process, points);
    for (const [place, level] of byLevel.entries()) {
      for (const row of level) {
        addTo(kept[place].process, user, logLikelihood[row], events[row]);
        kept[place].processExpected.sum += expected[row];
      }
    }
  }
}

function truthOf(outcomes: readonly Outcome[], level: readonly number[], horizon: number) {
  let [sum, squares] = [0, 0];
  for (const { counts } of outcomes) {
    for (const row of level) {
      sum += counts[horizon][row];
      squares += counts[horizon][row] ** 2;
    }
  }
  return { sum, squares, count: outcomes.length * level.length };
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
  { known, forecasters }: { readonly known: Known; readonly forecasters: readonly Forecaster[] },
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
    for (const { row, part } of next[place]) addTo(into.nextTen, user, part * Math.log(rates[row] / total), part);
    for (const [h, window] of into.windows.entries()) {
      const { scale, dispersion } = calibrations[place][h];
      let [logLikelihood, absolute, square] = [0, 0, 0];
      for (const row of level) {
        const mean = expected[h][row] * scale;
        const count = counts[h][row];
        logLikelihood += negativeBinomial(count, mean, dispersion);
        absolute += Math.abs(count - mean);
        square += (count - mean) ** 2;
        window.expected.sum += mean;
        if (dormant[row] === 1) {
          window.returns.owners.push(user);
          window.returns.probabilities.push(-Math.expm1(-dispersion * Math.log1p(mean / dispersion)));
          window.returns.happened.push(count > 0 ? 1 : 0);
        }
      }
      addTo(window.logLikelihood, user, logLikelihood, level.length);
      addTo(window.absolute, user, absolute, level.length);
      addTo(window.square, user, square, level.length);
    }
  }
}
