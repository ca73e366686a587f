/** Events of erased users that are still on their way: committed before the erasure, to be folded after it. */
import type { LogRecord } from "../core/log-record.ts";

export class Erasures {
  /** Users just erased, with the position up to which the log has been asked what is left of them. */
  readonly #upTo = new Map<string, number>();

  /** All ids of a user are erased; what is left of them up to a position of the log is known. */
  add(ids: readonly string[], position: number): void {
    for (const id of ids) this.#upTo.set(id, position);
  }

  /**
   * Leaves out what was committed before its user was erased and comes to be folded only now: it is gone from the log.
   * Commits come in order, so a later one shows that no more of this can come.
   */
  withoutErased(records: readonly LogRecord[]): readonly LogRecord[] {
    const last = records.at(-1);
    if (this.#upTo.size === 0 || last === undefined) return records;
    const kept = records.filter(({ user, position }) => position > (this.#upTo.get(user) ?? 0));
    for (const [user, until] of this.#upTo) if (until < last.position) this.#upTo.delete(user);
    return kept;
  }
}
