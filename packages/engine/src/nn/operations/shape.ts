/** Operations that move elements without changing them. Cutting and joining are each other's gradients. */
import { axisOf, builder, type Rules } from "../rule.ts";
import type { Spec, Tensor } from "../tensor.ts";
import { reshape } from "./broadcasting.ts";

interface Operations {
  transpose: { readonly permutation: readonly number[] };
  concat: { readonly axis: number };
  split: { readonly axis: number; readonly lengths: readonly number[] };
  slice: { readonly axis: number; readonly start: number; readonly end: number };
  pad: { readonly axis: number; readonly before: number; readonly after: number };
}

export const shaping: Rules<Operations> = {
  transpose: {
    shape: ([x], { permutation }) => {
      const complete = permutation.length === x.shape.length && x.shape.every((_, axis) => permutation.includes(axis));
      if (!complete) return `[${permutation.join(", ")}] does not name each axis once`;
      return { shape: permutation.map((axis) => x.shape[axis]), type: x.type };
    },
    gradient: ({ attributes: { permutation } }, [dy]) => [
      transpose(
        dy,
        permutation.map((_, axis) => permutation.indexOf(axis)),
      ),
    ],
    onnx: ({ attributes: { permutation } }) => ({ op: "Transpose", attributes: { perm: permutation } }),
  },
  concat: {
    shape: (parts, { axis }) => {
      const [{ shape, type }] = parts;
      const fits = parts.every(
        (part) =>
          part.type === type &&
          part.shape.length === shape.length &&
          part.shape.every((length, at) => at === axis || length === shape[at]),
      );
      if (!fits) return `the parts differ in more than axis ${axis}`;
      return resized(
        parts[0],
        axis,
        parts.reduce((total, part) => total + part.shape[axis], 0),
      );
    },
    gradient: ({ inputs, attributes: { axis } }, [dy]) =>
      split(
        dy,
        axis,
        inputs.map(({ shape }) => shape[axis]),
      ),
    onnx: ({ attributes: { axis } }) => ({ op: "Concat", attributes: { axis } }),
  },
  split: {
    shape: ([x], { axis, lengths }) => {
      const total = lengths.reduce((sum, length) => sum + length, 0);
      if (total !== x.shape[axis]) return `parts of ${lengths.join(", ")} do not make up axis ${axis}`;
      return lengths.map((length) => resized(x, axis, length));
    },
    gradient: ({ attributes: { axis } }, parts) => [concat(parts, axis)],
    onnx: ({ inputs: [x], attributes: { axis, lengths } }) => ({
      op: "Split",
      inputs: [x, lengths],
      attributes: { axis },
    }),
  },
  slice: {
    shape: ([x], { axis, start, end }) =>
      start >= 0 && start < end && end <= x.shape[axis]
        ? resized(x, axis, end - start)
        : `${start} to ${end} is not a part of axis ${axis}`,
    gradient: ({ inputs: [x], attributes: { axis, start, end } }, [dy]) => [pad(dy, axis, start, x.shape[axis] - end)],
    onnx: ({ inputs: [x], attributes: { axis, start, end } }) => ({
      op: "Slice",
      inputs: [x, [start], [end], [axis]],
    }),
  },
  pad: {
    shape: ([x], { axis, before, after }) =>
      before >= 0 && after >= 0
        ? resized(x, axis, before + x.shape[axis] + after)
        : `${before} before and ${after} after are not lengths`,
    gradient: ({ inputs: [x], attributes: { axis, before } }, [dy]) => [
      slice(dy, axis, before, before + x.shape[axis]),
    ],
    onnx: ({ inputs: [x], attributes: { axis, before, after } }) => ({
      op: "Pad",
      inputs: [
        x,
        x.shape.map((_, at) => (at === axis ? before : 0)).concat(x.shape.map((_, at) => (at === axis ? after : 0))),
      ],
    }),
  },
};

const build = builder(shaping);

/** The axes in another order: axis i of the result is axis `permutation[i]` of x. */
export function transpose(x: Tensor, permutation: readonly number[]): Tensor {
  return permutation.every((axis, at) => axis === at) ? x : build("transpose", [x], { permutation })[0];
}

/** Tensors one after the other along an axis. */
export function concat(parts: readonly Tensor[], axis: number): Tensor {
  return parts.length === 1 ? parts[0] : build("concat", parts, { axis: fromFront(parts[0], axis) })[0];
}

/** The parts of these lengths along an axis. */
export function split(x: Tensor, axis: number, lengths: readonly number[]): Tensor[] {
  return lengths.length === 1 && lengths[0] === x.shape[axis]
    ? [x]
    : build("split", [x], { axis: fromFront(x, axis), lengths });
}

/** Indices `start` up to, not including, `end` along an axis. */
export function slice(x: Tensor, axis: number, start: number, end: number): Tensor {
  axis = fromFront(x, axis);
  return start === 0 && end === x.shape[axis] ? x : build("slice", [x], { axis, start, end })[0];
}

/** Zeros before and after along an axis. */
export function pad(x: Tensor, axis: number, before: number, after: number): Tensor {
  return before === 0 && after === 0 ? x : build("pad", [x], { axis: fromFront(x, axis), before, after })[0];
}

/** Tensors of one shape, along a new axis. */
export function stack(parts: readonly Tensor[], axis: number): Tensor {
  return concat(
    parts.map((part) => reshape(part, [...part.shape.slice(0, axis), 1, ...part.shape.slice(axis)])),
    axis,
  );
}

function resized({ shape, type }: Spec, axis: number, length: number): Spec {
  return { shape: shape.map((old, at) => (at === axis ? length : old)), type };
}

function fromFront(x: Tensor, axis: number): number {
  return axisOf(axis, x.shape.length) ?? axis;
}
