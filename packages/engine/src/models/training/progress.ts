/** What whoever waits for a training is told, and how they stop it: the same for every network. */
import type { ModelFitOptions } from "../../core/model.ts";
import type { TrainOptions } from "../../nn/train/options.ts";

/** Progress is told after each epoch with its loss and what it reached on validation, in words. */
export type TrainingHooks = Pick<ModelFitOptions, "signal" | "onProgress" | "onRemark" | "onEpoch">;

/** These as options of `train`. */
export function progressOf(
  { signal, onProgress, onEpoch }: TrainingHooks,
  { epochs }: { readonly epochs: number },
): Pick<TrainOptions, "signal" | "onStep" | "onEpoch"> {
  return {
    signal,
    onStep: ({ epoch, batch, batches }) => {
      if (batches !== undefined) onProgress?.((epoch - 1 + batch / batches) / epochs);
    },
    onEpoch: (report, isEarlier) => {
      const { epoch, loss, metrics } = report;
      onEpoch?.(report);
      if (isEarlier) return;
      const reached = Object.entries(metrics).map(([name, value]) => `, ${name} ${value.toFixed(4)} on validation`);
      onProgress?.(epoch / epochs, `epoch ${epoch}: loss ${loss.toFixed(4)}${reached.join("")}`);
    },
  };
}
