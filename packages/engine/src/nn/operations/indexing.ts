/**
 * Reading rows by number and adding to them, which are each other's gradients; and the same for single elements of each
 * row.
 */
import { builder, type None, type Rules } from "../rule.ts";
import { fill, type Shape, type Tensor } from "../tensor.ts";
import { reshape } from "./broadcasting.ts";
import { cast } from "./logic.ts";

interface Operations {
  gather: None;
  scatterAdd: None;
  gatherAlong: None;
  scatterAlong: None;
}

export const indexing: Rules<Operations> = {
  gather: {
    shape: ([table, indices]) => {
      if (!isIndex(indices)) return `the indices are ${indices.type} and not int32 or int64`;
      if (table.shape.length === 0) return "a scalar has no rows";
      return { shape: [...indices.shape, ...table.shape.slice(1)], type: table.type };
    },
    gradient: ({ inputs: [table, indices] }, [dy]) => [scatterAdd(indices, dy, table.shape[0]), undefined],
    onnx: () => ({ op: "Gather", attributes: { axis: 0 } }),
  },
  scatterAdd: {
    shape: ([zeros, indices, updates]) => {
      const fits = indices.shape[0] === updates.shape[0] && indices.type === "int64";
      return fits ? zeros : `${indices.shape[0]} rows are named, ${updates.shape[0]} came`;
    },
    gradient: ({ inputs: [, indices] }, [dy]) => [undefined, undefined, gather(dy, reshape(indices, [-1]))],
    onnx: () => ({ op: "ScatterND", attributes: { reduction: "add" } }),
  },
  gatherAlong: {
    shape: ([x, indices]) =>
      isIndex(indices) && leadingEqual(x.shape, indices.shape)
        ? { shape: indices.shape, type: x.type }
        : "the indices are not integers with the same leading axes",
    gradient: ({ inputs: [x, indices] }, [dy]) => [
      build("scatterAlong", [fill(0, x.shape, x.type), indices, dy], {})[0],
      undefined,
    ],
    onnx: () => ({ op: "GatherElements", attributes: { axis: -1 } }),
  },
  scatterAlong: {
    shape: ([zeros]) => zeros,
    gradient: ({ inputs: [, indices] }, [dy]) => [undefined, undefined, gatherAlong(dy, indices)],
    onnx: () => ({ op: "ScatterElements", attributes: { axis: -1, reduction: "add" } }),
  },
};

const build = builder(indexing);

/** Rows of a table by number: [rows, ...] and [n, m] is [n, m, ...]. A negative number counts from the end. */
export function gather(table: Tensor, indices: Tensor): Tensor {
  return build("gather", [table, indices], {})[0];
}

/** A table of zeros with `updates` added to the rows of these numbers; a row named twice gets both. */
export function scatterAdd(indices: Tensor, updates: Tensor, rows: number): Tensor {
  const rowShape = updates.shape.slice(indices.shape.length);
  const numbers = cast(reshape(indices, [-1, 1]), "int64");
  const zeros = fill(0, [rows, ...rowShape], updates.type);
  return build("scatterAdd", [zeros, numbers, reshape(updates, [numbers.shape[0], ...rowShape])], {})[0];
}

/** From each row of the last axis the elements of these numbers: [..., n] and [..., k] is [..., k]. */
export function gatherAlong(x: Tensor, indices: Tensor): Tensor {
  return build("gatherAlong", [x, indices], {})[0];
}

function isIndex({ type }: Tensor): boolean {
  return type === "int32" || type === "int64";
}

function leadingEqual(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.slice(0, -1).every((length, axis) => length === b[axis]);
}
