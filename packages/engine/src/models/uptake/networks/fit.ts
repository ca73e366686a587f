/** Where a network is trained: what takes less time than starting a thread in place, on one core, and else in a thread. */
import { trainInThread } from "../../training/in-thread.ts";
import type { TrainingHooks } from "../../training/progress.ts";
import type { Weights } from "../../training/weights.ts";
import { trainUptake, type UptakeJob } from "./training.ts";

/** Numbers that windows have over all epochs: up to it, a training takes about a second at most. */
const workInPlaceMax = 2e7;

/** As `trainUptake`. Rejects with the signal's reason where it stopped the training. */
export function fitUptake(job: UptakeJob, hooks: TrainingHooks): Promise<Weights> {
  const { config, reading, train } = job;
  const work = train.labels.length * config.epochs * (reading.columns.length + reading.length * config.width);
  if (work > workInPlaceMax) return trainInThread("uptake", job, hooks);
  return trainUptake({ ...job, config: { ...config, threads: 1 } }, hooks);
}
