/** The process that fits and ranks with one recommender. */
import { assert } from "../../base/errors.ts";
import type { Dataset } from "../../core/dataset.ts";
import { type Measurement, type MeasureOptions, measureModel } from "../../evaluate/measure.ts";
import type { Protocol } from "../../evaluate/splits/protocol.ts";
import { splitDataset } from "../../evaluate/splits/split.ts";
import { recommenderModels } from "../../models/all.ts";
import { answerJob } from "./answer-job.ts";
import type { Job, JobCost, JobRequest } from "./jobs.ts";

export interface RankingJob extends Job, Pick<MeasureOptions, "ks"> {}

export type RankingResult = Measurement & JobCost;

export interface RankingJobData {
  /** As the protocol takes it, filters applied. */
  readonly dataset: Dataset;
  readonly protocol: Protocol;
}

answerJob(({ job, checkpoint, dataset, protocol }: JobRequest<RankingJob> & RankingJobData, onProgress) => {
  const model = recommenderModels.find(({ name }) => name === job.model);
  assert(model !== undefined, `${job.model} is one of the models`);
  return measureModel(model, dataset, splitDataset(dataset, protocol), { ...job, checkpoint, onProgress });
});
