/** What a fit tells on its way; between the parts of a long one other work runs, and it stops where it was asked to. */
import { setImmediate } from "node:timers/promises";
import type { ModelFitOptions } from "../core/model.ts";

/** Tells what is to be known of a fit after it, and while it is under way. */
export function remark(
  { onProgress, onRemark }: Pick<ModelFitOptions, "onProgress" | "onRemark">,
  done: number,
  words: string,
): void {
  onProgress?.(done, words);
  onRemark?.(words);
}

/** @returns to be awaited after each part with the share done, 0 to 1; rejects with the signal's reason */
export function paceOf({ signal, onProgress }: ModelFitOptions): (done: number, note?: string) => Promise<void> {
  return async (done, note) => {
    onProgress?.(done, note);
    await setImmediate();
    signal?.throwIfAborted();
  };
}
