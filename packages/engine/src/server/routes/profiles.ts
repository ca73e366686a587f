/** Profiles: a user's interests now, at a past moment, or over a stretch of time; and what the user asks of them. */
import {
  changesQuery,
  historyQuery,
  idParameters,
  profile,
  profileChanges,
  profileHistory,
  profilePrompt,
  profileQuery,
  profileSeries,
  promptQuery,
  seriesQuery,
  steeredInterest,
  steeringBody,
  steeringParameters,
} from "@penchant/protocol";
import type { Server } from "../wire.ts";

const tags = ["Profiles"];

export function profileRoutes(server: Server): void {
  server.get(
    "/v1/users/:id/profile",
    {
      schema: {
        operationId: "getProfile",
        tags,
        summary: "A user's interests as a tree",
        params: idParameters,
        querystring: profileQuery,
        response: { 200: profile },
      },
    },
    (request) => request.engine.profile(request.params.id, request.query),
  );

  server.get(
    "/v1/users/:id/profile/history",
    {
      schema: {
        operationId: "getProfileHistory",
        tags,
        summary: "A user's profile at regular moments",
        params: idParameters,
        querystring: historyQuery,
        response: { 200: profileHistory },
      },
    },
    async (request) => {
      const { id } = request.params;
      const { step: stepMs, ...options } = request.query;
      return { user: id, stepMs, profiles: await request.engine.profileHistory(id, { ...options, stepMs }) };
    },
  );

  server.get(
    "/v1/users/:id/profile/series",
    {
      schema: {
        operationId: "getProfileSeries",
        tags,
        summary: "How a user's interests came and went",
        description:
          "The numbers of a chart: much smaller than the history, and able to look ahead, to what is expected if nothing further happens.",
        params: idParameters,
        querystring: seriesQuery,
        response: { 200: profileSeries },
      },
    },
    async (request) => {
      const { id } = request.params;
      const { step: stepMs, ...options } = request.query;
      return { user: id, stepMs, ...(await request.engine.profileSeries(id, { ...options, stepMs })) };
    },
  );

  server.get(
    "/v1/users/:id/profile/changes",
    {
      schema: {
        operationId: "getProfileChanges",
        tags,
        summary: "What changed in a user's profile between two moments",
        params: idParameters,
        querystring: changesQuery,
        response: { 200: profileChanges },
      },
    },
    (request) => request.engine.profileChanges(request.params.id, request.query),
  );

  server.get(
    "/v1/users/:id/profile/prompt",
    {
      schema: {
        operationId: "getProfilePrompt",
        tags,
        summary: "A user's profile in words, for the prompt of a language model",
        params: idParameters,
        querystring: promptQuery,
        response: { 200: profilePrompt },
      },
    },
    (request) => request.engine.profilePrompt(request.params.id, request.query),
  );

  server.patch(
    "/v1/users/:id/interests/:node",
    {
      schema: {
        operationId: "steerInterest",
        tags,
        summary: "Pin, boost, mute, forget or clear an interest",
        description:
          "What a person asks of their own interests. The next profile and the next recommendation obey, and a rebuild changes nothing about it.",
        params: steeringParameters,
        body: steeringBody,
        response: { 200: steeredInterest },
      },
    },
    async (request) => {
      const { id, node } = request.params;
      return { user: id, interest: node, steering: await request.engine.steer(id, node, request.body) };
    },
  );
}
