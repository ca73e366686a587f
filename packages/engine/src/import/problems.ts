/**
 * Rows that could not be imported. A damaged file can have millions of them, so only the first are kept in full while
 * all are counted.
 */

export interface RowProblem {
  readonly file: string;
  /** 1 for the first line of the file; in a Parquet file, 1 for its first row. */
  readonly line: number;
  /** What was expected and what came. */
  readonly reason: string;
}

/** Most problems that one import keeps in full. */
export const keptProblemsMax = 1_000;

export class ProblemLog {
  readonly kept: RowProblem[] = [];
  #count = 0;

  /** All problems, kept or not. */
  get count(): number {
    return this.#count;
  }

  /** Counts problems that were not kept where they were found. */
  addUnkept(count: number): void {
    this.#count += count;
  }

  add(problem: RowProblem): void {
    this.#count += 1;
    if (this.kept.length < keptProblemsMax) this.kept.push(problem);
  }
}
