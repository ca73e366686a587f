/** The data that benchmarks run on: the bundled sample, or another MovieLens folder named by `--data`. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { EventInput } from "../../packages/engine/src/core/event.ts";
import type { Item } from "../../packages/engine/src/core/item.ts";
import { movieLensEvents, movieLensItems, readMovieLens } from "../../packages/engine/src/import/movielens.ts";

/** The folder of the bundled sample. */
export const bundled = join(import.meta.dirname, "../../examples/data/movielens-latest-small");

export interface Sample {
  readonly items: readonly Item[];
  /** In order of time. */
  readonly events: readonly (EventInput & { readonly item: string; readonly value: number; readonly time: number })[];
}

export async function readSample(folder: string = bundled): Promise<Sample> {
  const data = await readMovieLens(folder);
  return { items: movieLensItems(data), events: movieLensEvents(data) as Sample["events"] };
}

/** Runs `use` with a folder that is gone afterwards. */
export async function withFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "penchant-bench-"));
  try {
    return await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
