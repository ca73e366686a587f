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

/** A mean over many values per user. */
export class MeanScore {
  readonly #sums: Float64Array;
  readonly #counts: Float64Array;

  constructor(users: number) {
    this.#sums = new Float64Array(users);
    this.#counts = new Float64Array(users);
  }

  add(user: number, sum: number, count = 1): void {
    this.#sums[user] += sum;
    this.#counts[user] += count;
  }

  get count(): number {
    return total(this.#counts);
  }

  get sum(): number {
    return total(this.#sums);
  }

  finish(): Scored {
    const users = this.#sums.length;
    const count = this.count;
    const value = count > 0 ? this.sum / count : Number.NaN;
    const contributions = this.#sums.map((sum, user) => value + (users * (sum - value * this.#counts[user])) / count);
    return { value, contributions };
  }
}

/** Yes or no with a probability. */
export class ReturnScore {
  readonly #users: number;
  readonly #owners: number[] = [];
  readonly #probabilities: number[] = [];
  readonly #happened: number[] = [];

  constructor(users: number) {
    this.#users = users;
  }

  add(user: number, probability: number, happened: boolean): void {
    this.#owners.push(user);
    this.#probabilities.push(probability);
    this.#happened.push(happened ? 1 : 0);
  }

  finish(): { AUC: Scored; logLoss: number; expectedCalibrationError: number; dormant: number; returns: number } {
    const dormant = this.#happened.length;
    const returns = total(this.#happened);
    if (returns === 0 || returns === dormant) {
      const none = { value: Number.NaN, contributions: new Float64Array(this.#users).fill(Number.NaN) };
      return { AUC: none, logLoss: Number.NaN, expectedCalibrationError: Number.NaN, dormant, returns };
    }
    const { AUC, logLoss, expectedCalibrationError } = binaryFigures(this.#probabilities, this.#happened);
    const contributions = new Float64Array(this.#users).fill(AUC);
    const stays = dormant - returns;
    const scores = Float64Array.from(this.#probabilities);
    const order = Uint32Array.from(scores.keys()).sort((a, b) => scores[a] - scores[b]);
    let [returnsBelow, staysBelow] = [0, 0];
    for (let start = 0; start < order.length; ) {
      let end = start;
      let returnsHere = 0;
      for (; end < order.length && scores[order[end]] === scores[order[start]]; end++) {
        returnsHere += this.#happened[order[end]];
      }
      const staysHere = end - start - returnsHere;
      // How many of the other kind lie on the right side, ties half.
      const ofReturn = (staysBelow + staysHere / 2) / stays;
      const ofStay = 1 - (returnsBelow + returnsHere / 2) / returns;
      for (let at = start; at < end; at++) {
        const isReturn = this.#happened[order[at]] === 1;
        const part = isReturn ? (ofReturn - AUC) / returns : (ofStay - AUC) / stays;
        contributions[this.#owners[order[at]]] += this.#users * part;
      }
      returnsBelow += returnsHere;
      staysBelow += staysHere;
      start = end;
    }
    return { AUC: { value: AUC, contributions }, logLoss, expectedCalibrationError, dormant, returns };
  }
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
