/** One recommender to fit and rank with, what its process is told and what it answers. */
import type { Dataset } from "../../core/dataset.ts";
import type { Measurement, MeasureOptions } from "../../evaluate/measure.ts";
import type { Protocol } from "../../evaluate/splits/protocol.ts";
import type { Job, JobCost } from "./jobs.ts";

export interface RankingJob extends Job, Pick<MeasureOptions, "ks"> {}

export type RankingResult = Measurement & JobCost;

export interface RankingJobData {
  /** As the protocol takes it, filters applied. */
  readonly dataset: Dataset;
  readonly protocol: Protocol;
}

export const rankingProgram = new URL("./ranking-process.ts", import.meta.url);
