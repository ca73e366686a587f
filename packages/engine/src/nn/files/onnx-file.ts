/**
 * Runs a network that was made elsewhere, from its ONNX file: shapes are whatever it takes. What is made here goes through
 * `session.ts`, which knows its shapes beforehand.
 */
import * as runtime from "onnxruntime-node";
import { PenchantError } from "../../base/errors.ts";
import type { Shape, Values } from "../tensor.ts";

export interface ShapedValues {
  readonly shape: Shape;
  /** Row-major; `int64` as 64-bit integers. */
  readonly values: Values;
}

export interface OnnxFile {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** @throws PENCHANT_E_NN_FEED when the network does not take this, or cannot be computed */
  run(feeds: Readonly<Record<string, ShapedValues>>): Promise<Record<string, ShapedValues>>;
  close(): Promise<void>;
}

/**
 * @param options.threads for one operation. Default: one for each core
 * @throws PENCHANT_E_NN_FEED when it is no network that ONNX Runtime can run
 */
export async function openOnnxFile(path: string, options: { readonly threads?: number } = {}): Promise<OnnxFile> {
  const failed = (what: string, cause: unknown) =>
    new PenchantError("PENCHANT_E_NN_FEED", `${what}: ${cause instanceof Error ? cause.message : String(cause)}`, {
      details: { name: path },
      cause,
    });
  const session = await runtime.InferenceSession.create(path, {
    ...(options.threads !== undefined && { intraOpNumThreads: options.threads }),
    logSeverityLevel: 4,
    extra: { session: { intra_op: { allow_spinning: "0" } } },
  }).catch((cause: unknown) => {
    throw failed("The network cannot be opened", cause);
  });
  return {
    inputs: session.inputNames,
    outputs: session.outputNames,
    async run(feeds) {
      const types = { BigInt64Array: "int64", Int32Array: "int32", Float32Array: "float32" } as const;
      const tensors = Object.entries(feeds).map(([name, { shape, values }]) => {
        const type = types[values.constructor.name as keyof typeof types];
        return [name, new runtime.Tensor(type as "float32", values as Float32Array, shape)] as const;
      });
      const results = await session.run(Object.fromEntries(tensors)).catch((cause: unknown) => {
        throw failed("The network cannot be computed", cause);
      });
      return Object.fromEntries(
        Object.entries(results).map(([name, { dims, data }]) => [name, { shape: dims, values: data as Values }]),
      );
    },
    close: () => session.release(),
  };
}
