/**
 * Answers that fit. A language model is asked for JSON of a schema and may send anything: JSON within prose or a code
 * block, JSON that was cut off, other fields, nonsense. What does not fit is asked for once more, with what was wrong; then there is no
 * answer, and whoever asked goes on without.
 */
import { z } from "zod";
import type { LanguageModel } from "../core/ports.ts";

export interface Question<Answer> {
  readonly instructions: string;
  readonly prompt: string;
  readonly schema: z.ZodType<Answer>;
  /** What else has to hold: a sentence that says what is wrong, undefined when all is well. */
  readonly check?: (answer: Answer) => string | undefined;
  readonly outputTokensMax: number;
  readonly signal?: AbortSignal | undefined;
}

const attempts = 2;
/** Characters of an answer that are looked at. */
const answerLengthMax = 100_000;
/** Closing braces that are tried: each costs a look at all that comes before. */
const closingsMax = 200;

/**
 * The answer, or undefined when the model did not give one that fits.
 *
 * @throws PENCHANT_E_PROVIDER when the model could not be asked
 */
export async function ask<Answer>(model: LanguageModel, question: Question<Answer>): Promise<Answer | undefined> {
  const { instructions, prompt, schema, check, outputTokensMax, signal } = question;
  const jsonSchema = z.toJSONSchema(schema, { target: "draft-7" });
  let wrong: string | undefined;
  for (let attempt = 0; attempt < attempts; attempt++) {
    const again =
      wrong === undefined ? "" : `\n\nThe answer before did not fit: ${wrong} Answer with the JSON object alone.`;
    const text = await model.write({
      instructions: `${instructions}\nAnswer with one JSON object of this schema and nothing else: ${JSON.stringify(jsonSchema)}`,
      prompt: prompt + again,
      schema: jsonSchema,
      outputTokensMax,
      signal,
    });
    const parsed = schema.safeParse(jsonIn(text));
    wrong = parsed.success ? check?.(parsed.data) : sentenceOf(parsed.error);
    if (parsed.success && wrong === undefined) return parsed.data;
  }
  return undefined;
}

/** The first JSON object in a text, however it is wrapped; undefined where there is none. */
export function jsonIn(text: string): unknown {
  const from = text.slice(0, answerLengthMax).indexOf("{");
  if (from < 0) return undefined;
  let to = text.indexOf("}", from);
  for (let tried = 0; to >= 0 && to < answerLengthMax && tried < closingsMax; tried++, to = text.indexOf("}", to + 1)) {
    try {
      return JSON.parse(text.slice(from, to + 1));
    } catch {
      // The object goes on.
    }
  }
  return undefined;
}

function sentenceOf({ issues }: z.ZodError): string {
  const [{ path, message }] = issues;
  return `${path.join(".") || "the answer"}: ${message}.`;
}
