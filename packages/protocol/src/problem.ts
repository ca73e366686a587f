/** Errors on the wire: RFC 9457 problem documents. */
import { z } from "zod";
import { eventReport } from "./event.ts";

const members = {
  type: z.string().meta({ description: "Names the kind of problem; for ever the same for the same code." }),
  title: z.string().meta({ description: "The kind of problem in a few words." }),
  status: z.int().min(400).max(599),
  detail: z.string().meta({ description: "What was expected and what came." }),
  code: z
    .string()
    .regex(/^PENCHANT_E_[A-Z_]+$/)
    .meta({ description: "Stable: switch on this.", examples: ["PENCHANT_E_REQUEST_INVALID"] }),
  instance: z.string().meta({ description: "The path of the request." }),
  requestId: z.string().meta({ description: "Names the request in the server's log." }),
  errors: z
    .array(
      z.strictObject({
        pointer: z.string().meta({ description: "Where: a JSON pointer into the body, or the name of the parameter." }),
        detail: z.string(),
      }),
    )
    .optional()
    .meta({ description: "The places that are wrong, when there is more to say than `detail` says." }),
};

export const problem = z
  .looseObject(members)
  .meta({ id: "Problem", description: "RFC 9457 problem details. Further members depend on the code." });
export type Problem = z.output<typeof problem>;

export const eventsProblem = z.looseObject({ ...members, ...eventReport.partial().shape }).meta({
  id: "EventsProblem",
  description: "A problem document; when every event was refused, with the report of each.",
});

export const problemMediaType = "application/problem+json";
