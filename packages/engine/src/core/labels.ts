/**
 * Names for groups of things, from the words in them.
 *
 * Keywords are chosen by class-based TF-IDF (Grootendorst, BERTopic, 2022): all texts of a class are read as one, and
 * term t of class c weighs `tf(t, c) * ln(1 + A / f(t))`, with tf the term's share of the class's words, f(t) its count
 * over all classes and A the average number of words per class. A word that every sibling has as well says nothing, one
 * that only this class has and has often says most.
 *
 * A label is made of the best keywords that say different things, and is unique among its siblings, even after `slug`
 * has reduced it to a part of an id.
 */

export interface Keyword {
  readonly term: string;
  readonly score: number;
}

/**
 * The words that set each class apart from the others, best first; ties in code unit order.
 *
 * @param classes term -> count, one map per class
 * @param options.keywords most keywords per class
 * @param options.supportMin fewest times that a keyword occurs in its class; default 1. Above 1 it keeps out words that
 *   one single text brought in. Where a class has no term so frequent, its terms are taken as they are.
 */
export function classKeywords(
  classes: readonly ReadonlyMap<string, number>[],
  options: { keywords: number; supportMin?: number },
): Keyword[][] {
  const { keywords, supportMin = 1 } = options;
  const frequency = new Map<string, number>();
  const sizes = classes.map((terms) => {
    let size = 0;
    for (const [term, count] of terms) {
      size += count;
      frequency.set(term, (frequency.get(term) ?? 0) + count);
    }
    return size;
  });
  const averageSize = sizes.reduce((sum, size) => sum + size, 0) / Math.max(1, classes.length);

  return classes.map((terms, c) => {
    const present = [...terms].filter(([, count]) => count > 0);
    const supported = present.filter(([, count]) => count >= supportMin);
    return (supported.length > 0 ? supported : present)
      .map(([term, count]) => ({
        term,
        score: (count / sizes[c]) * Math.log1p(averageSize / frequency.get(term)!),
      }))
      .sort((a, b) => b.score - a.score || (a.term < b.term ? -1 : 1))
      .slice(0, keywords);
  });
}

const labelWordsMax = 3;
const numberedStemMax = 24;

/**
 * One label per class, such as "Space, Alien". When a label is taken, its last word gives way to the next keyword, then
 * a third word is added, and at last a number. A class without keywords is called by its place: "Group 3".
 *
 * @param keywordsPerClass best first, as `classKeywords` gives them
 * @param options.words keywords in a label where that many exist, 1 to 3; default 2
 * @param options.taken labels that must not be given again, such as those of siblings that exist already
 */
export function uniqueLabels(
  keywordsPerClass: readonly (readonly { readonly term: string }[])[],
  options: { words?: number; taken?: ReadonlySet<string> } = {},
): string[] {
  const words = Math.min(labelWordsMax, Math.max(1, options.words ?? 2));
  const taken = new Set([...(options.taken ?? [])].flatMap(namesOf));
  return keywordsPerClass.map((keywords, c) => {
    const terms = distinctTerms(keywords.map(({ term }) => term));
    const label =
      terms.length === 0
        ? firstFree([`Group ${c + 1}`], { stem: "Group", from: keywordsPerClass.length + 1 }, taken)
        : firstFree(candidates(terms, words), { stem: writeLabel(terms.slice(0, words)), from: 2 }, taken);
    for (const name of namesOf(label)) taken.add(name);
    return label;
  });
}

/** Labels in order of preference. */
function candidates(terms: readonly string[], words: number): string[] {
  const stem = terms.slice(0, words - 1);
  const rest = terms.slice(stem.length);
  const found = rest.map((last) => [...stem, last]);
  if (words < labelWordsMax && terms.length > words) {
    found.push(...terms.slice(words).map((last) => [...terms.slice(0, words), last]));
  }
  if (rest.length === 0) found.push([...stem]);
  return found.map(writeLabel);
}

const writeLabel = (terms: readonly string[]) => terms.map(capitalise).join(", ");

/** The first label that is not taken, or the stem with the first number that is free. */
function firstFree(
  labels: readonly string[],
  numbered: { stem: string; from: number },
  taken: ReadonlySet<string>,
): string {
  const isFree = (label: string) => !namesOf(label).some((name) => taken.has(name));
  for (const label of labels) if (isFree(label)) return label;
  // Cut so short that the slug keeps the number: otherwise no number would ever be free.
  const stem = Array.from(numbered.stem.normalize("NFKC")).slice(0, numberedStemMax).join("");
  for (let number = numbered.from; ; number++) {
    const label = `${stem} ${number}`;
    if (isFree(label)) return label;
  }
}

/** What a label takes: its slug, for the id, and its words in any order, for "Comedy, Romance" tells nobody more than "Romance, Comedy". */
function namesOf(label: string): string[] {
  return [slug(label), label.split(", ").map(slug).sort().join(" + ")];
}

/** Leaves out terms that repeat a better one: "aliens" after "alien", "足球赛" after "足球". */
function distinctTerms(terms: readonly string[]): string[] {
  const kept: string[] = [];
  for (const term of terms) {
    if (term !== "" && !kept.some((better) => sameWord(better, term))) kept.push(term);
  }
  return kept;
}

const endingLengthMax = 3;
const wordLengthMin = 3;

/** One word is the other with a short ending ("story", "stories"), or with another character where words are Han. */
function sameWord(a: string, b: string): boolean {
  const [shorter, longer] = [a, b].map((term) => term.replace(/ies$/, "y")).sort((x, y) => x.length - y.length);
  if (hanCharacter.test(shorter)) return longer.includes(shorter);
  return (
    shorter.length >= wordLengthMin && longer.length - shorter.length <= endingLengthMax && longer.startsWith(shorter)
  );
}

const hanCharacter = /\p{Script=Han}/u;
const wordStart = /(^|[\s-])(\p{Ll})/gu;

function capitalise(term: string): string {
  return term.replace(wordStart, (_, before: string, letter: string) => before + letter.toUpperCase());
}

const slugLengthMax = 64;

/**
 * A label as part of an id: lower case, letters and digits of any script, one hyphen for anything between them. Never
 * empty, never with ".", at most 64 characters; a slug is its own slug.
 */
export function slug(label: string): string {
  const joined = label
    .normalize("NFKC")
    .toLowerCase()
    .normalize("NFKC")
    .replace(/[^\p{L}\p{M}\p{N}]+/gu, "-");
  const cut = Array.from(joined.replace(/^-/, "")).slice(0, slugLengthMax).join("").replace(/-$/, "");
  return cut === "" ? "group" : cut;
}
