/** The process that fits and ranks with one recommender. */
import { assert } from "../../base/errors.ts";
import { measureModel } from "../../evaluate/measure.ts";
import { splitDataset } from "../../evaluate/splits/split.ts";
import { recommenderModels } from "../../models/all.ts";
import { answerJob } from "./answer-job.ts";
import type { JobRequest } from "./jobs.ts";
import type { RankingJob, RankingJobData } from "./ranking-job.ts";

answerJob((request, onProgress) => {
  const { job, checkpoint, dataset, protocol } = request as JobRequest<RankingJob> & RankingJobData;
  const model = recommenderModels.find(({ name }) => name === job.model);
  assert(model !== undefined, `${job.model} is one of the models`);
  return measureModel(model, dataset, splitDataset(dataset, protocol), { ...job, checkpoint, onProgress });
});
