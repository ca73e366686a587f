/** Where a sequence model is trained: what takes less time than starting a thread in place, on one core, and else in a thread. */
import { trainInThread } from "../training/in-thread.ts";
import type { TrainingHooks } from "../training/progress.ts";
import type { Weights } from "../training/weights.ts";
import { type SequenceJob, trainSequences } from "./training.ts";

/** Examples times epochs times the square of the width: up to it, a training takes about a second at most. */
const workInPlaceMax = 2e8;

/** As `trainSequences`. Rejects with the signal's reason where it stopped the training. */
export function fitSequences(job: SequenceJob, hooks: TrainingHooks): Promise<Weights> {
  const { config, data } = job;
  const examples = data.sequences.reduce((sum, { items }) => sum + items.length, 0);
  if (examples * config.epochs * config.width ** 2 > workInPlaceMax) return trainInThread("sequence", job, hooks);
  return trainSequences({ ...job, config: { ...job.config, threads: 1 } }, hooks);
}
