/**
 * Isolation forest (Liu, Ting and Zhou, Isolation Forest, ICDM 2008): rows that random splits soon leave alone are unlike the
 * others. Each tree splits 256 rows at random places of random columns; a row's score is
 *
 *     2 ^ -(mean depth at which it ends / the depth expected of so many rows),
 *
 * near 1 for what stands apart, and under a half for what does not. A missing value goes with the large ones.
 */
import { type Random, seededRandom } from "../../../base/random.ts";
import { type FeatureMatrix, rowCount } from "../features.ts";
import { addTrees, joinTrees, type Trees } from "../trees/trees.ts";

const treeCount = 100;
const rowsPerTree = 256;
const eulerGamma = 0.577_215_664_901_532_9;

/** Of each row: how much it stands apart, 0 to 1. */
export function isolationScores(features: FeatureMatrix, seed: number): Float64Array {
  const random = seededRandom(seed);
  const rows = rowCount(features);
  const everyRow = Int32Array.from({ length: rows }, (_, row) => row);
  const count = Math.min(rows, rowsPerTree);
  const trees = Array.from({ length: treeCount }, () => {
    for (let place = 0; place < count; place++) {
      const other = place + random.integer(rows - place);
      [everyRow[place], everyRow[other]] = [everyRow[other], everyRow[place]];
    }
    return isolate(features, [...everyRow.subarray(0, count)], random);
  });
  const depths = new Float64Array(rows);
  addTrees(joinTrees(trees), features, 1 / treeCount, depths);
  const expected = Math.max(1, expectedDepth(count));
  return depths.map((depth) => 2 ** (-depth / expected));
}

/** The mean depth of an unsuccessful search in a random binary tree of so many rows. */
function expectedDepth(rows: number): number {
  if (rows <= 1) return 0;
  return rows === 2 ? 1 : 2 * (Math.log(rows - 1) + eulerGamma) - (2 * (rows - 1)) / rows;
}

interface Group {
  readonly node: number;
  readonly rows: readonly number[];
  readonly depth: number;
}

function isolate({ names, values }: FeatureMatrix, rows: readonly number[], random: Random): Trees {
  const depthMax = Math.ceil(Math.log2(Math.max(2, rows.length)));
  const columns: number[] = [-1];
  const thresholds: number[] = [0];
  const children: number[] = [0];
  const depths: number[] = [0];
  const waiting: Group[] = [{ node: 0, rows, depth: 0 }];
  for (let group = waiting.pop(); group !== undefined; group = waiting.pop()) {
    const { node, rows, depth } = group;
    const at = (row: number, column: number) => values[row * names.length + column];
    const split = depth < depthMax && rows.length > 1 ? drawSplit(names.length, rows, at, random) : undefined;
    if (split === undefined) {
      depths[node] = depth + expectedDepth(rows.length);
      continue;
    }
    const isSmall = (row: number) => at(row, split.column) <= split.threshold;
    columns[node] = split.column;
    thresholds[node] = split.threshold;
    children[node] = columns.length;
    for (const part of [rows.filter(isSmall), rows.filter((row) => !isSmall(row))]) {
      waiting.push({ node: columns.length, rows: part, depth: depth + 1 });
      columns.push(-1);
      thresholds.push(0);
      children.push(0);
      depths.push(0);
    }
  }
  return {
    roots: Int32Array.of(0),
    columns: Int32Array.from(columns),
    thresholds: Float32Array.from(thresholds),
    children: Int32Array.from(children),
    missingSmall: new Int32Array(columns.length),
    values: Float64Array.from(depths),
  };
}

/** A column in which the rows differ, and a place between its least and its largest value. */
function drawSplit(
  width: number,
  rows: readonly number[],
  at: (row: number, column: number) => number,
  random: Random,
): { column: number; threshold: number } | undefined {
  const first = random.integer(width);
  for (let turn = 0; turn < width; turn++) {
    const column = (first + turn) % width;
    let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (const row of rows) {
      const value = at(row, column);
      if (value < least) least = value;
      if (value > most) most = value;
    }
    if (!(most > least)) continue;
    const threshold = Math.fround(least + random.uniform() * (most - least));
    return { column, threshold: threshold < most ? threshold : least };
  }
  return undefined;
}
