/**
 * Grows one tree on binned features. It knows nothing of labels or losses, only of two sums: each row brings a `pull` and a
 * `weight`, and a group of rows with the sums P and W says `P / (W + regularisation)`. What is to be learned decides what
 * pull and weight are:
 *
 * - the rate of yes (classification): pull = weight of a yes, weight = weight; the group's value is its rate of yes;
 * - a step of gradient boosting: pull = minus the gradient of the loss, weight = its curvature; the group's value is Newton's
 *   step (Chen and Guestrin, XGBoost, KDD 2016).
 *
 * A split is worth what its parts score above the whole. The score of a group is `P^2 / (W + regularisation)`, by which
 * the best split is the one of least squared error, of least Gini impurity (for rates the two are the same), or of the
 * steepest second-order model of the loss; or it is minus the entropy, `P ln(P/W) + (W - P) ln(1 - P/W)`.
 *
 * Leaves are split best first (Shi 2007; LightGBM). A node's histograms hold P and W by bin of every column; of two
 * children only the smaller one's are summed up, and the other's are what is left of their parent's. Where every split
 * draws columns of its own, as in a forest, only theirs are summed up, for either child.
 */
import type { Random } from "../../../base/random.ts";
import { type BinnedRows, columnStride } from "./histograms.ts";
import type { Trees } from "./trees.ts";

export interface GrowthSettings {
  /** At most so many leaves; no limit where absent: splits then go down before they go aside, which bounds what is kept. */
  readonly leaves?: number | undefined;
  readonly depth: number;
  /** A leaf's rows weigh at least so much together. */
  readonly leafWeight: number;
  readonly regularisation: number;
  readonly impurity: "squares" | "entropy";
  /** Columns that the tree may look at. */
  readonly columns: Int32Array;
  /** How many of them are drawn for each split; all where absent. */
  readonly columnsPerSplit?: number | undefined;
  /** Draws them. */
  readonly random: Random;
}

export interface Growth {
  readonly tree: Trees;
  /** The split bin of each inner node, for rows that are binned. [nodes] */
  readonly splitBins: Int32Array;
  readonly leaves: readonly Leaf[];
}

/** Its rows are the table's `rows` from start up to end; their pull and weight together. */
export interface Leaf {
  readonly node: number;
  readonly start: number;
  readonly end: number;
  readonly pull: number;
  readonly weight: number;
}

interface Split {
  readonly gain: number;
  readonly column: number;
  readonly bin: number;
  readonly missingSmall: boolean;
}

interface Pending extends Leaf {
  readonly depth: number;
  readonly histogram: Float64Array | undefined;
  readonly split: Split;
}

/** Of the scores of the parts: a gain below it is what rounding makes of none. */
const gainPartMin = 1e-10;
/** Of a node's weight: what is below it is left over from taking one histogram from another. */
const weightPartMin = 1e-9;

/**
 * @param table its `sums` hold pull and weight of each row
 * @param count grows on the first so many of the table's `rows`, which it puts in the order of the leaves
 */
export function growTree(table: BinnedRows, count: number, settings: GrowthSettings): Growth {
  const rows = table.rows.subarray(0, count);
  const nodes = nodeLists();
  const leaves: Leaf[] = [];
  const frontier: Pending[] = [];
  const isSampling = settings.columnsPerSplit !== undefined && settings.columnsPerSplit < settings.columns.length;
  const pool: Float64Array[] = [];
  const scratch = new Int32Array(count);
  const drawn = settings.columns.slice();

  const histogramOf = (columns: Int32Array, start: number, end: number): Float64Array => {
    const histogram = pool.pop() ?? new Float64Array(table.columnCount * columnStride);
    table.sumUp(start, end, columns, histogram);
    return histogram;
  };
  const mayBeSplit = (depth: number, weight: number) => depth < settings.depth && weight >= 2 * settings.leafWeight;
  /** Queues a node for splitting, or makes it a leaf. */
  const settle = (place: Omit<Pending, "split" | "histogram">, histogram: Float64Array | undefined): void => {
    let split: Split | undefined;
    if (mayBeSplit(place.depth, place.weight)) {
      const columns = isSampling ? drawColumns(drawn, settings.columnsPerSplit, settings.random) : settings.columns;
      const own = histogram ?? histogramOf(columns, place.start, place.end);
      split = bestSplit(table, own, columns, place, settings);
      if (split === undefined || isSampling) pool.push(own);
      if (split !== undefined) frontier.push({ ...place, histogram: isSampling ? undefined : own, split });
    } else if (histogram !== undefined) {
      pool.push(histogram);
    }
    if (split === undefined) leaves.push(place);
  };

  const [pull, weight] = totals(table.sums, rows);
  const root = nodes.add(pull / (weight + settings.regularisation));
  settle({ node: root, start: 0, end: count, depth: 0, pull, weight }, undefined);
  let leafCount = 1;
  while (frontier.length > 0 && leafCount < (settings.leaves ?? Number.POSITIVE_INFINITY)) {
    const best = settings.leaves === undefined ? frontier.length - 1 : indexOfBest(frontier);
    const parent = frontier[best];
    frontier.splice(best, 1);
    const { node, start, end, depth, split } = parent;
    const middle = partition(table, rows, scratch, start, end, split);
    const [smallPull, smallWeight] = totals(table.sums, rows.subarray(start, middle));
    const [bigPull, bigWeight] = [parent.pull - smallPull, parent.weight - smallWeight];
    const child = nodes.add(smallPull / (smallWeight + settings.regularisation));
    nodes.add(bigPull / (bigWeight + settings.regularisation));
    nodes.split(node, split, child, table);
    leafCount += 1;
    const small = { node: child, start, end: middle, depth: depth + 1, pull: smallPull, weight: smallWeight };
    const big = { node: child + 1, start: middle, end, depth: depth + 1, pull: bigPull, weight: bigWeight };
    const canGoOn = [small, big].map((part) => mayBeSplit(part.depth, part.weight));
    if (parent.histogram === undefined || !canGoOn.includes(true)) {
      if (parent.histogram !== undefined) pool.push(parent.histogram);
      settle(small, undefined);
      settle(big, undefined);
      continue;
    }
    const isSmallShorter = middle - start <= end - middle;
    const shorter = isSmallShorter ? small : big;
    const histogram = histogramOf(settings.columns, shorter.start, shorter.end);
    takeAway(parent.histogram, histogram, settings.columns);
    settle(small, isSmallShorter ? histogram : parent.histogram);
    settle(big, isSmallShorter ? parent.histogram : histogram);
  }
  leaves.push(...frontier);
  return { tree: nodes.tree(), splitBins: nodes.splitBins(), leaves };
}

function indexOfBest(frontier: readonly Pending[]): number {
  let best = 0;
  for (let at = 1; at < frontier.length; at++) if (frontier[at].split.gain > frontier[best].split.gain) best = at;
  return best;
}

/** Puts `count` columns, drawn anew, at the front, and gives them in ascending order. */
function drawColumns(columns: Int32Array, count: number, random: Random): Int32Array {
  for (let place = 0; place < count; place++) {
    const other = place + random.integer(columns.length - place);
    const column = columns[place];
    columns[place] = columns[other];
    columns[other] = column;
  }
  return columns.slice(0, count).sort();
}

function totals(sums: Float32Array, rows: Int32Array): [pull: number, weight: number] {
  let [pull, weight] = [0, 0];
  for (const row of rows) {
    pull += sums[2 * row];
    weight += sums[2 * row + 1];
  }
  return [pull, weight];
}

function takeAway(from: Float64Array, part: Float64Array, columns: Int32Array): void {
  for (const column of columns) {
    for (let at = column * columnStride; at < (column + 1) * columnStride; at++) from[at] -= part[at];
  }
}

function bestSplit(
  { cuts, hasMissing }: BinnedRows,
  histogram: Float64Array,
  columns: Int32Array,
  { pull, weight }: { pull: number; weight: number },
  { leafWeight, regularisation, impurity }: GrowthSettings,
): Split | undefined {
  const score = impurity === "squares" ? squares(regularisation) : entropy;
  const whole = score(pull, weight);
  let best: Split | undefined;
  let bestScore = whole;
  for (const column of columns) {
    const start = column * columnStride;
    const cutCount = cuts.offsets[column + 1] - cuts.offsets[column];
    const [missingPull, missingWeight] = [histogram[start], histogram[start + 1]];
    let [smallPull, smallWeight] = [0, 0];
    const consider = (bin: number, partPull: number, partWeight: number, missingSmall: boolean): void => {
      if (partWeight < leafWeight || weight - partWeight < leafWeight) return;
      const parts = score(partPull, partWeight) + score(pull - partPull, weight - partWeight);
      if (!(parts > bestScore)) return;
      if (parts - whole <= gainPartMin * Math.abs(parts)) return;
      bestScore = parts;
      best = { gain: parts - whole, column, bin, missingSmall };
    };
    const isMissing = hasMissing[column] === 1 && missingWeight > weightPartMin * weight;
    // Behind the last cut there is nothing but what is missing.
    const lastBin = isMissing ? cutCount + 1 : cutCount;
    for (let bin = 1; bin <= lastBin; bin++) {
      smallPull += histogram[start + 2 * bin];
      smallWeight += histogram[start + 2 * bin + 1];
      if (isMissing) {
        consider(bin, smallPull, smallWeight, false);
        if (bin <= cutCount) consider(bin, smallPull + missingPull, smallWeight + missingWeight, true);
      } else {
        // Nothing tells where a missing value belongs: it goes where most do.
        consider(bin, smallPull, smallWeight, 2 * smallWeight > weight);
      }
    }
  }
  return best;
}

const squares = (regularisation: number) => (pull: number, weight: number) => (pull * pull) / (weight + regularisation);

/** Minus the entropy of a group of which the part pull / weight says yes, in nats, times its weight. */
function entropy(pull: number, weight: number): number {
  return xLogX(pull) + xLogX(weight - pull) - xLogX(weight);
}

const xLogX = (x: number): number => (x > 0 ? x * Math.log(x) : 0);

/** Puts the rows of the part with small values first, each part in its old order. @returns where the other part begins */
function partition(
  { bins, columnCount: width }: BinnedRows,
  rows: Int32Array,
  scratch: Int32Array,
  start: number,
  end: number,
  { column, bin: last, missingSmall }: Split,
): number {
  const first = missingSmall ? 0 : 1;
  let [small, big] = [start, 0];
  for (let place = start; place < end; place++) {
    const row = rows[place];
    const bin = bins[row * width + column];
    // Written to both, because nobody can foresee a branch here.
    rows[small] = row;
    scratch[big] = row;
    const isSmall = bin >= first && bin <= last ? 1 : 0;
    small += isSmall;
    big += 1 - isSmall;
  }
  rows.set(scratch.subarray(0, big), small);
  return small;
}

function nodeLists() {
  const columns: number[] = [];
  const thresholds: number[] = [];
  const children: number[] = [];
  const missingSmall: number[] = [];
  const values: number[] = [];
  const bins: number[] = [];
  return {
    /** @returns the node */
    add(value: number): number {
      columns.push(-1);
      thresholds.push(0);
      children.push(0);
      missingSmall.push(0);
      values.push(value);
      bins.push(0);
      return columns.length - 1;
    },
    split(node: number, split: Split, child: number, { cuts }: BinnedRows): void {
      const cut = cuts.offsets[split.column] + split.bin - 1;
      columns[node] = split.column;
      // Behind the last cut there is only what is missing.
      thresholds[node] = cut < cuts.offsets[split.column + 1] ? cuts.values[cut] : Number.POSITIVE_INFINITY;
      children[node] = child;
      missingSmall[node] = split.missingSmall ? 1 : 0;
      bins[node] = split.bin;
    },
    tree: (): Trees => ({
      roots: Int32Array.of(0),
      columns: Int32Array.from(columns),
      thresholds: Float32Array.from(thresholds),
      children: Int32Array.from(children),
      missingSmall: Int32Array.from(missingSmall),
      values: Float64Array.from(values),
    }),
    splitBins: () => Int32Array.from(bins),
  };
}
