/** Tools that write: what somebody did or said, and what they ask of their interests. */
import type { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { z } from "zod";
import { limits } from "../core/limits.ts";
import { decisions, statementKinds } from "../core/statement.ts";
import { steeringActions } from "../core/steering.ts";
import type { Engine } from "../engine.ts";
import { answer, words } from "./answers.ts";
import { given, time, user } from "./reading-tools.ts";

/** Events of one call: an assistant tells what happened in a conversation, and imports nothing. */
const eventsMax = 100;

export function addRecordingTools(server: McpServer, engine: Engine, charge: (events: number) => void): void {
  addStatementTool(server, engine, charge);
  server.registerTool(
    "record_events",
    {
      title: "Record what a person did",
      description:
        "Adds events to a person's history; their profile has them when the call returns. Types with a meaning: view, click, play, search, request, comment, review, like, save, share, complete, purchase, rating (value: 1 to 5 stars), dislike, dismiss. Name the item where there is one, or give the person's own words as text.",
      inputSchema: {
        user,
        events: z
          .array(
            z.object({
              type: z.string().min(1).max(limits.eventTypeLength),
              item: z.string().optional().describe("The item's id."),
              text: z.string().max(limits.eventTextLength).optional().describe("The person's own words."),
              value: z.number().optional(),
              time: time.optional().describe("Default: now."),
              id: z.string().optional().describe("Makes the event idempotent: the first one with an id counts."),
            }),
          )
          .min(1)
          .max(eventsMax),
      },
      annotations: { readOnlyHint: false, destructiveHint: false, openWorldHint: false },
    },
    ({ user, events }) =>
      answer(async () => {
        charge(events.length);
        return { events: await engine.track(events.map((event) => ({ user, ...given(event) }))) };
      }),
  );
}

const proposalId = z.string().describe("The proposal's id, from list_proposals.");

function addStatementTool(server: McpServer, engine: Engine, charge: (events: number) => void): void {
  server.registerTool(
    "record_statement",
    {
      title: "Record what a person says of their interests",
      description:
        "Takes in the person's own words about what they like, dislike, do not want to be shown or no longer care for: a request, an answer, a comment, a line of a chat. Give their words as they were said, not your summary. What was understood changes their profile; what it suggests to do about an interest waits in list_proposals until the person decides.",
      inputSchema: {
        user,
        text: z.string().min(1).max(limits.eventTextLength).describe("The person's own words."),
        kind: z.enum(statementKinds).optional().describe("Default: request."),
        time: time.optional().describe("When it was said. Default: now."),
        id: z
          .string()
          .max(limits.statementIdLength)
          .optional()
          .describe("Makes it idempotent: the first one with an id counts."),
      },
      annotations: { readOnlyHint: false, destructiveHint: false, openWorldHint: false },
    },
    ({ user, ...statement }) =>
      answer(async () => {
        charge(1);
        const { claims, ...heard } = await engine.statements.hear(user, { ...given(statement), text: statement.text });
        return {
          ...heard,
          ...(claims !== undefined && { claims: claims.map((claim) => ({ ...claim, topic: words(claim.topic) })) }),
        };
      }),
  );
}

export function addSteeringTools(server: McpServer, engine: Engine): void {
  server.registerTool(
    "steer_interest",
    {
      title: "Do what a person asks of an interest",
      description:
        "pin: always show it; boost: count it `factor` times; mute: show and recommend nothing of it; forget: what was done so far stops counting, which cannot be undone; clear: undoes all but forget. Only when the person has asked for it in so many words. The ids are those of list_interests and of the interest tree.",
      inputSchema: {
        user,
        interest: z.string().describe("The interest's id."),
        action: z.enum(steeringActions),
        factor: z.number().optional().describe("For a boost: above 0, default 2; below 1 it damps."),
        until: time.optional().describe("When it ends. Default: never."),
      },
      annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: true, openWorldHint: false },
    },
    ({ user, interest, ...steering }) =>
      answer(async () => ({ interest, standing: await engine.steer(user, interest, given(steering)) })),
  );
  server.registerTool(
    "decide_proposal",
    {
      title: "Accept or decline a proposal for a person",
      description:
        "accept steers the interest as list_proposals says; decline leaves it as it is. Only when the person has decided it.",
      inputSchema: { user, proposal: proposalId, decision: z.enum(decisions) },
      annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: true, openWorldHint: false },
    },
    ({ user, proposal, decision }) =>
      answer(async () => {
        const { steering } = await engine.statements.decide(user, proposal, decision);
        return { proposal, decision, standing: steering };
      }),
  );
}
