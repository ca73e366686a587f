/** Work that must not overlap: a session's results lie where the next ones will. */

/** @returns does one piece of work after the other, whatever becomes of the one before */
export function inTurn(): <Result>(work: () => Promise<Result>) => Promise<Result> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const turn = last.then(work);
    last = turn.catch(() => {});
    return turn;
  };
}
