/** Batches asked for ahead of their use, so that reading the next ones goes on while one is computed. */

/** The same values in the same order, with up to `count` of them asked for ahead. Ending early ends the source. */
export async function* prefetch<Value>(
  source: AsyncIterable<Value> | Iterable<Value>,
  count: number,
): AsyncGenerator<Value, void, void> {
  const iterator = Symbol.asyncIterator in source ? source[Symbol.asyncIterator]() : source[Symbol.iterator]();
  const waiting: Promise<IteratorResult<Value>>[] = [];
  const ask = () => {
    const next = Promise.resolve().then(() => iterator.next());
    // Whoever takes it from the queue hears of its failure; until then nobody does.
    next.catch(() => undefined);
    waiting.push(next);
  };
  let ended = false;
  try {
    for (let asked = 0; asked < count; asked++) ask();
    while (true) {
      ask();
      const { done, value } = await (waiting.shift() as Promise<IteratorResult<Value>>);
      ended = done === true;
      if (ended) return;
      yield value;
    }
  } catch (error) {
    ended = true;
    throw error;
  } finally {
    if (!ended) await iterator.return?.();
  }
}
