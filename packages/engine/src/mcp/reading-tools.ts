/** Tools that read: who somebody is, what changed, what they may like and why, and what there is. */
import type { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { z } from "zod";
import { limits } from "../core/limits.ts";
import type { ProfileInterest } from "../core/profile.ts";
import { promptTokens } from "../core/profile-prompt.ts";
import { reasonSentences } from "../core/reason-words.ts";
import type { Reason } from "../core/recommendation.ts";
import type { Engine } from "../engine.ts";
import { answer, itemAnswer, moment, share, words } from "./answers.ts";

export const user = z.string().describe("The person's id.");
export const time = z.string().describe("A day or moment, ISO 8601: 2026-06-01 or 2026-06-01T12:00:00Z.");

const readOnly = { readOnlyHint: true, openWorldHint: false };
const shownMax = 50;
const evidenceShown = 3;

export function addReadingTools(server: McpServer, engine: Engine): void {
  server.registerTool(
    "describe_person",
    {
      title: "What a person cares about",
      description:
        "A person's interests in words: what they do not want to see, what is strongest, rising, fading, and awake again, with the events behind it. The first thing to ask when you want to know somebody.",
      inputSchema: {
        user,
        tokens: z
          .int()
          .min(promptTokens.least)
          .max(promptTokens.most)
          .optional()
          .describe("What the text may take; default 500."),
        at: time.optional().describe("As it was at that time. Default: now."),
      },
      annotations: readOnly,
    },
    ({ user, ...options }) => answer(async () => (await engine.profilePrompt(user, given(options))).text),
  );

  server.registerTool(
    "list_interests",
    {
      title: "A person's interests in numbers",
      description:
        "A person's interests with ids, share of the interest above (strength, 0 to 1), expected events per day, phase (emerging, core, fading, dormant, revived), trend (ln of recent over usual rate; above 0 grows), confidence, what they asked for, and the events that are the reason. Use the ids to steer.",
      inputSchema: {
        user,
        at: time.optional(),
        depth: z.int().min(1).max(limits.treeDepth).optional().describe("Levels to show; default 2."),
        minStrength: z.number().min(0).max(1).optional().describe("Leaves out weaker ones; default 0.02."),
      },
      annotations: readOnly,
    },
    ({ user, depth = 2, minStrength = 0.02, ...options }) =>
      answer(async () => {
        const profile = await engine.profile(user, { depth, minStrength, evidence: evidenceShown, ...given(options) });
        const rows = rowsOf(profile.interests, []);
        return {
          at: moment(profile.at),
          events: profile.events,
          eventsPerDay: share(profile.intensity),
          interests: rows.slice(0, shownMax),
          ...(rows.length > shownMax && { notShown: rows.length - shownMax }),
        };
      }),
  );

  server.registerTool(
    "what_changed",
    {
      title: "What changed in a person's interests",
      description: "What grew, fell, came, went or turned between two times, in sentences with their numbers.",
      inputSchema: {
        user,
        from: time,
        to: time.optional().describe("Default: now."),
        depth: z.int().min(1).max(limits.treeDepth).optional(),
      },
      annotations: readOnly,
    },
    ({ user, from, ...options }) =>
      answer(async () => {
        const { changes, ...told } = await engine.profileChanges(user, { from, ...given(options) });
        return {
          from: moment(told.from),
          to: moment(told.to),
          newEvents: told.events,
          changes: changes.slice(0, shownMax).map(({ interest, strength, phase, text }) => ({
            interest: interest.id,
            text: words(text),
            strength: { before: share(strength.before), after: share(strength.after) },
            phase,
          })),
          ...(changes.length > shownMax && { notShown: changes.length - shownMax }),
        };
      }),
  );

  server.registerTool(
    "recommend",
    {
      title: "What a person may like next",
      description:
        "Items that are new to the person, best first, each with reasons: which of their events, in which interest, gave what part of the score. The contributions add up to the score, and `why` says them in sentences. Give no other reasons than these.",
      inputSchema: {
        user,
        limit: z.int().min(1).max(shownMax).optional().describe("Default 10."),
        at: time.optional(),
      },
      annotations: readOnly,
    },
    ({ user, ...options }) =>
      answer(async () => {
        const { at, recommendations } = await engine.recommend(user, { explain: true, ...given(options) });
        return {
          at: moment(at),
          recommendations: recommendations.map(({ item, score, reasons = [] }) => ({
            item: itemAnswer(item),
            score: share(score),
            why: reasonSentences({ score, reasons }),
            reasons: reasons.map(reasonRow),
          })),
        };
      }),
  );

  server.registerTool(
    "list_proposals",
    {
      title: "What a person's statements suggest",
      description:
        "What the person's own words suggest to do about their interests and nobody has decided yet: the words, what they were understood to say, the interest, and the action (boost, mute, forget). Ask the person before you decide for them.",
      inputSchema: { user },
      annotations: readOnly,
    },
    ({ user }) =>
      answer(async () => ({
        proposals: (await engine.statements.proposals(user)).map(({ id, time, sense, topic, action, interest }) => ({
          id,
          time: moment(time),
          sense,
          words: words(topic),
          action,
          interest: { id: interest.id, label: words(interest.label) },
        })),
      })),
  );

  server.registerTool(
    "search_items",
    {
      title: "Search the catalogue",
      description: "Items that fit some words by meaning and title, best first.",
      inputSchema: {
        query: z.string().min(1).max(limits.titleLength),
        limit: z.int().min(1).max(shownMax).optional().describe("Default 10."),
      },
      annotations: readOnly,
    },
    ({ query, ...options }) =>
      answer(async () => ({
        items: engine
          .searchItems(query, given(options))
          .map(({ item, similarity }) => ({ ...itemAnswer(item), similarity: share(similarity) })),
      })),
  );
}

/** The options that were given: what is absent is not `undefined`. */
export function given<T extends object>(options: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  const present = Object.entries(options).filter(([, value]) => value !== undefined);
  return Object.fromEntries(present) as { [K in keyof T]: Exclude<T[K], undefined> };
}

/** Interests in the order in which they stand in the tree, parents before children. */
function rowsOf(interests: readonly ProfileInterest[], above: readonly string[]): Record<string, unknown>[] {
  return interests.flatMap((node) => {
    const path = [...above, words(node.interest.label)];
    const row = {
      id: node.interest.id,
      path,
      strength: share(node.strength),
      eventsPerDay: share(node.intensity),
      phase: node.phase,
      trend: share(node.trend),
      confidence: share(node.confidence),
      ...(node.lastSeen !== null && { lastSeen: moment(node.lastSeen) }),
      ...(node.steering !== undefined && { askedFor: node.steering }),
      because: node.evidence.map(({ type, time, item, share: part }) => ({
        event: words(type),
        time: moment(time),
        ...(item !== undefined && { item: { id: item.id, title: words(item.title) } }),
        share: share(part),
      })),
    };
    return [row, ...rowsOf(node.children, path)];
  });
}

function reasonRow({ source, contribution, event, interest }: Reason): Record<string, unknown> {
  return {
    source,
    contribution: share(contribution),
    ...(event !== undefined && {
      event: words(event.type),
      time: moment(event.time),
      ...(event.item !== undefined && { item: words(event.item.title) }),
    }),
    ...(interest !== undefined && { interest: words(interest.label) }),
  };
}
