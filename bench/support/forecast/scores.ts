/**
 * What forecasts are worth, with paired intervals over users. Every figure here is a smooth function of sums over users, so
 * a user's influence on it is known in closed form: for a ratio R = A / B it is (a_u - R b_u) / B, for an AUC the user's
 * share of its placement values (Obuchowski, Biometrics, 1997). The difference of two methods is bootstrapped over users by
 * these influences, all methods on the same draws.
 */
import type { Random } from "../../../packages/engine/src/base/random.ts";
import { bootstrapMeans, type Interval } from "../../../packages/engine/src/evaluate/bootstrap.ts";
import { binaryFigures } from "../../../packages/engine/src/evaluate/metrics/binary.ts";

/** A figure, and what each user contributes to it: the mean of the contributions is the figure. [users] */
export interface Scored {
  readonly value: number;
  readonly contributions: Float64Array;
}

/** Sums over many values per user, as plain data that travels between threads. [users] each */
export interface UserSums {
  readonly sums: Float64Array;
  readonly counts: Float64Array;
}

export function userSums(users: number): UserSums {
  return { sums: new Float64Array(users), counts: new Float64Array(users) };
}

export function addTo({ sums, counts }: UserSums, user: number, sum: number, count = 1): void {
  sums[user] += sum;
  counts[user] += count;
}

export function addedUp(parts: readonly UserSums[]): UserSums {
  const all = userSums(parts[0].sums.length);
  for (const { sums, counts } of parts) {
    for (const [user, sum] of sums.entries()) addTo(all, user, sum, counts[user]);
  }
  return all;
}

/** The mean over all values. */
export function meanOf({ sums, counts }: UserSums): Scored & { readonly sum: number; readonly count: number } {
  const users = sums.length;
  const [sum, count] = [total(sums), total(counts)];
  const value = count > 0 ? sum / count : Number.NaN;
  const contributions = sums.map((own, user) => value + (users * (own - value * counts[user])) / count);
  return { value, contributions, sum, count };
}

/** Yes or no with a probability, a line for each. */
export interface Returns {
  readonly owners: number[];
  readonly probabilities: number[];
  readonly happened: number[];
}

export function noReturns(): Returns {
  return { owners: [], probabilities: [], happened: [] };
}

export function joinedReturns(parts: readonly Returns[]): Returns {
  return {
    owners: parts.flatMap(({ owners }) => owners),
    probabilities: parts.flatMap(({ probabilities }) => probabilities),
    happened: parts.flatMap(({ happened }) => happened),
  };
}

export interface ReturnFigures {
  readonly AUC: Scored;
  readonly logLoss: number;
  readonly expectedCalibrationError: number;
  readonly dormant: number;
  readonly returns: number;
}

export function figuresOfReturns({ owners, probabilities, happened }: Returns, users: number): ReturnFigures {
  const dormant = happened.length;
  const returns = total(happened);
  if (returns === 0 || returns === dormant) {
    const none = { value: Number.NaN, contributions: new Float64Array(users).fill(Number.NaN) };
    return { AUC: none, logLoss: Number.NaN, expectedCalibrationError: Number.NaN, dormant, returns };
  }
  const { AUC, logLoss, expectedCalibrationError } = binaryFigures(probabilities, happened);
  const contributions = new Float64Array(users).fill(AUC);
  const stays = dormant - returns;
  const scores = Float64Array.from(probabilities);
  const order = Uint32Array.from(scores.keys()).sort((a, b) => scores[a] - scores[b]);
  let [returnsBelow, staysBelow] = [0, 0];
  for (let start = 0; start < order.length; ) {
    let end = start;
    let returnsHere = 0;
    for (; end < order.length && scores[order[end]] === scores[order[start]]; end++) {
      returnsHere += happened[order[end]];
    }
    const staysHere = end - start - returnsHere;
    // How many of the other kind lie on the right side, ties half.
    const ofReturn = (staysBelow + staysHere / 2) / stays;
    const ofStay = 1 - (returnsBelow + returnsHere / 2) / returns;
    for (let at = start; at < end; at++) {
      const isReturn = happened[order[at]] === 1;
      const part = isReturn ? (ofReturn - AUC) / returns : (ofStay - AUC) / stays;
      contributions[owners[order[at]]] += users * part;
    }
    returnsBelow += returnsHere;
    staysBelow += staysHere;
    start = end;
  }
  return { AUC: { value: AUC, contributions }, logLoss, expectedCalibrationError, dormant, returns };
}

/** First minus each of the others, with 95 % intervals. */
export function differences(first: Scored, others: readonly Scored[], random: Random): Interval[] {
  const columns = others.map(({ contributions }) =>
    first.contributions.map((value, user) => value - contributions[user]),
  );
  return columns.length === 0 ? [] : bootstrapMeans(columns, random, { resamples: 1_000 });
}

function total(values: ArrayLike<number>): number {
  let sum = 0;
  for (let index = 0; index < values.length; index++) sum += values[index];
  return sum;
}
