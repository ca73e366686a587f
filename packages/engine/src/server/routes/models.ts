/** Trained models and the jobs that train them: for keys with the scope `admin`, reading included. */
import {
  idParameters,
  jobList,
  modelList,
  registeredModelDetail,
  trainableList,
  trainingBody,
  trainingJob,
  trainingJobDetail,
} from "@penchant/protocol";
import type { Server } from "../wire.ts";

const tags = ["Models"];
const config = { scope: "admin" } as const;

export function modelRoutes(server: Server): void {
  server.post(
    "/v1/train",
    {
      schema: {
        operationId: "train",
        tags,
        summary: "Train a recommender on the log",
        description:
          "Answers at once with the job; its progress and what came of it are asked of the job. The model is kept beside those that there are, and scores once it is promoted.",
        body: trainingBody,
        response: { 202: trainingJob },
      },
      config,
    },
    async (request, reply) => {
      const { model, config: settings, seed, promote } = request.body;
      const job = await request.engine.models.startTraining({
        model,
        ...(settings !== undefined && { config: settings }),
        ...(seed !== undefined && { seed }),
        ...(promote !== undefined && { promote }),
      });
      return reply.code(202).send(job);
    },
  );

  server.get(
    "/v1/train",
    {
      schema: {
        operationId: "listTrainable",
        tags,
        summary: "The recommenders that can be trained, with their settings",
        response: { 200: trainableList },
      },
      config,
    },
    async (request) => ({ models: await request.engine.models.trainable() }),
  );

  server.get(
    "/v1/jobs",
    {
      schema: {
        operationId: "listJobs",
        tags,
        summary: "The trainings under way and over",
        description: "Of those that are over, the last since the server started.",
        response: { 200: jobList },
      },
      config,
    },
    async (request) => ({ jobs: request.engine.models.jobs() }),
  );

  server.get(
    "/v1/jobs/:id",
    {
      schema: {
        operationId: "getJob",
        tags,
        summary: "How far a training is, with its curve",
        params: idParameters,
        response: { 200: trainingJobDetail },
      },
      config,
    },
    async (request) => request.engine.models.job(request.params.id),
  );

  server.delete(
    "/v1/jobs/:id",
    {
      schema: {
        operationId: "cancelJob",
        tags,
        summary: "Stop a training",
        description: "Answers when it has stopped. One that is over stays as it is.",
        params: idParameters,
        response: { 200: trainingJob },
      },
      config,
    },
    (request) => request.engine.models.cancelJob(request.params.id),
  );

  server.get(
    "/v1/models",
    {
      schema: {
        operationId: "listModels",
        tags,
        summary: "The trained models, and which one scores",
        response: { 200: modelList },
      },
      config,
    },
    async (request) => request.engine.models.list(),
  );

  server.get(
    "/v1/models/:id",
    {
      schema: {
        operationId: "getModel",
        tags,
        summary: "A trained model, with the curve of its training",
        params: idParameters,
        response: { 200: registeredModelDetail },
      },
      config,
    },
    (request) => request.engine.models.get(request.params.id),
  );

  server.post(
    "/v1/models/:id/promote",
    {
      schema: {
        operationId: "promoteModel",
        tags,
        summary: "Make a model the one that scores",
        description: "From the next recommendation on. A model that is damaged is refused, and all stays as it was.",
        params: idParameters,
        response: { 200: modelList },
      },
      config,
    },
    (request) => request.engine.models.promote(request.params.id),
  );

  server.post(
    "/v1/models/rollback",
    {
      schema: {
        operationId: "rollbackModel",
        tags,
        summary: "Take the last promotion back",
        description: "The model before it scores again; none, where there was none.",
        response: { 200: modelList },
      },
      config,
    },
    (request) => request.engine.models.rollback(),
  );
}
