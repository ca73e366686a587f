/**
 * A training step as one graph: the loss, its gradients, their norm, and every parameter and every slot of the optimiser
 * renewed. The state lives in two sets of arrays. A step reads one set and writes the other, then they change places, so
 * that nothing is copied, and what a step started from is still there when the step turns out to be bad.
 *
 * Networks for several shapes of batches (buckets) share the state: their parameters go by name.
 */
import { PenchantError } from "../../base/errors.ts";
import { gradients } from "../gradients.ts";
import { inOrder } from "../graph.ts";
import { clipByGlobalNorm, globalNorm } from "../optimisers/clip.ts";
import type { Optimiser } from "../optimisers/optimiser.ts";
import { parameterName, parametersOf } from "../parameters.ts";
import { compile, type DeviceOptions, type Feeds, type Session } from "../session.ts";
import { describe, input, type Spec, sameShape, type Tensor, type Values } from "../tensor.ts";

export interface StepOptions extends DeviceOptions {
  readonly optimiser: Optimiser;
  /** Gradients are scaled down together to this norm where theirs is larger. Default: they are left as they are. */
  readonly clipGlobalNorm?: number | undefined;
  /** Inputs that hold rows of tables kept outside of the graph: their gradients come out. */
  readonly tables?: readonly string[];
}

export interface StepResult {
  readonly loss: number;
  /** Before clipping. */
  readonly gradientNorm: number;
  /** Gradients by the inputs in `tables`, after clipping; valid until the next step. */
  readonly rowGradients: Readonly<Record<string, Float32Array>>;
}

/** What a training changes, by name: parameters, and the optimiser's slots as `parameter/slot`. */
export interface TrainingState {
  readonly current: Readonly<Record<string, Values>>;
  readonly next: Readonly<Record<string, Values>>;
}

/** The parameters of networks that share them by name, in the order of their names. */
export function sharedParameters(losses: readonly Tensor[]): Map<string, Tensor> {
  const found = new Map<string, Tensor>();
  for (const tensor of parametersOf(...losses)) {
    const name = parameterName(tensor);
    const other = found.get(name);
    if (other !== undefined && !(sameShape(other.shape, tensor.shape) && other.type === tensor.type)) {
      throw new PenchantError(
        "PENCHANT_E_NN_GRAPH",
        `Networks that share parameters must agree: one has ${describe(other)}, another ${describe(tensor)}.`,
      );
    }
    found.set(name, tensor);
  }
  return new Map([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
}

export function slotName(parameter: string, slot: string): string {
  return `${parameter}/${slot}`;
}

/** The state that begins with these parameters. */
export function beginState(parameters: Readonly<Record<string, Values>>, optimiser: Optimiser): TrainingState {
  const current: Record<string, Values> = {};
  for (const [name, values] of Object.entries(parameters)) {
    current[name] = values.slice();
    for (const slot of optimiser.slots) current[slotName(name, slot)] = emptied(values);
  }
  return {
    current,
    next: Object.fromEntries(Object.entries(current).map(([name, values]) => [name, emptied(values)])),
  };
}

export interface TrainingStep {
  /** What a batch must feed, tables' rows included. */
  readonly inputs: ReadonlyMap<string, Spec>;
  /** Computes one step from `current` into `next`; the caller lets them change places if the result is good. */
  run(feeds: Feeds, state: TrainingState, step: number, rate: number): Promise<StepResult>;
  close(): Promise<void>;
}

/** Compiles the step that makes this scalar loss smaller. */
export async function openStep(loss: Tensor, options: StepOptions): Promise<TrainingStep> {
  const { optimiser } = options;
  const { outputs, scalars, tables } = stepGraph(loss, options);
  const session: Session = await compile(outputs, options);
  const stateNames = [...session.outputs.keys()].filter((name) => name.startsWith(renewed));
  return {
    inputs: new Map([...session.inputs].filter(([name]) => !scalars.has(name) && !stateNames.includes(renewed + name))),
    async run(feeds, { current, next }, step, rate) {
      const all: Record<string, Values> = { ...feeds };
      for (const [name, value] of Object.entries(optimiser.scalars(step, rate))) {
        if (session.inputs.has(scalarName(name))) all[scalarName(name)] = Float32Array.of(value);
      }
      const into: Record<string, Values> = {};
      for (const name of stateNames) into[name] = next[name.slice(renewed.length)];
      for (const name of stateNames) {
        const own = name.slice(renewed.length);
        if (session.inputs.has(own)) all[own] = current[own];
      }
      const results = await session.run(all, into);
      return {
        loss: Number(results.loss[0]),
        gradientNorm: Number(results.gradientNorm[0]),
        rowGradients: Object.fromEntries(tables.map((name) => [name, results[`gradient of ${name}`] as Float32Array])),
      };
    },
    close: () => session.close(),
  };
}

const renewed = "next ";
const scalarName = (name: string) => `optimiser/${name}`;

function stepGraph(loss: Tensor, { optimiser, clipGlobalNorm, tables = [] }: StepOptions) {
  const parameters = sharedParameters([loss]);
  const rows = inOrder([loss]).filter(({ source }) => source.kind === "input" && tables.includes(source.name));
  if (parameters.size + rows.length === 0) {
    throw new PenchantError(
      "PENCHANT_E_NN_GRAPH",
      "The loss depends on no parameter and no table: there is nothing to train.",
    );
  }
  const raw = gradients(loss, [...parameters.values(), ...rows]);
  const norm = globalNorm(raw);
  const clipped = clipGlobalNorm === undefined ? raw : clipByGlobalNorm(raw, norm, clipGlobalNorm);
  const outputs: Record<string, Tensor> = { loss, gradientNorm: norm };
  const names = Object.keys(optimiser.scalars(1, 1));
  const scalars = Object.fromEntries(names.map((name) => [name, input(scalarName(name), [])]));
  for (const [index, [name, parameter]] of [...parameters].entries()) {
    const slots = optimiser.slots.map((slot) => input(slotName(name, slot), parameter.shape, parameter.type));
    const next = optimiser.update({ parameter, gradient: clipped[index], slots, scalars });
    outputs[renewed + name] = next.parameter;
    for (const [slot, slotOfNext] of next.slots.entries()) {
      outputs[renewed + slotName(name, optimiser.slots[slot])] = slotOfNext;
    }
  }
  const tableNames: string[] = [];
  for (const [index, { source }] of rows.entries()) {
    if (source.kind !== "input") continue;
    tableNames.push(source.name);
    outputs[`gradient of ${source.name}`] = clipped[parameters.size + index];
  }
  return { outputs, scalars: new Set(names.map(scalarName)), tables: tableNames };
}

function emptied(values: Values): Values {
  return new (values.constructor as new (length: number) => Values)(values.length);
}
