/** A rebuild: all that is learned is fitted anew, and all states are folded again under it. Meanwhile the old models serve. */
import type { Clock } from "../base/time.ts";
import type { ProgressListener } from "./progress.ts";
import { type RefitOptions, type RefitSources, refitFromLog } from "./refit.ts";
import type { UserStates } from "./user-states.ts";

export interface RebuildParts extends RefitSources {
  readonly clock: Clock;
  readonly states: UserStates;
  readonly seed: number;
}

export interface RebuildOptions extends Omit<RefitOptions, "seed" | "signal"> {
  readonly onProgress?: ProgressListener | undefined;
  /** Whether models and tree are fitted anew, and not only the states folded. Default true. */
  readonly tree?: boolean;
}

/**
 * @param inCatalogueLine runs work while nobody else changes the catalogue
 * @param options.signal of an engine that closes: embedding stops
 */
export async function rebuildAll(
  parts: RebuildParts,
  inCatalogueLine: (work: () => Promise<void>) => Promise<void>,
  { tree = true, ...options }: RebuildOptions & { signal: AbortSignal },
): Promise<{ users: number; events: number }> {
  const { storage, understanding, states, clock, seed } = parts;
  const total = await storage.events.count();
  const fit = tree ? await refitFromLog(parts, { seed, ...options }) : undefined;
  await inCatalogueLine(() =>
    states.rebuild({
      before: async () => {
        if (fit !== undefined) await understanding.replace({ ...fit.models, fittedAt: clock.now() }, fit.fitted);
      },
      onProgress: (done) => options.onProgress?.({ step: "Folding events", done, total }),
    }),
  );
  return { users: await storage.users.count(), events: total };
}
