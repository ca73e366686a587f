/**
 * Who is who: ids that turned out to be another person's. An id is resolved before anything is asked of states or log;
 * events keep the id that they came with. All merged ids are in memory, some 100 bytes each.
 */
import type { UserStore } from "../core/ports.ts";

export class Identities {
  readonly #stored: Pick<UserStore, "merged">;
  #into = new Map<string, string>();

  private constructor(stored: Pick<UserStore, "merged">) {
    this.#stored = stored;
  }

  static async load(stored: Pick<UserStore, "merged">): Promise<Identities> {
    const identities = new Identities(stored);
    await identities.reload();
    return identities;
  }

  /** Takes over what is merged now, after some of it was erased. */
  async reload(): Promise<void> {
    this.#into = new Map(await this.#stored.merged());
  }

  /** Whose id it is: itself, unless it was merged into another. */
  resolve(user: string): string {
    for (let into = this.#into.get(user); into !== undefined; into = this.#into.get(user)) user = into;
    return user;
  }

  /** From now on `merged` stands for `user`. Returns who that is by now. */
  add(merged: string, user: string): string {
    if (this.resolve(merged) !== this.resolve(user)) this.#into.set(merged, user);
    return this.resolve(user);
  }

  /** The ids that stand for a user, their own first. Looks at all merged ids. */
  family(user: string): string[] {
    return [user, ...[...this.#into.keys()].filter((merged) => this.resolve(merged) === user)];
  }
}
