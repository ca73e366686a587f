/** The language of the page: the reader's choice, or the browser's. Every text stands in a catalogue, one per language. */
import { useSyncExternalStore } from "react";
import { en } from "./en.ts";
import { type Formats, formatsIn } from "./formats.ts";
import { zh } from "./zh.ts";

export type Catalogue = typeof en;
export type Language = "en" | "zh";

export interface Texts {
  readonly language: Language;
  readonly t: Catalogue;
  readonly format: Formats;
}

/** English is written in many ways: in the reader's own, where the browser knows it. */
const english = navigator.languages.find((tag) => tag.startsWith("en-")) ?? "en-GB";

const texts: Record<Language, Texts> = {
  en: { language: "en", t: en, format: formatsIn(english, en.rates) },
  zh: { language: "zh", t: zh, format: formatsIn("zh-CN", zh.rates) },
};

const storageName = "penchant.language";
const listeners = new Set<() => void>();
let language: Language = chosen() ?? (navigator.language.startsWith("zh") ? "zh" : "en");
document.documentElement.lang = language;

export function speak(next: Language): void {
  language = next;
  localStorage.setItem(storageName, next);
  document.documentElement.lang = next;
  for (const listener of listeners) listener();
}

export const useTexts = (): Texts =>
  useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => texts[language],
  );

function chosen(): Language | undefined {
  const stored = localStorage.getItem(storageName);
  return stored === "en" || stored === "zh" ? stored : undefined;
}
