/** Steering on the wire: what a person asks of one of their interests, and what of it stands. */
import { z } from "zod";
import { id, interestId, moment, time } from "./values.ts";

const factorMax = 100;
const untilText = "When it ends; default never. For pin, boost and mute.";

export const steeringBody = z
  .strictObject({
    action: z.enum(["pin", "boost", "mute", "forget", "clear"]).meta({
      description:
        "`pin`: always shown; `boost`: the intensity counts `factor` times; `mute`: strength 0, and items wholly under it are not recommended; `forget`: what was done so far stops counting; `clear`: undoes all but forget.",
    }),
    factor: z
      .number()
      .positive()
      .max(factorMax)
      .optional()
      .meta({ description: "For a boost: above 0, default 2; below 1 it damps." }),
    until: moment.optional().meta({ description: untilText }),
  })
  .meta({ id: "SteeringRequest", examples: [{ action: "boost", factor: 3 }, { action: "mute" }] });
export type SteeringBody = z.output<typeof steeringBody>;

export const standingSteering = z
  .strictObject({
    action: z.enum(["pin", "boost", "mute"]),
    factor: z.number().optional(),
    until: time.optional().meta({ description: "When it ends, milliseconds since 1970; absent when it does not." }),
  })
  .meta({ id: "StandingSteering", description: "What the person asked for and still stands." });
export type StandingSteering = z.output<typeof standingSteering>;

export const steeredInterest = z
  .strictObject({
    user: id,
    interest: interestId,
    steering: z.array(standingSteering).meta({ description: "All that stands at the interest now." }),
  })
  .meta({ id: "SteeredInterest" });
export type SteeredInterest = z.output<typeof steeredInterest>;

export const steeringParameters = z.strictObject({ id, node: interestId });
