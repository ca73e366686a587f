/** Between the parts of a long fit: tells how far it is, lets other work run, and stops where it was asked to. */
import { setImmediate } from "node:timers/promises";
import type { ModelFitOptions } from "../core/model.ts";

/** @returns to be awaited after each part with the share done, 0 to 1; rejects with the signal's reason */
export function paceOf({ signal, onProgress }: ModelFitOptions): (done: number, note?: string) => Promise<void> {
  return async (done, note) => {
    onProgress?.(done, note);
    await setImmediate();
    signal?.throwIfAborted();
  };
}
