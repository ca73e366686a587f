/**
 * MovieLens titles as people write them: "Matrix, The (1999)" is The Matrix of 1999, and "City of Lost Children, The
 * (Cité des enfants perdus, La) (1995)" has an article to move in each of its names.
 */

const articles = new Set(
  (
    "The A An Le La Les L' Un Une Des El Los Las Lo Il I Gli Uno Una Der Die Das Den Det De Het Ein Eine En Ett Et " +
    "O Os As Um Uma Da"
  ).split(" "),
);

export interface MovieName {
  readonly title: string;
  /** Year of the release, or the first year of a series; null when the title has none. */
  readonly year: number | null;
}

/** Splits "Title (year)", with the year or the span of years at the end, and puts articles first. */
export function movieName(raw: string): MovieName {
  const match = /^(.*\S)\s*\((\d{4})(?:\s*[-–]\s*(?:\d{4})?)?\)\s*$/.exec(raw);
  const names = (match?.[1] ?? raw).trim();
  return { title: names.replaceAll(/[^()]+/g, articleFirst), year: match ? Number(match[2]) : null };
}

function articleFirst(name: string): string {
  const match = /^(\s*(?:a\.k\.a\. )?)(.*), ([^\s,]+)(\s*)$/i.exec(name);
  if (!match) return name;
  const [, before, rest, article, after] = match as unknown as [string, string, string, string, string];
  if (!articles.has(article)) return name;
  return `${before}${article}${article.endsWith("'") ? "" : " "}${rest}${after}`;
}
