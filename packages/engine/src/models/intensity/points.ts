/**
 * From histories to what the likelihood is made of: the points where something happened, with the rates as they stood just
 * before, and the exposures, which say how often something could have happened.
 *
 * One pass over every person's sessions, in order of time:
 *
 * 1. A session is one point in time, its start. Rates are read there, before any of its events is added, so that the events
 *    of one basket never predict each other. A person's first session tells nothing (there was nothing to read) and starts
 *    the exposure; the exposure ends at the end of the data for everyone, whether they ever came back or not.
 * 2. Every row of the tree that the session's events belong to, ancestors included, becomes a point: how many events, and
 *    the row's smoothed rates on all timescales. Its parent's point and the root's are in the same session: a row's parent
 *    and activity rates are read there and not stored again.
 * 3. Positive events count once and enter the sums with their weights; an item in m places gives each a part of 1/m.
 *    Negative events keep sums of their own, and lower the exposure of the rows that they concern (`rejections.ts`).
 */
import { dayMs } from "../../base/time.ts";
import { ageCount, ageOf, type Presence } from "../../core/presence.ts";
import { seenDays } from "./burn-in.ts";
import { factorAt, type WeekRhythm } from "./calendar.ts";
import { type Exposures, exposureReader } from "./exposures.ts";
import { growingPoints, type Points } from "./growing-points.ts";
import type { RootByAge } from "./presence.ts";
import { type Rejections, rejectionsOf } from "./rejections.ts";
import { type IntensityHistories, sessionEnd } from "./sessions.ts";

export interface PointsOptions {
  /** Shortest first. [K] */
  readonly tausDays: readonly number[];
  /** n0, above 0. */
  readonly priorDays: number;
  /** r_c, the population's events per person and day. [rows] */
  readonly rates: Float64Array;
  /** How rejections lower an intensity: eta, and the prior of their share in events. */
  readonly negative: number;
  readonly priorEvents: number;
  /** Points and exposure from here on; what came before is history all the same. Milliseconds since 1970. */
  readonly from?: number | undefined;
  /** End of the data: later events are not read. */
  readonly until: number;
  /** A known factor of the hour of the week; left out, all hours are alike. */
  readonly rhythm?: WeekRhythm | undefined;
  /** A known factor of the time since the person's last session; left out, 1. */
  readonly presence?: Presence | undefined;
  /** Counts first sessions as activity all the same, for readers whose sums cannot tell them apart. */
  readonly firstIsActivity?: boolean | undefined;
  /** Only these users, `[from, to)`; all by default. */
  readonly users?: readonly [number, number] | undefined;
}

export interface IntensityPoints extends Points {
  readonly rowCount: number;
  readonly timescales: number;
  /** User days. */
  readonly days: number;
  /** Integral of S_k / (T_k + n0) over everybody's exposure. [rows, K] */
  readonly seenExposures: Float64Array;
  /** Integral of 1 / (T_k + n0). [K] */
  readonly priorExposures: Float64Array;
  /** What rejections take away from the integrals of base, own, parent and activity rates. [rows, 1 + 3 K] */
  readonly rejected: Float64Array;
  /** Sum of the logarithms of the known factors at the points. [rows] */
  readonly logFactors: Float64Array;
  /** As if there were no presence, and no rejections. */
  readonly rootByAge: RootByAge;
}

export function readPoints(data: IntensityHistories, options: PointsOptions): IntensityPoints {
  const { interactions, places, parents } = data;
  const { tausDays, priorDays, rates, until } = options;
  const { offsets, items, times, weights } = interactions;
  const [rows, timescales] = [parents.length, tausDays.length];
  const from = options.from ?? Number.NEGATIVE_INFINITY;
  const [userFrom, userTo] = options.users ?? [0, offsets.length - 1];

  const { rhythm, presence } = options;
  const exposuresOf = exposureReader(options);
  const ages = { events: new Float64Array(ageCount), exposures: new Float64Array(ageCount * (1 + timescales)) };

  const points = growingPoints(timescales);
  const seenExposures = new Float64Array(rows * timescales);
  const priorExposures = new Float64Array(timescales);
  const logFactors = new Float64Array(rows);
  let days = 0;

  // One person's sums, as they stood when the row was last touched.
  const sums = new Float64Array(rows * timescales);
  const sumDays = new Float64Array(rows);
  const touched: number[] = [];
  const isTouched = new Uint8Array(rows);
  const rejections: Rejections = rejectionsOf({ ...options, parents }, { sums, sumDays });
  // One session's events by row.
  const session: number[] = [];
  const inSession = new Uint8Array(rows);
  const positives = new Float64Array(rows);
  const weight = new Float64Array(rows);
  const negative = new Float64Array(rows);
  const pointOf = new Int32Array(rows);
  const seen = new Float64Array(timescales);

  for (let user = userFrom; user < userTo; user++) {
    const end = offsets[user + 1];
    if (offsets[user] === end || times[offsets[user]] >= until) continue;
    const firstMs = times[offsets[user]];
    const endDays = (until - firstMs) / dayMs;
    const openDays = Math.min(endDays, Math.max(0, (from - firstMs) / dayMs));
    const beganDays: number[] = [];
    for (let start = offsets[user]; start < end && times[start] < until; start = sessionEnd(data, start, end)) {
      beganDays.push((times[start] - firstMs) / dayMs);
    }
    const exposures = exposuresOf({ firstMs, beganDays, openDays, endDays });
    days += exposures.days;
    for (let k = 0; k < timescales; k++) priorExposures[k] += exposures.prior[k];
    let start = offsets[user];
    for (const [visit, nowDays] of beganDays.entries()) {
      const isFirst = visit === 0;
      const stop = sessionEnd(data, start, end);
      for (let at = start; at < stop; at++) {
        if (weights[at] === 0) continue;
        const standing = places[items[at]];
        for (const place of standing) {
          for (let row = place; row >= 0; row = parents[row]) {
            if (inSession[row] === 0) {
              inSession[row] = 1;
              session.push(row);
            }
            if (weights[at] > 0) {
              positives[row] += 1 / standing.length;
              weight[row] += weights[at] / standing.length;
            } else negative[row] -= weights[at] / standing.length;
          }
        }
      }
      session.sort((a, b) => a - b);
      for (let k = 0; k < timescales; k++) seen[k] = seenDays(nowDays, tausDays[k]) + priorDays;
      if (!isFirst) rejections.integrate(nowDays, openDays);
      const counts = !isFirst && times[start] >= from;
      const age = isFirst ? 0 : ageOf(nowDays - beganDays[visit - 1]);
      for (const row of session) {
        const base = row * timescales;
        if (isTouched[row] === 0) {
          isTouched[row] = 1;
          touched.push(row);
        } else for (let k = 0; k < timescales; k++) sums[base + k] *= Math.exp((sumDays[row] - nowDays) / tausDays[k]);
        sumDays[row] = nowDays;
        if (counts && positives[row] > 0) {
          const parent = parents[row];
          const point = points.add(row, user, positives[row], parent < 0 ? -1 : pointOf[parent], pointOf[0]);
          pointOf[row] = point;
          for (let k = 0; k < timescales; k++) {
            points.setRate(point, k, (sums[base + k] + priorDays * rates[row]) / seen[k]);
          }
          logFactors[row] += positives[row] * rejections.logFactorAt(row, nowDays);
          if (rhythm !== undefined) logFactors[row] += positives[row] * Math.log(factorAt(rhythm, times[start]));
          if (presence !== undefined) logFactors[row] += positives[row] * Math.log(presence.factors[age]);
          if (row === 0) ages.events[age] += positives[row];
        }
        // What somebody did first says what they like, but not how often they come: it only started the clock.
        if (isFirst && row === 0 && options.firstIsActivity !== true) weight[row] = 0;
        for (let k = 0; k < timescales; k++) {
          sums[base + k] += weight[row];
          seenExposures[base + k] += weight[row] * exposures.ahead[visit * timescales + k];
        }
        if (negative[row] > 0) rejections.add(row, negative[row], nowDays);
        positives[row] = 0;
        weight[row] = 0;
        negative[row] = 0;
        inSession[row] = 0;
      }
      session.length = 0;
      addRootByAge(visit, nowDays, exposures);
      start = stop;
    }
    for (let age = 0; age < ageCount; age++) {
      ages.exposures[age * (1 + timescales)] += rates[0] * exposures.daysByAge[age];
      for (let k = 0; k < timescales; k++) {
        ages.exposures[age * (1 + timescales) + 1 + k] +=
          priorDays * rates[0] * exposures.priorByAge[age * timescales + k];
      }
    }
    rejections.integrate(endDays, openDays);
    rejections.clear();
    for (const row of touched) {
      isTouched[row] = 0;
      sums.fill(0, row * timescales, (row + 1) * timescales);
    }
    touched.length = 0;
  }
  return {
    ...points.finish(),
    rowCount: rows,
    timescales,
    days,
    seenExposures,
    priorExposures,
    rejected: rejections.taken,
    logFactors,
    rootByAge: ages,
  };

  /** What the root's sums, as they stand after a visit, add up to until the next one. */
  function addRootByAge(visit: number, nowDays: number, { aheadByAge }: Exposures): void {
    if (isTouched[0] === 0) return;
    for (let k = 0; k < timescales; k++) {
      const sum = sums[k] * Math.exp((sumDays[0] - nowDays) / tausDays[k]);
      for (let age = 0; age < ageCount; age++) {
        ages.exposures[age * (1 + timescales) + 1 + k] += sum * aheadByAge[(visit * ageCount + age) * timescales + k];
      }
    }
  }
}
