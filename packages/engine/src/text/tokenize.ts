/**
 * Splits texts into words. `Intl.Segmenter` finds the boundaries, in scripts without spaces by dictionary, Japanese and Thai
 * included; Chinese goes to jieba, unless the text has kana, which make its characters Japanese. What comes out as single
 * characters, side by side, is no word that anybody knows; a run of those becomes overlapping pairs, which is what search
 * engines index for the same reason.
 *
 * Words keep their surface form (lower case, NFKC), because labels are made of them: nothing is stemmed, only a
 * possessive "'s" and an elided article ("l'amour") go. Dropped are punctuation, numbers of fewer than 4 digits (years
 * stay) and stop words.
 *
 * A stop word of one language is a topic in another ("war" and "die" in German, "sole" in Italian), and titles are too
 * short to detect their language reliably. So the languages with a Latin alphabet vote: the one with the most distinct
 * stop words in the text is taken for its language, and only its list is used. English wins ties and needs no votes;
 * any other language needs two, because one is as likely a coincidence. Chinese stop words can collide with nothing and
 * always apply.
 */
import stopwordsByLanguage from "stopwords-iso" with { type: "json" };
import { chineseWords } from "./chinese.ts";

/** Characters of a text that are read; the rest adds cost and next to nothing to what the text is about. */
export const textLengthMax = 5_000;

const latinLanguages = ["en", "de", "fr", "es", "it", "pt", "nl"] as const;
/** Subjects of catalogues that the English list of the collection has only because web pages mention them often. */
const subjects = ["computer", "fire", "home", "invention", "microsoft", "novel", "research", "ring", "tv", "world"];

const latinStopwords = latinLanguages.map(
  (language) => new Set(normalise(stopwordsByLanguage[language].join("\n")).split("\n")),
);
for (const subject of subjects) latinStopwords[0].delete(subject);
const chineseStopwords = new Set(stopwordsByLanguage.zh);

const segmenter = new Intl.Segmenter("en", { granularity: "word" });
const letter = /\p{L}/u;
const han = /\p{Script=Han}/u;
const kana = /[\p{Script=Hiragana}\p{Script=Katakana}]/u;
const hanRuns = /\p{Script=Han}+|\P{Script=Han}+/gu;
const hanCharacter = /^\p{Script=Han}$/u;
const number = /^[\p{N}.,'٫٬]+$/u;
const digit = /\p{N}/gu;
const numberDigitsMin = 4;
const possessive = /'s$/u;
const elision = /^(?:[cdjlmnst]|qu|un|gl|all|dall|dell|nell|quell|sull)'(?=\p{L}{2})/u;

/** The words of a text in order, repeats included. Reads at most {@link textLengthMax} characters. */
export function tokenize(text: string): string[] {
  const words = segments(text);
  const stopwords = stopwordsOf(words);
  const says = (word: string) => !stopwords.has(word) && !chineseStopwords.has(word) && !isShortNumber(word);
  const kept: string[] = [];
  let run: string[] = [];
  const endRun = () => {
    if (run.length === 1) kept.push(run[0]);
    for (let i = 1; i < run.length; i++) kept.push(run[i - 1] + run[i]);
    run = [];
  };
  for (const segment of words) {
    const word = says(segment) ? segment.replace(possessive, "").replace(elision, "") : boundary;
    if (hanCharacter.test(word) && says(word)) {
      run.push(word);
      continue;
    }
    endRun();
    if (word !== boundary && says(word)) kept.push(word);
  }
  endRun();
  return kept;
}

/** Stands for whatever separates words: characters on its two sides never form a pair. */
const boundary = "";

/** Words and boundaries in order. A hyphen between words of letters joins them: "sci-fi" is one word. */
function segments(text: string): string[] {
  const words: string[] = [];
  let hyphen = false;
  for (const { segment, isWordLike } of parts(normalise(text.slice(0, textLengthMax)))) {
    const previous = words.at(-1) ?? boundary;
    if (segment === "-" && previous !== boundary && !hyphen) {
      hyphen = true;
    } else if (hyphen && isWordLike && letter.test(previous + segment) && !han.test(previous + segment)) {
      words[words.length - 1] = `${previous}-${segment}`;
      hyphen = false;
    } else {
      if (hyphen) words.push(boundary);
      words.push(isWordLike ? segment : boundary);
      hyphen = false;
    }
  }
  return words;
}

interface Part {
  readonly segment: string;
  readonly isWordLike: boolean;
}

function* parts(text: string): Generator<Part> {
  if (!han.test(text) || kana.test(text)) {
    yield* segmented(text);
    return;
  }
  for (const [run] of text.matchAll(hanRuns)) {
    const words = han.test(run) ? chineseWords(run) : undefined;
    if (words === undefined) yield* segmented(run);
    else for (const segment of words) yield { segment, isWordLike: true };
  }
}

function* segmented(text: string): Generator<Part> {
  for (const { segment, isWordLike = false } of segmenter.segment(text)) yield { segment, isWordLike };
}

/** Compatibility forms (full-width letters, ligatures) unified, lower case, one apostrophe and one hyphen for all. */
function normalise(text: string): string {
  const folded = text.toWellFormed().normalize("NFKC").toLowerCase().normalize("NFKC");
  return folded.replaceAll("’", "'").replaceAll("‐", "-");
}

/** The list of the language that the text seems to be written in. */
function stopwordsOf(words: readonly string[]): ReadonlySet<string> {
  const distinct = new Set(words);
  let [winner] = latinStopwords;
  let votesMax = 1;
  for (const stopwords of latinStopwords) {
    let votes = 0;
    for (const word of distinct) if (stopwords.has(word)) votes++;
    if (votes > votesMax) [winner, votesMax] = [stopwords, votes];
  }
  return winner;
}

function isShortNumber(word: string): boolean {
  return number.test(word) && (word.match(digit)?.length ?? 0) < numberDigitsMin;
}
