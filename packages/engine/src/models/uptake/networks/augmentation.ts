/**
 * Windows as they might also have been, drawn anew at every epoch (crop, mask and reorder of Xie et al., Contrastive Learning
 * for Sequential Recommendation, ICDE 2022, here on what a question is answered from): a network that sees them cannot lean on
 * one event, or on an exact order.
 */
import type { UptakeTrainingConfig } from "./settings.ts";

export type Augmentation = Pick<UptakeTrainingConfig, "crop" | "mask" | "reorder">;

export function augments({ crop, mask, reorder }: Augmentation): boolean {
  return crop > 0 || mask > 0 || reorder > 0;
}

/**
 * @param from the first event
 * @param to up to, not including
 * @param draw uniform among 0, 1, ..., count - 1
 * @returns events in the order in which they are to be read, -1 less those for events whose item is hidden
 */
export function augmented(
  [from, to]: readonly [number, number],
  { crop, mask, reorder }: Augmentation,
  draw: (count: number) => number,
): number[] {
  const whole = to - from;
  const kept = whole - draw(1 + Math.floor(crop * whole));
  const first = from + draw(1 + whole - kept);
  const events = Array.from({ length: kept }, (_, step) => first + step);
  const moved = Math.floor(reorder * kept);
  const start = draw(1 + kept - moved);
  // A shuffle (Fisher and Yates) of one part.
  for (let place = moved - 1; place > 0; place--) {
    const other = draw(place + 1);
    [events[start + place], events[start + other]] = [events[start + other], events[start + place]];
  }
  return mask === 0 ? events : events.map((event) => (draw(2 ** 32) < mask * 2 ** 32 ? -1 - event : event));
}
