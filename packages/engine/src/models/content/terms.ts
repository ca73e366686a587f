/**
 * Items as weighted terms (TF-IDF; Salton and Buckley, Information Processing and Management 1988): the words of title and
 * text, and every prefix of a category path as a term of its own, so that siblings share their parent's. A term t that
 * occurs f times in an item and in n_t of N items weighs
 *
 *     (1 + ln f) ln(N / n_t),
 *
 * and rows have unit length. Terms of a single item are left out: they can make no two items near.
 */
import type { Item } from "../../core/item.ts";
import { type SparseMatrix, sparseMatrix } from "../../core/sparse-matrix.ts";

const segmenter = new Intl.Segmenter("en", { granularity: "word" });
/** Characters of an item's text that are read. */
const textLengthMax = 5_000;

/** Stands between the steps of a category path, where no word has it. */
const step = "\u0000";

/** @returns `[itemCount, terms]`; all zeros for items of which nothing is known */
export function termMatrix(items: readonly Item[], itemCount: number): SparseMatrix {
  const counts = Array.from({ length: itemCount }, (_, key) => countTerms(items[key]));
  const occurrences = new Map<string, number>();
  for (const terms of counts) {
    for (const term of terms.keys()) occurrences.set(term, (occurrences.get(term) ?? 0) + 1);
  }
  const columns = new Map<string, number>();
  for (const [term, count] of occurrences) if (count > 1) columns.set(term, columns.size);
  const rows = counts.map((terms) => {
    const row: [number, number][] = [];
    for (const [term, count] of terms) {
      const column = columns.get(term);
      if (column === undefined) continue;
      row.push([column, (1 + Math.log(count)) * Math.log(itemCount / occurrences.get(term)!)]);
    }
    const length = Math.hypot(...row.map(([, weight]) => weight));
    return length === 0 ? [] : row.map(([column, weight]): [number, number] => [column, weight / length]);
  });
  return sparseMatrix(columns.size, rows);
}

function countTerms(item: Item | undefined): Map<string, number> {
  const terms = new Map<string, number>();
  const count = (term: string): void => {
    terms.set(term, (terms.get(term) ?? 0) + 1);
  };
  if (item === undefined) return terms;
  for (const word of words(`${item.title}\n${item.text ?? ""}`)) count(word);
  const paths = new Set(
    (item.categories ?? []).flatMap((path) => path.map((_, depth) => path.slice(0, depth + 1).join(step))),
  );
  for (const path of paths) count(`${step}${path}`);
  return terms;
}

function words(text: string): string[] {
  const found: string[] = [];
  for (const { segment, isWordLike } of segmenter.segment(text.slice(0, textLengthMax).normalize("NFKC"))) {
    if (isWordLike) found.push(segment.toLowerCase());
  }
  return found;
}
