/**
 * The mean of the weights on the way instead of the last ones (Polyak and Juditsky, SIAM Journal on Control and
 * Optimization 1992): what the noise of single steps does to them cancels out, as a lower learning rate would do it, but
 * the training goes on at full rate. The mean is exponential, so that early weights are forgotten:
 *
 *   average <- average + (1 - d) (parameter - average)      with d = min(decay, (step - 1) / step)
 *
 * Up to 1 / (1 - decay) steps that is the plain mean of all of them, and nothing has to be corrected at the beginning.
 */
import { PenchantError } from "../../base/errors.ts";
import { add, mul, sub } from "../operations/elementwise.ts";
import type { Optimiser } from "./optimiser.ts";

const slot = "average";

/** An optimiser whose trainings are validated with, and give, averaged weights. Tables outside of the graph are not averaged. */
export function averaged(optimiser: Optimiser, { decay }: { readonly decay: number }): Optimiser {
  if (!(decay >= 0 && decay < 1)) {
    throw new PenchantError("PENCHANT_E_CONFIG", `averaged: decay must be at least 0 and below 1; came ${decay}.`, {
      details: { optimiser: optimiser.name, decay },
    });
  }
  return {
    name: `averaged ${optimiser.name}`,
    settings: { ...optimiser.settings, averagingDecay: decay },
    slots: [...optimiser.slots, slot],
    weightsSlot: slot,
    scalars: (step, rate) => ({
      ...optimiser.scalars(step, rate),
      averageRate: 1 - Math.min(decay, (step - 1) / step),
    }),
    update(operands) {
      const before = operands.slots[operands.slots.length - 1];
      const { parameter, slots } = optimiser.update({ ...operands, slots: operands.slots.slice(0, -1) });
      const average = add(before, mul(operands.scalars.averageRate, sub(parameter, before)));
      return { parameter, slots: [...slots, average] };
    },
  };
}
