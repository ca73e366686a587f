/**
 * How tools answer an assistant. Whatever titles and labels say comes as harmless text, because it ends up in a prompt; an
 * error is told with its code and its sentence, so that the assistant can correct itself, and a fault of ours without more.
 */
import type { CallToolResult } from "@modelcontextprotocol/sdk/types.js";
import { errorDefinitions, PenchantError } from "../base/errors.ts";
import type { Item } from "../core/item.ts";
import { harmless } from "../core/prompt-text.ts";

const titleLengthMax = 120;
const textLengthMax = 300;

/** Runs a tool; what it gives becomes the answer, as text or as data that is also written as text. */
export async function answer(work: () => Promise<string | Record<string, unknown>>): Promise<CallToolResult> {
  try {
    const result = await work();
    if (typeof result === "string") return { content: [{ type: "text", text: result }] };
    return { content: [{ type: "text", text: JSON.stringify(result) }], structuredContent: result };
  } catch (error) {
    return { content: [{ type: "text", text: sentenceOf(error) }], isError: true };
  }
}

function sentenceOf(error: unknown): string {
  if (PenchantError.isInstance(error) && error.status < 500) return `${error.code}: ${error.message}`;
  const code = PenchantError.isInstance(error) ? error.code : "PENCHANT_E_INTERNAL";
  return `${code}: ${errorDefinitions[code].title}.`;
}

export const words = (text: string) => harmless(text, titleLengthMax);

/** An item as an assistant needs it. */
export function itemAnswer({ id, title, text, categories }: Item): Record<string, unknown> {
  return {
    id,
    title: words(title),
    ...(text !== undefined && text !== "" && { text: harmless(text, textLengthMax) }),
    ...(categories !== undefined && { categories: categories.map((path) => path.map(words)) }),
  };
}

export const share = (value: number) => Math.round(value * 1_000) / 1_000;
export const moment = (time: number) => new Date(time).toISOString();
