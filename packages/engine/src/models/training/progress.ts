/** What whoever waits for a training is told, and how they stop it: the same for every network. */
import type { TrainOptions } from "../../nn/train/options.ts";

export interface TrainingHooks {
  readonly signal?: AbortSignal | undefined;
  /** The part done, 0 to 1; after each epoch with its loss and what it reached on validation, in words. */
  readonly onProgress?: ((done: number, note?: string) => void) | undefined;
}

/** These as options of `train`. */
export function progressOf(
  { signal, onProgress }: TrainingHooks,
  { epochs }: { readonly epochs: number },
): Pick<TrainOptions, "signal" | "onStep" | "onEpoch"> {
  return {
    signal,
    onStep: ({ epoch, batch, batches }) => {
      if (batches !== undefined) onProgress?.((epoch - 1 + batch / batches) / epochs);
    },
    onEpoch: ({ epoch, loss, metrics }) => {
      const reached = Object.entries(metrics).map(([name, value]) => `, ${name} ${value.toFixed(4)} on validation`);
      onProgress?.(epoch / epochs, `epoch ${epoch}: loss ${loss.toFixed(4)}${reached.join("")}`);
    },
  };
}
