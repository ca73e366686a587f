/**
 * Chinese words by jieba, whose dictionary knows names and newer words that ICU's does not (梅西, 世界杯). Its dictionary is
 * read when Chinese is first met. Where its native code does not run, `Intl.Segmenter` goes on by itself.
 */
import { createRequire } from "node:module";
import type { Jieba } from "@node-rs/jieba";

let jieba: Jieba | "none" | undefined;

/** The words of a run of Han characters, or undefined where jieba cannot be used. */
export function chineseWords(run: string): string[] | undefined {
  jieba ??= open();
  // With the hidden Markov model that finds words which the dictionary lacks.
  return jieba === "none" ? undefined : jieba.cut(run, true);
}

function open(): Jieba | "none" {
  try {
    const load = createRequire(import.meta.url);
    const { Jieba: Opened } = load("@node-rs/jieba") as typeof import("@node-rs/jieba");
    const { dict } = load("@node-rs/jieba/dict.js") as { dict: Uint8Array };
    return Opened.withDict(dict);
  } catch {
    return "none";
  }
}
