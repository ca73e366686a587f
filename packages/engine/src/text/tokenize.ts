/**
 * Splits texts into words. `Intl.Segmenter` finds the boundaries, in scripts without spaces by dictionary, so Chinese,
 * Japanese and Thai need nothing extra. Where its dictionary does not know a Chinese word (梅西, a name) it gives single
 * characters; a run of those becomes overlapping pairs, which is what search engines index for the same reason.
 *
 * Words keep their surface form (lower case, NFKC), because labels are made of them; nothing is stemmed. Dropped are
 * punctuation, numbers of fewer than 4 digits (years stay) and stop words.
 *
 * A stop word of one language is a topic in another ("war" and "die" in German, "sole" in Italian), and titles are too
 * short to detect their language reliably. So the languages with a Latin alphabet vote: the one with the most distinct
 * stop words in the text is taken for its language, and only its list is used. English wins ties and needs no votes;
 * any other language needs two, because one is as likely a coincidence. Chinese stop words can collide with nothing and
 * always apply.
 */
import stopwordsByLanguage from "stopwords-iso" with { type: "json" };

/** Characters of a text that are read; the rest adds cost and next to nothing to what the text is about. */
export const textLengthMax = 20_000;

const latinLanguages = ["en", "de", "fr", "es", "it", "pt", "nl"] as const;
/** Subjects of catalogues that the English list of the collection has only because web pages mention them often. */
const subjects = ["computer", "fire", "home", "invention", "microsoft", "novel", "research", "ring", "tv", "world"];

const latinStopwords = latinLanguages.map(
  (language) => new Set(normalise(stopwordsByLanguage[language].join("\n")).split("\n")),
);
for (const subject of subjects) latinStopwords[0].delete(subject);
const chineseStopwords = new Set(stopwordsByLanguage.zh);

const segmenter = new Intl.Segmenter("en", { granularity: "word" });
const number = /^[\p{N}.,٫٬'’]+$/u;
const digit = /\p{N}/gu;
const hanCharacter = /^\p{Script=Han}$/u;
const numberDigitsMin = 4;

/** The words of a text in order, repeats included. Reads at most {@link textLengthMax} characters. */
export function tokenize(text: string): string[] {
  const words = segments(text);
  const stopwords = stopwordsOf(words);
  const kept: string[] = [];
  let run: string[] = [];
  const endRun = () => {
    if (run.length === 1) kept.push(run[0]);
    for (let i = 1; i < run.length; i++) kept.push(run[i - 1] + run[i]);
    run = [];
  };
  for (const word of words) {
    const dropped = word === boundary || stopwords.has(word) || chineseStopwords.has(word) || isShortNumber(word);
    if (!dropped && hanCharacter.test(word)) {
      run.push(word);
      continue;
    }
    endRun();
    if (!dropped) kept.push(word);
  }
  endRun();
  return kept;
}

/** Stands for punctuation and spaces between words: characters on its two sides never form a pair. */
const boundary = "";

function segments(text: string): string[] {
  const words: string[] = [];
  for (const { segment, isWordLike } of segmenter.segment(normalise(text.slice(0, textLengthMax)))) {
    words.push(isWordLike ? segment : boundary);
  }
  return words;
}

/** Compatibility forms (full-width letters, ligatures) and case folded; one apostrophe for all. */
function normalise(text: string): string {
  return text.normalize("NFKC").toLowerCase().normalize("NFKC").replaceAll("’", "'");
}

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
