/**
 * The learning rate as a function of the step, counted from 1: up in a straight line over the warm-up steps, then constant,
 * or down to `rateAtEnd` at the last step in a straight line or along half a cosine (Loshchilov and Hutter, ICLR 2017).
 */
import { PenchantError } from "../../base/errors.ts";

export type Schedule = (step: number) => number;

export interface ConstantScheduleOptions {
  /** The highest learning rate. */
  readonly rate: number;
  /** The rate is reached at this step. Default 0: at once. */
  readonly warmUpSteps?: number;
}

export interface FallingScheduleOptions extends ConstantScheduleOptions {
  /** The step at which the rate has fallen; it stays there afterwards. */
  readonly totalSteps: number;
  /** Default 0. */
  readonly rateAtEnd?: number;
}

export function constantSchedule(options: ConstantScheduleOptions): Schedule {
  return warmedUp(options, () => options.rate);
}

export function linearSchedule(options: FallingScheduleOptions): Schedule {
  return falling(options, (part) => 1 - part);
}

export function cosineSchedule(options: FallingScheduleOptions): Schedule {
  return falling(options, (part) => (1 + Math.cos(Math.PI * part)) / 2);
}

function falling(options: FallingScheduleOptions, shape: (part: number) => number): Schedule {
  const { rate, warmUpSteps = 0, totalSteps, rateAtEnd = 0 } = options;
  if (!Number.isInteger(totalSteps) || totalSteps <= warmUpSteps) {
    throw invalid(`totalSteps must be a whole number above the ${warmUpSteps} of the warm-up; came ${totalSteps}.`);
  }
  if (!(rateAtEnd >= 0 && rateAtEnd <= rate)) throw invalid(`rateAtEnd must be from 0 to ${rate}; came ${rateAtEnd}.`);
  return warmedUp(options, (step) => {
    const part = Math.min(1, (step - warmUpSteps) / (totalSteps - warmUpSteps));
    return rateAtEnd + (rate - rateAtEnd) * shape(part);
  });
}

function warmedUp({ rate, warmUpSteps = 0 }: ConstantScheduleOptions, after: Schedule): Schedule {
  if (!(rate > 0 && Number.isFinite(rate))) throw invalid(`rate must be a number above 0; came ${rate}.`);
  if (!(Number.isInteger(warmUpSteps) && warmUpSteps >= 0)) {
    throw invalid(`warmUpSteps must be a whole number, 0 or more; came ${warmUpSteps}.`);
  }
  return (step) => (step < warmUpSteps ? (rate * step) / warmUpSteps : after(step));
}

function invalid(problem: string): PenchantError {
  return new PenchantError("PENCHANT_E_CONFIG", `Learning-rate schedule: ${problem}`);
}
