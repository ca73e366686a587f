/** Statements on the wire: what people say of their interests in their own words, and what they decide about it. */
import { z } from "zod";
import { limits } from "./limits.ts";
import { standingSteering } from "./steering.ts";
import { id, interestId, moment, time } from "./values.ts";

const sense = z.enum(["mention", "like", "dislike", "avoid", "no-longer"]).meta({
  description:
    "`mention`: speaks of it; `like`, `dislike`; `avoid`: wants to be shown nothing of it; `no-longer`: cared for it once.",
});
const topic = z.string().meta({ description: "The words of the statement that name what it is about." });
const decision = z.enum(["accept", "decline"]);

export const statementBody = z
  .strictObject({
    id: z.string().min(1).max(limits.statementIdLength).optional().meta({
      description: "Makes the statement idempotent: the first one with an id counts. Default: a new UUID.",
    }),
    text: z
      .string()
      .min(1)
      .max(limits.eventTextLength)
      .meta({ description: "What was said, in the person's own words." }),
    kind: z.enum(["request", "answer", "comment", "search"]).optional().meta({
      description: "The type of event that its words count as where they are for something. Default: request.",
    }),
    time: moment.optional().meta({ description: "When it was said. Default: now." }),
    session: id.optional(),
  })
  .meta({ id: "StatementRequest", examples: [{ text: "I love heist films, but no more horror, please." }] });
export type StatementBody = z.output<typeof statementBody>;

export const claim = z
  .strictObject({
    sense,
    topic,
    interest: interestId
      .optional()
      .meta({ description: "Id of the interest that the topic names, where it names one." }),
  })
  .meta({ id: "Claim", description: "One thing that a statement says." });

export const heardStatement = z
  .strictObject({
    id,
    status: z.enum(["accepted", "duplicate"]),
    claims: z.array(claim).optional().meta({
      description: "What was understood; absent while a language model has yet to read it, and for a duplicate.",
    }),
  })
  .meta({ id: "HeardStatement" });
export type HeardStatement = z.output<typeof heardStatement>;

export const proposal = z
  .strictObject({
    id,
    statement: id.meta({ description: "The statement that suggests it." }),
    time,
    sense,
    topic,
    action: z.enum(["pin", "boost", "mute", "forget", "clear"]),
    interest: z.strictObject({ id: interestId, label: z.string() }),
    by: z.string().meta({ description: "Who understood it so: `rules`, or a language model." }),
  })
  .meta({ id: "Proposal", description: "Steering that a statement suggests. Nothing is done before it is accepted." });
export type Proposal = z.output<typeof proposal>;

export const proposalList = z
  .strictObject({ user: id, proposals: z.array(proposal) })
  .meta({ id: "ProposalList", description: "Newest first; of several about one interest the newest." });
export type ProposalList = z.output<typeof proposalList>;

export const decisionBody = z
  .strictObject({ decision })
  .meta({ id: "DecisionRequest", examples: [{ decision: "accept" }] });

export const decidedProposal = z
  .strictObject({
    proposal,
    decision,
    steering: z.array(standingSteering).meta({ description: "All that stands at its interest now." }),
  })
  .meta({ id: "DecidedProposal" });
export type DecidedProposal = z.output<typeof decidedProposal>;

export const proposalParameters = z.strictObject({ id, proposal: id });
