/**
 * Runs a graph. `compile` emits the model, hands it to ONNX Runtime and checks every feed before it gets there. Results are
 * written into memory that is allocated once, or that the caller gives (so that an optimiser's new state lands where the
 * next step reads it). The runtime computes on the thread that calls it.
 */
import * as runtime from "onnxruntime-node";
import { PenchantError } from "../base/errors.ts";
import { type EmitOptions, emit } from "./emit.ts";
import { allocate, describeSpec, misfit, type Spec, type Tensor, type Values } from "./tensor.ts";

export interface DeviceOptions {
  /** Where to compute. `cuda` needs the runtime's CUDA libraries, `webgpu` a graphics driver. Default `cpu`. */
  readonly device?: "cpu" | "cuda" | "webgpu";
  /** Threads for one operation, 1 for results that are the same on every run. Default: one for each core. */
  readonly threads?: number;
  /** Whether threads wait for work by spinning: faster steps, and a busy core between them. Default true. */
  readonly spinning?: boolean;
}

export interface CompileOptions extends DeviceOptions, EmitOptions {}

export type Feeds = Readonly<Record<string, Values>>;

export interface Session<Name extends string = string> {
  /** What a run must be fed, by name. */
  readonly inputs: ReadonlyMap<string, Spec>;
  readonly outputs: ReadonlyMap<string, Spec>;
  /**
   * Computes the results. They are valid until the next run, which writes over them.
   *
   * @param into memory for results that shall be written elsewhere; it must not be fed to the same run
   * @throws PENCHANT_E_NN_FEED when a feed is missing, unknown, or of another type or size
   * @throws PENCHANT_E_NN_MEMORY when the machine has not enough memory
   */
  run(feeds: Feeds, into?: Feeds): Promise<Record<Name, Values>>;
  /** Gives the runtime's memory back. */
  close(): Promise<void>;
}

/**
 * @param outputs the wanted results, by name
 * @example
 * const x = input("x", [2, 3]);
 * const session = await compile({ y: mul(x, 2) });
 * const { y } = await session.run({ x: Float32Array.of(1, 2, 3, 4, 5, 6) });
 * @throws PENCHANT_E_NN_DEVICE when the device is not there
 */
export async function compile<Name extends string>(
  outputs: Readonly<Record<Name, Tensor>>,
  options: CompileOptions = {},
): Promise<Session<Name>> {
  const emission = emit(outputs, options, "backwards");
  return openSession<Name>(emission.model, emission.inputs, emission.outputs, options);
}

/** A session for a model whose inputs and outputs are known. */
async function openSession<Name extends string>(
  model: Uint8Array,
  inputs: ReadonlyMap<string, Spec>,
  outputs: ReadonlyMap<string, Spec>,
  options: DeviceOptions,
): Promise<Session<Name>> {
  const session = await createSession(model, options);
  const own: Feeds = Object.fromEntries([...outputs].map(([name, spec]) => [name, allocate(spec)]));
  let closed = false;
  const wrapped = new WeakMap<Values, Map<Spec, runtime.Tensor>>();

  /** The runtime's view of an array, made once: parameters come again at every step. */
  const wrap = (spec: Spec, values: Values): runtime.Tensor => {
    const views = wrapped.get(values) ?? new Map<Spec, runtime.Tensor>();
    wrapped.set(values, views);
    const view = views.get(spec) ?? new runtime.Tensor(spec.type as "float32", values as Float32Array, spec.shape);
    views.set(spec, view);
    return view;
  };

  return {
    inputs,
    outputs,
    async run(feeds, into = {}) {
      if (closed) throw new PenchantError("PENCHANT_E_CLOSED", "The session of this graph is closed.");
      checkFeeds("feed", inputs, feeds);
      for (const name of inputs.keys()) if (!(name in feeds)) throw missing(name, inputs.get(name) as Spec);
      checkFeeds("result", outputs, into);
      const results = { ...own, ...into };
      const view = (specs: ReadonlyMap<string, Spec>, values: Feeds) =>
        Object.fromEntries([...specs].map(([name, spec]) => [name, wrap(spec, values[name])]));
      await session.run(view(inputs, feeds), view(outputs, results)).catch((cause: unknown) => {
        throw runFailure(cause);
      });
      return results as Record<Name, Values>;
    },
    async close() {
      if (closed) return;
      closed = true;
      await session.release();
    },
  };
}

async function createSession(model: Uint8Array, options: DeviceOptions): Promise<runtime.InferenceSession> {
  const { device = "cpu", threads, spinning = true } = options;
  try {
    return await runtime.InferenceSession.create(model, {
      executionProviders: [device],
      ...(threads !== undefined && { intraOpNumThreads: threads }),
      // What goes wrong is thrown; nothing of it has to be printed as well.
      logSeverityLevel: 4,
      extra: { session: { intra_op: { allow_spinning: spinning ? "1" : "0" } } },
    });
  } catch (cause) {
    // A model that fits the processor but not the device asked for: it is the device that is missing.
    if (device === "cpu" || isAllocation(cause)) throw runFailure(cause);
    throw new PenchantError(
      "PENCHANT_E_NN_DEVICE",
      `The device "${device}" cannot be used here: ${messageOf(cause)}. Use "cpu", or install what the device needs.`,
      { details: { device }, cause },
    );
  }
}

function checkFeeds(kind: string, specs: ReadonlyMap<string, Spec>, values: Feeds): void {
  for (const [name, value] of Object.entries(values)) {
    const spec = specs.get(name);
    if (spec === undefined) {
      throw feedFailure(name, `There is no ${kind} "${name}"; there are ${[...specs.keys()].join(", ") || "none"}.`);
    }
    const problem = misfit(spec, value);
    if (problem !== undefined) throw feedFailure(name, `The ${kind} "${name}" ${problem}.`);
  }
}

function missing(name: string, spec: Spec): PenchantError {
  return feedFailure(name, `The feed "${name}", ${describeSpec(spec)}, is missing.`);
}

function feedFailure(name: string, message: string): PenchantError {
  return new PenchantError("PENCHANT_E_NN_FEED", message, { details: { name } });
}

function runFailure(cause: unknown): PenchantError {
  const message = messageOf(cause);
  if (isAllocation(cause)) {
    return new PenchantError("PENCHANT_E_NN_MEMORY", `There is not enough memory for this graph: ${message}.`, {
      cause,
    });
  }
  if (/out of (data )?bounds|invalid ind/i.test(message)) {
    return new PenchantError("PENCHANT_E_NN_FEED", `An index lies outside of its table: ${message}.`, { cause });
  }
  return new PenchantError("PENCHANT_E_INTERNAL", `ONNX Runtime refused the graph: ${message}.`, { cause });
}

function isAllocation(cause: unknown): boolean {
  return /bad.?alloc|failed to allocate|out of memory/i.test(messageOf(cause));
}

function messageOf(cause: unknown): string {
  return (cause instanceof Error ? cause.message : String(cause)).trim().replace(/\.$/, "");
}
