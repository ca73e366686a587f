/**
 * Working through a batch a few rows at a time. What is computed of a few rows is still in the processor's caches when it
 * is needed next, where that of a whole batch goes out to memory and comes back at every pass. The products and passes of
 * attention take about half the time.
 */
import { directGradients } from "./gradients.ts";
import { inOrder, operandsOf } from "./graph.ts";
import { reshape, stopGradient } from "./operations/broadcasting.ts";
import { add } from "./operations/elementwise.ts";
import { withGradient } from "./operations/given-gradients.ts";
import { cast, greater } from "./operations/logic.ts";
import { concat, slice, split } from "./operations/shape.ts";
import type { Tensor } from "./tensor.ts";

type Parts = Readonly<Record<string, Tensor | undefined>>;

/**
 * A function of rows that have nothing to do with each other, such as sequences of a batch, computed chunk by chunk. So are
 * its gradients: a chunk's are complete before the next one's are begun. What all chunks use, parameters above all, gets the
 * sum over them.
 *
 * @param cut tensors that are cut along their first axis, which is the rows
 * @param compute of a chunk's own part of them, any number of values for each row
 */
export function inChunks<Cut extends Parts>(chunks: number, cut: Cut, compute: (own: Cut) => Tensor): Tensor {
  if (chunks === 1) return compute(cut);
  const given = Object.entries(cut).flatMap(([name, x]) => (x === undefined ? [] : [{ name, x }]));
  // Nothing is followed further back than to the rows that were given.
  const pieces = given.map(({ x }) => parts(x, chunks).map(stopGradient));
  const own = Array.from({ length: chunks }, (_, chunk) => pieces.map((piece) => piece[chunk]));
  const results = own.map((rows) =>
    compute({ ...cut, ...Object.fromEntries(given.map(({ name }, index) => [name, rows[index]])) }),
  );
  const shared = inCommon(results, own);
  const operands = [...given.map(({ x }) => x), ...shared];
  const lengths = results.map(({ shape }) => shape[0]);
  return withGradient(concat(results, 0), operands, (dy, wanted) => {
    const upstream = split(dy, 0, lengths);
    const found: Tensor[][] = operands.map(() => []);
    for (const [chunk, result] of results.entries()) {
      const before = found.flatMap((gradients) => gradients.slice(-1));
      const asked = [...own[chunk], ...shared].map((by, index) => ({ by, index })).filter(({ index }) => wanted[index]);
      const tensors = asked.map(({ by }) => by);
      const derived = directGradients(result, computedAfter(upstream[chunk], before), tensors);
      for (const [at, { index }] of asked.entries()) {
        const isRows = index < given.length || chunk === 0;
        found[index] = isRows ? [...found[index], derived[at]] : [add(found[index][0], derived[at])];
      }
    }
    return found.map((gradients) => (gradients.length === 0 ? undefined : concat(gradients, 0)));
  });
}

/** What two chunks' results are both computed from, no further back than it takes; nothing is looked for behind their rows. */
function inCommon(
  [first, second]: readonly Tensor[],
  [rowsOfFirst, rowsOfSecond]: readonly (readonly Tensor[])[],
): Tensor[] {
  const elsewhere = new Set(inOrder([second], new Set(rowsOfSecond)));
  const own = inOrder([first], new Set(rowsOfFirst)).filter(
    (tensor) => !elsewhere.has(tensor) && !rowsOfFirst.includes(tensor),
  );
  return [...new Set(own.flatMap(operandsOf))].filter((tensor) => elsewhere.has(tensor));
}

/** Rows cut into chunks as equal as can be. */
function parts(x: Tensor, chunks: number): Tensor[] {
  const bounds = Array.from({ length: chunks + 1 }, (_, chunk) => Math.round((chunk * x.shape[0]) / chunks));
  return split(
    x,
    0,
    bounds.slice(1).map((end, chunk) => end - bounds[chunk]),
  );
}

/** Numbers of the largest tensor of a chunk: 2 MB of them, as much as the fast caches of two cores hold. */
const chunkMax = 500_000;

/** How many chunks to cut rows into whose largest tensor has so many numbers for each. */
export function chunksFor(rows: number, numbersPerRow: number): number {
  return Math.min(rows, Math.ceil((rows * numbersPerRow) / chunkMax));
}

/** x, but for the runtime not to be had before these: something is added that is zero, which it cannot know. */
export function computedAfter(x: Tensor, tensors: readonly Tensor[]): Tensor {
  if (tensors.length === 0) return x;
  const elements = tensors.map((tensor) => slice(reshape(tensor, [-1]), 0, 0, 1));
  const zero = greater(
    elements.reduce((total, element) => add(total, element)),
    Number.POSITIVE_INFINITY,
  );
  return add(x, cast(zero, x.type));
}
