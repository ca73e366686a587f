/**
 * A loss over many rows whose gradients are complete before the next rows are looked at, so that only one chunk's logits are in
 * memory at a time, for losses that are not worth writing gradients of by hand: they are derived for each chunk.
 */
import { computedAfter } from "../chunks.ts";
import { gradients } from "../gradients.ts";
import { stopGradient } from "../operations/broadcasting.ts";
import { add } from "../operations/elementwise.ts";
import { withGradients } from "../operations/given-gradients.ts";
import { concat, split } from "../operations/shape.ts";
import type { Tensor } from "../tensor.ts";

export interface ChunkedLoss<Cut extends string, Beside extends string, Whole extends string> {
  /** Cut into chunks along the first axis, and what the loss has gradients by. All have the same length. */
  readonly cut: Readonly<Record<Cut, Tensor>>;
  /** Cut as well, without gradients: targets, weights, masks. */
  readonly beside: Readonly<Record<Beside, Tensor>>;
  /** The same for every chunk, with gradients. */
  readonly whole: Readonly<Record<Whole, Tensor>>;
  /** A divisor of the length. */
  readonly chunks: number;
  /** The part of a chunk, a scalar: the loss is the sum of all. */
  readonly loss: (chunk: Readonly<Record<Cut | Beside | Whole, Tensor>>) => Tensor;
}

export function lossInChunks<Cut extends string, Beside extends string, Whole extends string>(
  options: ChunkedLoss<Cut, Beside, Whole>,
): Tensor {
  const { chunks, loss } = options;
  const pieces = (tensors: Readonly<Record<string, Tensor>>) =>
    Object.entries(tensors).map(([name, x]): [string, readonly Tensor[]] => [
      name,
      split(
        x,
        0,
        Array.from({ length: chunks }, () => x.shape[0] / chunks),
      ),
    ]);
  const [cut, beside] = [pieces(options.cut), pieces(options.beside)];
  const wholes = Object.entries<Tensor>(options.whole);
  // Nothing is followed further back than to what was given: what comes before has its gradients from the whole loss.
  const whole = wholes.map(([, x]) => stopGradient(x));
  const losses: Tensor[] = [];
  const byCut: Tensor[][] = [];
  let byWhole: readonly Tensor[] = [];
  for (let chunk = 0; chunk < chunks; chunk++) {
    const done = chunk === 0 ? [] : [losses[chunk - 1], ...byCut[chunk - 1], ...byWhole];
    const own = cut.map(([, parts], index) =>
      stopGradient(index === 0 ? computedAfter(parts[chunk], done) : parts[chunk]),
    );
    const part = loss({
      ...Object.fromEntries(cut.map(([name], index) => [name, own[index]])),
      ...Object.fromEntries(beside.map(([name, parts]) => [name, parts[chunk]])),
      ...Object.fromEntries(wholes.map(([name], index) => [name, whole[index]])),
    } as Readonly<Record<Cut | Beside | Whole, Tensor>>);
    losses.push(part);
    const derived = gradients(part, [...own, ...whole]);
    byCut.push(derived.slice(0, own.length));
    const ofWhole = derived.slice(own.length);
    byWhole = chunk === 0 ? ofWhole : byWhole.map((sum, index) => add(sum, ofWhole[index]));
  }
  return withGradients(
    losses.reduce((total, part) => add(total, part)),
    [
      ...Object.values<Tensor>(options.cut).map((of, index) => ({
        of,
        gradient: concat(
          byCut.map((parts) => parts[index]),
          0,
        ),
      })),
      ...wholes.map(([, of], index) => ({ of, gradient: byWhole[index] })),
    ],
  );
}
