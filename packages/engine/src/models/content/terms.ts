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

/** The terms that make items near, and what each weighs. */
export interface TermSpace {
  /** By column. */
  readonly terms: readonly string[];
  /** ln(N / n_t), by column. */
  readonly weights: Float32Array | Float64Array;
}

/** @returns `[itemCount, terms]`; all zeros for items of which nothing is known */
export function termMatrix(items: readonly Item[], itemCount: number): SparseMatrix {
  return placedByTerms(fitTermSpace(items, itemCount), items, itemCount);
}

export function fitTermSpace(items: readonly Item[], itemCount: number): TermSpace {
  const occurrences = new Map<string, number>();
  for (let key = 0; key < itemCount; key++) {
    for (const term of countTerms(items[key]).keys()) occurrences.set(term, (occurrences.get(term) ?? 0) + 1);
  }
  const shared = [...occurrences].filter(([, count]) => count > 1);
  return {
    terms: shared.map(([term]) => term),
    weights: Float64Array.from(shared, ([, count]) => Math.log(itemCount / count)),
  };
}

/** Items, those that the space was fitted to or others, in its terms. @returns `[itemCount, terms]` */
export function placedByTerms({ terms, weights }: TermSpace, items: readonly Item[], itemCount: number): SparseMatrix {
  const columns = new Map(terms.map((term, column) => [term, column]));
  const rows = Array.from({ length: itemCount }, (_, key) => {
    const row: [number, number][] = [];
    for (const [term, count] of countTerms(items[key])) {
      const column = columns.get(term);
      if (column !== undefined) row.push([column, (1 + Math.log(count)) * weights[column]]);
    }
    const length = Math.hypot(...row.map(([, weight]) => weight));
    return length === 0 ? [] : row.map(([column, weight]): [number, number] => [column, weight / length]);
  });
  return sparseMatrix(terms.length, rows);
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
