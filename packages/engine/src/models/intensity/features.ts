/**
 * What a row's intensity is made of, side by side:
 *
 *     lambda = mu r + sum_k ( a_k own_k + b_k (r / r_parent) parent_k + g_k (r / r_root) activity_k )
 *
 * r being the population's rate under the row. All of them are rates of events under this row, so that weights have no unit,
 * mean the same on every row, and rows can borrow them from each other. In the order above they make one line of numbers,
 * `1 + 3 K` wide.
 */
import type { LinearPoisson } from "./linear-poisson.ts";
import type { IntensityPoints } from "./points.ts";

export interface RowTree {
  /** Every row's parent, -1 for the root. [rows] */
  readonly parents: Int32Array;
  /** r, events per person and day. [rows] */
  readonly rates: Float64Array;
}

export function featureCount(timescales: number): number {
  return 1 + 3 * timescales;
}

/**
 * Which features say something of their own: the root has no parent, and for its children parent and activity are the same,
 * which then counts as activity.
 */
export function openFeatures(level: number, timescales: number): Uint8Array {
  const open = new Uint8Array(featureCount(timescales)).fill(1);
  if (level <= 1) open.fill(0, 1 + timescales, 1 + 2 * timescales);
  if (level === 0) open.fill(0, 1 + 2 * timescales);
  return open;
}

/** The points of each row: those of row r are `order[offsets[r]]` to `order[offsets[r + 1] - 1]`. */
export interface PointsByRow {
  readonly offsets: Int32Array;
  readonly order: Int32Array;
}

export function pointsByRow({ rows, rowCount, count }: IntensityPoints): PointsByRow {
  const offsets = new Int32Array(rowCount + 1);
  for (let point = 0; point < count; point++) offsets[rows[point] + 1] += 1;
  for (let row = 0; row < rowCount; row++) offsets[row + 1] += offsets[row];
  const next = offsets.slice();
  const order = new Int32Array(count);
  for (let point = 0; point < count; point++) order[next[rows[point]]++] = point;
  return { offsets, order };
}

/** The likelihood of some rows with the same weights. */
export function problemOf(
  points: IntensityPoints,
  { offsets, order }: PointsByRow,
  tree: RowTree,
  rows: readonly number[],
  open: Uint8Array,
  priorDays: number,
): LinearPoisson {
  const width = open.length;
  let count = 0;
  for (const row of rows) count += offsets[row + 1] - offsets[row];
  const features = new Float32Array(count * width);
  const counts = new Float32Array(count);
  const exposures = new Float64Array(width);
  const line = new Float64Array(width);
  let at = 0;
  for (const row of rows) {
    addExposures(points, tree, row, priorDays, exposures);
    for (let place = offsets[row]; place < offsets[row + 1]; place++, at++) {
      const point = order[place];
      counts[at] = points.events[point];
      featuresAt(points, tree, point, line);
      for (let j = 0; j < width; j++) if (open[j] === 1) features[at * width + j] = line[j];
    }
  }
  for (let j = 0; j < width; j++) if (open[j] === 0) exposures[j] = 0;
  return { features, counts, exposures };
}

/** The features of a point. */
export function featuresAt(points: IntensityPoints, tree: RowTree, point: number, line: Float64Array): void {
  const { timescales, rates } = points;
  const row = points.rows[point];
  const parent = points.parentPoints[point];
  const root = points.rootPoints[point];
  line[0] = tree.rates[row];
  const ofParent = parent < 0 ? 0 : share(tree, row, tree.parents[row]);
  const ofAll = share(tree, row, 0);
  for (let k = 0; k < timescales; k++) {
    line[1 + k] = rates[point * timescales + k];
    line[1 + timescales + k] = parent < 0 ? 0 : ofParent * rates[parent * timescales + k];
    line[1 + 2 * timescales + k] = ofAll * rates[root * timescales + k];
  }
}

/** Adds the integrals of a row's features over everybody's exposure. */
export function addExposures(
  points: IntensityPoints,
  tree: RowTree,
  row: number,
  priorDays: number,
  exposures: Float64Array,
): void {
  const { timescales, seenExposures, priorExposures, rejected, days } = points;
  const width = exposures.length;
  exposures[0] += tree.rates[row] * days;
  for (const [place, other] of [row, tree.parents[row], 0].entries()) {
    if (other < 0) continue;
    const scale = share(tree, row, other);
    for (let k = 0; k < timescales; k++) {
      exposures[1 + place * timescales + k] +=
        scale * (seenExposures[other * timescales + k] + priorDays * tree.rates[other] * priorExposures[k]);
    }
  }
  for (let j = 0; j < width; j++) exposures[j] -= rejected[row * width + j];
}

function share({ rates }: RowTree, row: number, other: number): number {
  return rates[other] > 0 ? rates[row] / rates[other] : 0;
}
