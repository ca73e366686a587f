/** Trained models for tests: people who go round a circle of items, and a data folder with models of some kinds. */
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, onTestFinished, vi } from "vitest";
import { dayMs, hourMs } from "../base/time.ts";
import type { EventInput } from "../core/event.ts";
import type { CurvePoint } from "../core/model.ts";
import type { RegisteredModel } from "../core/registered-model.ts";
import { type Engine, type EngineOptions, openEngine } from "../engine.ts";
import { fakeClock, testStart, themedItems } from "../testing/builders.ts";
import { folderWith } from "../testing/folder.ts";

export const items = themedItems(5);
/** What comes next follows from what came last. */
export const rounds: EventInput[] = Array.from({ length: 24 }, (_, user) =>
  Array.from({ length: 6 }, (_, step) => ({
    id: `${user}-${step}`,
    user: `u${user}`,
    type: "like",
    item: items[(user + step) % items.length].id,
    time: testStart - (100 - step) * dayMs + user * hourMs,
  })),
).flat();

/** Closed when the test is over. */
export async function opened(dataDir = folderWith(), options: EngineOptions = {}): Promise<Engine> {
  const engine = await openEngine({ dataDir, clock: fakeClock(), ...options });
  onTestFinished(() => engine.close());
  return engine;
}

export async function filled(engine: Engine): Promise<Engine> {
  await engine.putItems(items);
  await engine.track(rounds);
  return engine;
}

export const allJobsOver = (engine: Engine): Promise<boolean> =>
  vi.waitUntil(() => engine.models.jobs().every(({ state }) => state !== "running"), { timeout: 60_000 });

/** Made once for the tests of a file: ease-1, item-knn-2, markov-3, user-knn-4, sasrec-5, long-short-6. */
export function trainedFolders() {
  let folder: string;
  let first: RegisteredModel;
  const told: number[] = [];
  const points: CurvePoint[] = [];
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "penchant-models-"));
    const engine = await filled(await openEngine({ dataDir: folder, clock: fakeClock() }));
    const config = { regularisation: 10 };
    first = await engine.train({ model: "ease", config, onProgress: (done) => told.push(done) });
    for (const model of ["item-knn", "markov", "user-knn"]) await engine.train({ model });
    const small = { width: 8, blocks: 1, epochs: 3, threads: 1, learningRate: 0.01, paths: true };
    await engine.train({ model: "sasrec", config: small, onEpoch: (point) => points.push(point) });
    await engine.train({ model: "long-short", config: { ...small, encoder: "gru4rec", units: 8, interests: 4 } });
    await engine.close();
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return {
    get folder() {
      return folder;
    },
    /** `ease-1`, as its training gave it, the progress that was told, and what was told of the epochs of `sasrec-5`. */
    get first() {
      return { model: first, told, points };
    },
    /** A copy, for one test. */
    copy(): string {
      const copied = folderWith();
      cpSync(folder, copied, { recursive: true });
      return copied;
    },
  };
}
