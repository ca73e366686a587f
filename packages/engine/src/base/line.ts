/** Work that happens one after the other, in the order in which it was asked for. What fails keeps nothing behind it from its turn. */
export class Line {
  #last: Promise<unknown> = Promise.resolve();

  run<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = this.#last.then(work);
    this.#last = result.catch(() => undefined);
    return result;
  }
}
