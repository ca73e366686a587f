/**
 * Words to their stems (Porter's Snowball), so that "investigates" and "investigation" are one feature of a text. Only what a
 * vector is made of is stemmed, never what people read. On news it is worth a hundredth of agreement with the editors'
 * sections; the pieces of words do most of that work already.
 */
import { createRequire } from "node:module";
import type { LatinLanguage } from "./tokenize.ts";

const names = {
  en: "english",
  de: "german",
  fr: "french",
  es: "spanish",
  it: "italian",
  pt: "portuguese",
  nl: "dutch",
} as const satisfies Record<LatinLanguage, string>;

/** The package has no types. */
const snowball = createRequire(import.meta.url)("snowball-stemmers") as {
  newStemmer(language: string): { stem(word: string): string };
};

const latinWord = /^\p{Script=Latin}+$/u;
/** Stems that are remembered, for each language. */
const rememberedMax = 50_000;

export function stemmerOf(language: LatinLanguage): (word: string) => string {
  const known = stemmers.get(language);
  if (known !== undefined) return known;
  const stemmer = snowball.newStemmer(names[language]);
  const remembered = new Map<string, string>();
  const stem = (word: string) => {
    const before = remembered.get(word);
    if (before !== undefined) return before;
    const result = latinWord.test(word) ? stemmer.stem(word) : word;
    if (remembered.size >= rememberedMax) remembered.clear();
    remembered.set(word, result);
    return result;
  };
  stemmers.set(language, stem);
  return stem;
}

const stemmers = new Map<LatinLanguage, (word: string) => string>();
