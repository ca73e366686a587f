/**
 * How a parameter follows its gradient, as part of the graph of a training step: what an optimiser remembers (its slots)
 * comes in beside the parameter and goes out renewed, so that a step is one run and copies nothing. What changes from step
 * to step (the rate, corrections of young averages) is computed in double precision outside and fed as scalars.
 */
import { PenchantError } from "../../base/errors.ts";
import { add, div, mul, sqrt, sub } from "../operations/elementwise.ts";
import type { Tensor } from "../tensor.ts";

/** What one parameter's update is computed from. */
export interface UpdateOperands {
  readonly parameter: Tensor;
  readonly gradient: Tensor;
  /** What the optimiser remembers of this parameter, in the order of its `slots`; zeros at first. */
  readonly slots: readonly Tensor[];
  readonly scalars: Readonly<Record<string, Tensor>>;
}

export interface Optimiser {
  readonly name: string;
  /** What makes it the optimiser that it is; a training resumes with the same settings only. */
  readonly settings: Readonly<Record<string, number>>;
  readonly slots: readonly string[];
  /** The slot with the weights that a training gives, where they are not the parameters themselves. */
  readonly weightsSlot?: string;
  /** The scalars of a step, counted from 1, at a learning rate. Their names do not depend on the step. */
  readonly scalars: (step: number, rate: number) => Readonly<Record<string, number>>;
  readonly update: (operands: UpdateOperands) => { readonly parameter: Tensor; readonly slots: readonly Tensor[] };
}

/** Gradient descent; with momentum, the step is the decaying sum of gradients (Sutskever et al., ICML 2013). */
export function sgd({ momentum = 0 }: { readonly momentum?: number } = {}): Optimiser {
  inRange("sgd", { momentum });
  const settings = { momentum };
  const scalars = (_: number, rate: number) => ({ rate });
  if (momentum === 0) {
    const update = ({ parameter, gradient, scalars: { rate } }: UpdateOperands) => ({
      parameter: sub(parameter, mul(rate, gradient)),
      slots: [],
    });
    return { name: "sgd", settings, slots: [], scalars, update };
  }
  return {
    name: "sgd",
    settings,
    slots: ["velocity"],
    scalars,
    update: ({ parameter, gradient, slots: [before], scalars: { rate } }) => {
      const velocity = add(mul(momentum, before), gradient);
      return { parameter: sub(parameter, mul(rate, velocity)), slots: [velocity] };
    },
  };
}

export interface AdamOptions {
  /** Decay of the mean of gradients. Default .9. */
  readonly beta1?: number;
  /** Decay of the mean of squared gradients. Default .999. */
  readonly beta2?: number;
  /** Keeps the division finite. Default 1e-8. */
  readonly epsilon?: number;
}

/** The settings of Adam where none are given. */
export const adamDefaults = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 } as const satisfies Required<AdamOptions>;

/** Steps scaled by the running mean and mean square of the gradients (Kingma and Ba, ICLR 2015). */
export function adam(options: AdamOptions = {}): Optimiser {
  return adaptive("adam", { ...adamDefaults, ...options }, 0);
}

/** Adam that also shrinks each parameter by rate * weightDecay (Loshchilov and Hutter, ICLR 2019). Default decay .01. */
export function adamW({
  weightDecay = 0.01,
  ...options
}: AdamOptions & { readonly weightDecay?: number } = {}): Optimiser {
  return adaptive("adamW", { ...adamDefaults, ...options }, weightDecay);
}

function adaptive(name: string, adamOptions: Required<AdamOptions>, weightDecay: number): Optimiser {
  const { beta1, beta2, epsilon } = adamOptions;
  inRange(name, { beta1, beta2 });
  return {
    name,
    settings: { beta1, beta2, epsilon, weightDecay },
    slots: ["mean", "meanSquare"],
    scalars: (step, rate) => ({
      ...adamScalars(step, rate, adamOptions),
      ...(weightDecay > 0 && { keep: 1 - rate * weightDecay }),
    }),
    update: ({ parameter, gradient, slots: [meanBefore, meanSquareBefore], scalars }) => {
      const mean = add(mul(beta1, meanBefore), mul(1 - beta1, gradient));
      const meanSquare = add(mul(beta2, meanSquareBefore), mul(mul(1 - beta2, gradient), gradient));
      const change = div(mul(scalars.rate, mean), add(mul(scalars.rootCorrection, sqrt(meanSquare)), epsilon));
      const kept = weightDecay > 0 ? mul(scalars.keep, parameter) : parameter;
      return { parameter: sub(kept, change), slots: [mean, meanSquare] };
    },
  };
}

/** Both averages start at zero; dividing them by 1 - beta^step makes up for it. */
export function adamScalars(
  step: number,
  rate: number,
  { beta1, beta2 }: { readonly beta1: number; readonly beta2: number },
): { readonly rate: number; readonly rootCorrection: number } {
  return { rate: rate / (1 - beta1 ** step), rootCorrection: 1 / Math.sqrt(1 - beta2 ** step) };
}

function inRange(optimiser: string, decays: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(decays)) {
    if (value >= 0 && value < 1) continue;
    throw new PenchantError(
      "PENCHANT_E_CONFIG",
      `${optimiser}: ${name} must be at least 0 and below 1; came ${value}.`,
      {
        details: { optimiser, name, value },
      },
    );
  }
}
