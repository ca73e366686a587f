/**
 * Reading ahead: the intensities that a user's sums will give after a time without further events, of what the user did
 * something about alone. A profile looks ahead some fifteen times for its half-lives and would spend most of its time
 * there, so that what does not depend on the time ahead is worked out once. By `intensity-features.ts` lambda of a row
 * below a node p is, but for rejections,
 *
 *     c + sum_k perRate_k B_k + sum_k perSum_k C_k
 *
 *     c = r mu,   B_k = r (a_k + b_k + g_k),   C_k = a_k S_k + r b_k S_pk / r_p + r g_k S_0k / r_0
 *
 * with perRate and perSum of the moment ahead: a line (c, B, C) per row. Lines add up, and the children that the user did
 * nothing about have no sums of their own, so that one line stands for a node's children and its "other" together.
 */
import { type IntensityModel, isTouched, type NodeSums } from "./intensity.ts";
import { type Moment, momentAfter } from "./intensity-features.ts";
import { weightsPerRow } from "./intensity-weights.ts";
import { negativeSum, sumsPerNode } from "./state-rows.ts";
import { timescaleCount } from "./timescales.ts";

/** c, then B_k, then C_k. */
const lineLength = 1 + 2 * timescaleCount;

/** Whose line it is, in the order of the lines: first the root; then for every parent its sum, its "other", its children. */
interface Family {
  readonly parent: number;
  /** Place of the sum's line. */
  readonly first: number;
  /** Touched children. */
  readonly children: readonly number[];
}

export class Foresight {
  readonly #model: IntensityModel;
  readonly #sums: NodeSums;
  /** The root, and of others the touched ones; parents before children. */
  readonly #families: Family[] = [];
  /** [lines, 1 + 2 K] */
  readonly #lines: Float64Array;
  /** Lambda by node, as far as it was read last. [n] */
  readonly #lambda: Float64Array;

  constructor(model: IntensityModel, sums: NodeSums) {
    this.#model = model;
    this.#sums = sums;
    this.#lambda = new Float64Array(model.nodeCount);
    let lines = 1;
    for (const parent of model.parents) {
      if (parent !== 0 && !isTouched(sums, parent)) continue;
      const children = model.children[parent].filter((child) => isTouched(sums, child));
      this.#families.push({ parent, first: lines, children });
      lines += 2 + children.length;
    }
    this.#lines = new Float64Array(lines * lineLength);
    this.#addExpected(0, model.weights, 0, model.rates[0], undefined);
    this.#addOwn(0, 0);
    for (const { parent, first, children } of this.#families) {
      const other = model.nodeCount + parent;
      this.#addExpected(first, model.weightsBelow, parent, 1, parent);
      this.#addOwn(first, other);
      this.#addExpected(first + 1, model.weights, other, model.rates[other], parent);
      this.#addOwn(first + 1, other);
      for (const [place, child] of children.entries()) {
        this.#addOwn(first, child);
        this.#addExpected(first + 2 + place, model.weights, child, model.rates[child], parent);
        this.#addOwn(first + 2 + place, child);
      }
    }
  }

  /** Nodes that are read, but for the root. */
  get touched(): number[] {
    return this.#families.flatMap(({ children }) => children);
  }

  /**
   * The intensities as `intensitiesAt` reads them after a time without further events, of somebody who is still there.
   *
   * @param intensity receives those of the root and the touched nodes. [n]
   */
  read(laterMs: number, intensity: Float64Array): void {
    const moment = momentAfter(this.#sums.exposureMs, laterMs);
    const lambda = this.#lambda;
    intensity[0] = this.#valueOf(0, moment) * this.#negativeFactor(0, moment);
    for (const { parent, first, children } of this.#families) {
      const otherFactor = this.#negativeFactor(this.#model.nodeCount + parent, moment);
      let sum = this.#valueOf(first, moment);
      if (otherFactor !== 1) sum += this.#valueOf(first + 1, moment) * (otherFactor - 1);
      for (let place = 0; place < children.length; place++) {
        const child = children[place];
        const value = this.#valueOf(first + 2 + place, moment);
        const factor = this.#negativeFactor(child, moment);
        lambda[child] = value * factor;
        if (factor !== 1) sum += value * (factor - 1);
      }
      const perLambda = sum > 0 ? intensity[parent] / sum : 0;
      for (const child of children) intensity[child] = perLambda * lambda[child];
    }
  }

  /** Lambda by a line, but for rejections. */
  #valueOf(line: number, { perRate, perSum }: Moment): number {
    const lines = this.#lines;
    const from = line * lineLength;
    let value = lines[from];
    for (let k = 0; k < timescaleCount; k++) {
      value += perRate[k] * lines[from + 1 + k] + perSum[k] * lines[from + 1 + timescaleCount + k];
    }
    return value;
  }

  /** exp(-eta N) of a row. */
  #negativeFactor(row: number, { decay }: Moment): number {
    const { values } = this.#sums;
    const from = row * sumsPerNode;
    if (values[from + negativeSum] === 0) return 1;
    const { negative, priorEvents } = this.#model.settings;
    const liked = values[from + timescaleCount - 1] * decay[timescaleCount - 1];
    const rejected = values[from + negativeSum] * decay[negativeSum];
    return Math.exp((-negative * rejected) / (liked + rejected + priorEvents));
  }

  /** Adds what is expected of a row without events of its own to a line: weights times a rate. */
  #addExpected(line: number, weights: Float64Array, row: number, rate: number, parent: number | undefined): void {
    const { rates } = this.#model;
    const { values } = this.#sums;
    const lines = this.#lines;
    const from = line * lineLength;
    const own = row * weightsPerRow + 1;
    const rateAbove = parent === undefined ? 0 : rates[parent];
    const rateOfAll = rates[0];
    lines[from] += rate * weights[own - 1];
    for (let k = 0; k < timescaleCount; k++) {
      const byParent = rateAbove > 0 ? rate * weights[own + timescaleCount + k] : 0;
      const byAll = rateOfAll > 0 ? rate * weights[own + 2 * timescaleCount + k] : 0;
      lines[from + 1 + k] += rate * weights[own + k] + byParent + byAll;
      if (byParent !== 0) {
        lines[from + 1 + timescaleCount + k] += (byParent * values[parent! * sumsPerNode + k]) / rateAbove;
      }
      if (byAll !== 0) lines[from + 1 + timescaleCount + k] += (byAll * values[k]) / rateOfAll;
    }
  }

  /** Adds what a row's own events bring. */
  #addOwn(line: number, row: number): void {
    const { values } = this.#sums;
    const { weights } = this.#model;
    const to = line * lineLength + 1 + timescaleCount;
    const own = row * weightsPerRow + 1;
    for (let k = 0; k < timescaleCount; k++) {
      this.#lines[to + k] += weights[own + k] * values[row * sumsPerNode + k];
    }
  }
}
