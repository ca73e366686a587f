/**
 * Half-lives: the days until a node's intensity is half of what it is, if nothing further happens. They are found by
 * reading ahead at horizons each twice as far as the one before. How far the user is still there (`presence.ts`) is left
 * out: a half-life is about what fades, and not about who leaves.
 *
 * A profile reads up to fifteen horizons, between which only the moment differs. So what the user did something about is made
 * ready once: but for rejections, a row's lambda is a line in what a moment has (`writeLine`), and so is the sum of all that
 * stands below a node, where what was never touched is in one number per weight (`weightsBelow`).
 */
import { dayMs } from "../base/time.ts";
import { type IntensityModel, isTouched, type NodeSums } from "./intensity.ts";
import { lineAt, lineWidth, momentAfter, momentLine, writeLine } from "./intensity-features.ts";
import { halfLifeMaxDays, weightsPerRow } from "./intensity-weights.ts";
import { negativeSum, sumsPerNode } from "./state-rows.ts";
import { timescaleCount } from "./timescales.ts";

/** Spacing of the horizons; between two of them ln I is taken as straight. */
const horizonRatio = 2;
const horizonFirstDays = 0.1;

/** Days until each node's intensity is half of what it is, by node; none where ten years are not enough. */
export function halfLivesDays(model: IntensityModel, sums: NodeSums): Map<number, number> {
  const halfLives = new Map<number, number>();
  const ahead = lookAhead(model, sums);
  const { nodes } = ahead;
  let waiting: number[] = [];
  for (let place = isTouched(sums, 0) ? 0 : 1; place < nodes.length; place++) waiting.push(place);
  let before = new Float64Array(nodes.length);
  let intensity = new Float64Array(nodes.length);
  foresee(model, sums, 0, ahead, before);
  const half = before.map((at) => at / 2);
  let beforeDays = 0;
  for (let days = horizonFirstDays; days < halfLifeMaxDays && waiting.length > 0; days *= horizonRatio) {
    foresee(model, sums, days * dayMs, ahead, intensity);
    const still: number[] = [];
    for (const place of waiting) {
      if (intensity[place] > half[place]) {
        still.push(place);
        continue;
      }
      const above = Math.log(before[place] / half[place]);
      const below = Math.log(half[place] / Math.max(intensity[place], Number.MIN_VALUE));
      halfLives.set(nodes[place], beforeDays + ((days - beforeDays) * above) / (above + below));
    }
    waiting = still;
    [before, intensity] = [intensity, before];
    beforeDays = days;
  }
  return halfLives;
}

/** What the user did something about, as it is read ahead. */
export interface Ahead {
  /** The root and all touched nodes, parents before children. */
  readonly nodes: readonly number[];
  /** Places of their parents among them, -1 for the root. */
  readonly above: Int32Array;
  /** Their lambda, and the sum of all lambda below them, but for rejections. [nodes, `lineWidth`] each */
  readonly lines: Float64Array;
  readonly below: Float64Array;
  /** Rows that something was rejected under. */
  readonly rejecting: readonly Rejecting[];
}

interface Rejecting {
  readonly row: number;
  /** Its place, -1 for the "other" of a node; and its parent's. */
  readonly place: number;
  readonly above: number;
  /** Its lambda but for the rejections. [`lineWidth`] */
  readonly line: Float64Array;
}

export function lookAhead(model: IntensityModel, sums: NodeSums): Ahead {
  const { nodeCount, tree, children, weights, weightsBelow, rates } = model;
  const { values } = sums;
  const nodes = [0];
  const placeOf = new Int32Array(nodeCount);
  for (let index = 1; index < nodeCount; index++) {
    if (isTouched(sums, index)) placeOf[index] = nodes.push(index) - 1;
  }
  const above = Int32Array.from(nodes, (index) => (index === 0 ? -1 : placeOf[tree.nodes[index].parent]));
  const lines = new Float64Array(nodes.length * lineWidth);
  const below = new Float64Array(nodes.length * lineWidth);
  const rejecting: Rejecting[] = [];
  /** A row's own events count in the sum below its parent, and its rejections by themselves. */
  const count = (row: number, place: number, parent: number): void => {
    const to = parent * lineWidth + 1 + timescaleCount;
    const own = row * weightsPerRow + 1;
    const from = row * sumsPerNode;
    if (parent >= 0) for (let k = 0; k < timescaleCount; k++) below[to + k] += weights[own + k] * values[from + k];
    if (values[from + negativeSum] === 0) return;
    const line = new Float64Array(lineWidth);
    writeLine(line, 0, weights, row, rates[row], rates, values, row, parent < 0 ? -1 : nodes[parent]);
    rejecting.push({ row, place, above: parent, line });
  };
  for (const [place, index] of nodes.entries()) {
    const at = place * lineWidth;
    writeLine(lines, at, weights, index, rates[index], rates, values, index, tree.nodes[index].parent);
    count(index, place, above[place]);
    if (children[index].length === 0) continue;
    writeLine(below, at, weightsBelow, index, 1, rates, values, -1, index);
    count(nodeCount + index, -1, place);
  }
  return { nodes, above, lines, below, rejecting };
}

/**
 * The touched nodes' intensities as `intensitiesAt` reads them after a time without further events, but for presence.
 *
 * @param intensity receives them. [nodes of `ahead`]
 */
export function foresee(
  { settings }: IntensityModel,
  { exposureMs, values }: NodeSums,
  laterMs: number,
  { nodes, above, lines, below, rejecting }: Ahead,
  intensity: Float64Array,
): void {
  const moment = momentAfter(exposureMs, laterMs);
  const { decay } = moment;
  const line = momentLine(moment);
  const inside = new Float64Array(nodes.length);
  for (let place = 0; place < nodes.length; place++) {
    // Lambda, until the parent's intensity is known.
    intensity[place] = lineAt(lines, place * lineWidth, line);
    inside[place] = lineAt(below, place * lineWidth, line);
  }
  for (const { row, place, above: parent, line: own } of rejecting) {
    const liked = values[row * sumsPerNode + timescaleCount - 1] * decay[timescaleCount - 1];
    const rejected = values[row * sumsPerNode + negativeSum] * decay[negativeSum];
    const factor = Math.exp((-settings.negative * rejected) / (liked + rejected + settings.priorEvents));
    const positive = lineAt(own, 0, line);
    if (place >= 0) intensity[place] = positive * factor;
    if (parent >= 0) inside[parent] += positive * (factor - 1);
  }
  for (let place = 1; place < nodes.length; place++) {
    const parent = above[place];
    intensity[place] = inside[parent] > 0 ? intensity[parent] * (intensity[place] / inside[parent]) : 0;
  }
}
