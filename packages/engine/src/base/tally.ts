/**
 * A histogram of something that happens often: a few additions per observation, and nobody has to be listening. Whoever
 * shows it reads the numbers when asked.
 */

export interface TallyView {
  /** Upper bounds of the buckets, ascending; what lies above the last one is only in `count`. */
  readonly bounds: readonly number[];
  /** Observations per bucket, those of the lower ones not included. [bounds] */
  readonly counts: readonly number[];
  readonly count: number;
  readonly sum: number;
}

export class Tally implements TallyView {
  readonly bounds: readonly number[];
  readonly counts: number[];
  count = 0;
  sum = 0;

  constructor(bounds: readonly number[]) {
    this.bounds = bounds;
    this.counts = bounds.map(() => 0);
  }

  add(value: number): void {
    this.count += 1;
    this.sum += value;
    for (let bucket = 0; bucket < this.bounds.length; bucket++) {
      if (value <= this.bounds[bucket]) {
        this.counts[bucket] += 1;
        return;
      }
    }
  }
}
