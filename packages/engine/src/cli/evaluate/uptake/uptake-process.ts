/** The process that fits one model of uptake and asks it. */
import { assert } from "../../../base/errors.ts";
import type { Dataset } from "../../../core/dataset.ts";
import { measureUptake, type UptakeMeasurement } from "../../../evaluate/uptake/measure.ts";
import { uptakeModels } from "../../../models/uptake/all.ts";
import { answerJob } from "../answer-job.ts";
import type { Job, JobCost, JobRequest } from "../jobs.ts";
import type { UptakeProtocol } from "./protocol.ts";
import { uptakeTables } from "./tables.ts";

export type UptakeResult = UptakeMeasurement & JobCost;

export interface UptakeJobData {
  /** With the people whom the protocol takes. */
  readonly dataset: Dataset;
  readonly protocol: UptakeProtocol;
}

answerJob((request, onProgress) => {
  const { job, checkpoint, dataset, protocol } = request as JobRequest<Job> & UptakeJobData;
  const model = uptakeModels.find(({ name }) => name === job.model);
  assert(model !== undefined, `${job.model} is one of the models`);
  return measureUptake(model, uptakeTables(dataset, protocol), { ...job, checkpoint, onProgress });
});
