/** Cuts side by side, a thread for each, as many at once as are allowed. */
import { Worker } from "node:worker_threads";
import type { CutScores } from "./cut.ts";
import type { Learning } from "./forecaster.ts";

export interface CutJob {
  readonly folder: string;
  /** Of `findScenarios`. */
  readonly dataset: string;
  /** Place among the scenario's cuts. */
  readonly cut: number;
  readonly learning: Omit<Learning, "horizonDays">;
}

/** @returns the scores in the order of the jobs */
export async function scoreCuts(jobs: readonly CutJob[], threads: number): Promise<CutScores[]> {
  const scores: CutScores[] = [];
  let next = 0;
  const workOff = async (): Promise<void> => {
    while (next < jobs.length) {
      const place = next++;
      scores[place] = await inThread(jobs[place]);
    }
  };
  await Promise.all(Array.from({ length: threads }, workOff));
  return scores;
}

function inThread(job: CutJob): Promise<CutScores> {
  const worker = new Worker(new URL("./cut-worker.ts", import.meta.url), { workerData: job });
  return new Promise((resolve, reject) => {
    worker.once("message", resolve);
    worker.once("error", reject);
    worker.once("exit", (code) => reject(new Error(`The thread of ${job.dataset} ended early, with ${code}.`)));
  });
}
