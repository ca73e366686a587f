/** Statements: what people say of their interests in their own words, and what they decide about what was understood. */
import {
  decidedProposal,
  decisionBody,
  heardStatement,
  idParameters,
  proposalList,
  proposalParameters,
  statementBody,
} from "@penchant/protocol";
import type { Server } from "../wire.ts";

const tags = ["Statements"];

export function statementRoutes(server: Server): void {
  server.post(
    "/v1/users/:id/statements",
    {
      schema: {
        operationId: "addStatement",
        tags,
        summary: "Take in what a user says of their interests",
        description:
          "A spoken request, an answer, a comment, a line of a chat. It is durable when this answers. Clear rejections in English and Chinese are read at once; where a language model is configured, that reads the statement behind. What it suggests to do about an interest is proposed, and not done.",
        params: idParameters,
        body: statementBody,
        response: { 200: heardStatement },
      },
      config: { scope: "ingest" },
    },
    (request) => {
      request.chargeEvents(1);
      return request.engine.statements.hear(request.params.id, request.body);
    },
  );

  server.get(
    "/v1/users/:id/proposals",
    {
      schema: {
        operationId: "listProposals",
        tags,
        summary: "What a user's statements suggest to do about their interests",
        params: idParameters,
        response: { 200: proposalList },
      },
    },
    async (request) => {
      const { id } = request.params;
      return { user: id, proposals: [...(await request.engine.statements.proposals(id))] };
    },
  );

  server.post(
    "/v1/users/:id/proposals/:proposal",
    {
      schema: {
        operationId: "decideProposal",
        tags,
        summary: "Accept or decline a proposal",
        description:
          "Accepted, the interest is steered, and the next answer obeys. The same decision again changes nothing.",
        params: proposalParameters,
        body: decisionBody,
        response: { 200: decidedProposal },
      },
    },
    async (request) => {
      const { id, proposal } = request.params;
      const decided = await request.engine.statements.decide(id, proposal, request.body.decision);
      return { ...decided, steering: [...decided.steering] };
    },
  );
}
