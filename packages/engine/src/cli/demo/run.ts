/**
 * The demonstration's work: the sample becomes items, events, an interest tree, profiles, and figures of how well all that
 * predicts. Measuring goes on in a thread of its own while the engine builds. What came out is kept with the data, so that
 * the next start has it at once.
 */
import { Worker } from "node:worker_threads";
import { dayMs } from "../../base/time.ts";
import type { HalfLife } from "../../core/intensity-weights.ts";
import type { Profile, ProfileInterest } from "../../core/profile.ts";
import type { RecommendationList } from "../../core/recommendation.ts";
import type { Engine, ProgressListener } from "../../engine.ts";
import { type ImportReport, importInto } from "../../import/import.ts";
import type { SampleEvaluation } from "./evaluation.ts";
import type { EvaluationMessage } from "./evaluation-worker.ts";
import type { Sample, SampleName, sampleNamed } from "./samples.ts";

export interface DemoSummary {
  /** Missing in summaries of before there were several samples: MovieLens. */
  readonly sample?: SampleName;
  readonly import: Pick<ImportReport, "items" | "events" | "duplicates" | "problemCount">;
  readonly tree: {
    readonly interests: number;
    readonly depth: number;
    readonly broadest: readonly { readonly label: string; readonly itemCount: number; readonly children: number }[];
  };
  /** Where recommendations are measured. */
  readonly evaluation?: SampleEvaluation;
  /** The shortest of the learned half-lives. */
  readonly fading?: readonly { readonly label: string; readonly halfLife: HalfLife }[];
  readonly profile: Profile;
  readonly recommendations: RecommendationList;
  readonly seconds: number;
}

const blobName = "demo";
const seed = 1;

/** The summary of an earlier run on this data, if there was one. */
export async function storedSummary(engine: Engine): Promise<DemoSummary | undefined> {
  const bytes = await engine.storage.blobs.get(blobName);
  return bytes === undefined ? undefined : (JSON.parse(new TextDecoder().decode(bytes)) as DemoSummary);
}

export async function runDemo(
  engine: Engine,
  { sample, folder, sources }: ReturnType<typeof sampleNamed>,
  onProgress: ProgressListener,
): Promise<DemoSummary> {
  const started = performance.now();
  let building = true;
  // One display for two threads: the measuring shows once the building is done.
  const tell: ProgressListener = (progress) => {
    if (!building) onProgress(progress);
  };
  const measuring = sample.isMeasured ? evaluateInWorker(folder, tell) : undefined;
  const report = await importInto(engine, sources, { onProgress });
  await engine.rebuild({ onProgress });
  if (sample.isLearned) await engine.learnDecay({ onProgress });
  const { user, at } = await tellingProfile(engine, sample, onProgress);
  const profile = await engine.profile(user, { at, ...sample.shown });
  const recommendations = await engine.recommend(user, { limit: 10, explain: true, at });
  building = false;
  const evaluation = await measuring;

  const { items, events, duplicates, problemCount } = report;
  const summary: DemoSummary = {
    sample: sample.name,
    import: { items, events, duplicates, problemCount },
    tree: treeSummary(engine),
    ...(evaluation !== undefined && { evaluation }),
    ...(sample.isLearned && { fading: fastestFading(engine) }),
    profile,
    recommendations,
    seconds: (performance.now() - started) / 1_000,
  };
  await engine.storage.blobs.put(blobName, new TextEncoder().encode(JSON.stringify(summary)));
  return summary;
}

function evaluateInWorker(folder: string, onProgress: ProgressListener): Promise<SampleEvaluation> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL("./evaluation-worker.ts", import.meta.url), {
      workerData: { folder, seed },
      execArgv: [],
    });
    worker.on("message", (message: EvaluationMessage) => {
      if (message.kind === "progress") onProgress(message.progress);
      else resolve(message.evaluation);
    });
    worker.on("error", reject);
    worker.on("exit", (code) => reject(new Error(`the measuring thread ended with code ${code} before it was done`)));
  });
}

/**
 * The profile worth showing: of those who have been around for long, the one whose interests stand in the most different
 * phases at the time of the last event; at a tie, the one with more events.
 */
async function tellingProfile(engine: Engine, sample: Sample, onProgress: ProgressListener): Promise<Profile> {
  const { eventsMin, daysMin } = sample.telling;
  const { users } = await engine.users({ limit: 1_000 });
  let best: { profile: Profile; phases: number } | undefined;
  for (const [index, { id, events }] of users.entries()) {
    onProgress({ step: "Choosing a profile to show", done: index + 1, total: users.length });
    if (best !== undefined && events < eventsMin) continue;
    const { firstSeen, lastSeen } = await engine.profile(id, { depth: 0, evidence: 0 });
    if (firstSeen === null || lastSeen === null) continue;
    if (best !== undefined && lastSeen - firstSeen < daysMin * dayMs) continue;
    const profile = await engine.profile(id, { at: lastSeen, ...sample.phasesShown });
    const phases = phasesOf(profile.interests).size;
    if (best === undefined || phases > best.phases || (phases === best.phases && events > best.profile.events)) {
      best = { profile, phases };
    }
  }
  return best?.profile ?? engine.profile(users[0]?.id ?? "1");
}

function phasesOf(interests: readonly ProfileInterest[]): Set<string> {
  return new Set(interests.flatMap(({ phase, children }) => [phase, ...phasesOf(children)]));
}

const halfLivesShown = 8;
/** Interests with fewer items have too few events to tell much. */
const itemsMin = 60;

/** Of the two broadest levels, those whose habits fade fastest, with an interval that ends somewhere. */
function fastestFading(engine: Engine): { label: string; halfLife: HalfLife }[] {
  return engine
    .interests()
    .flatMap(({ label, level, itemCount, halfLife }) => {
      const isTold = level > 0 && level <= 2 && itemCount >= itemsMin && halfLife !== undefined;
      return isTold && halfLife.highDays !== null ? [{ label, halfLife }] : [];
    })
    .sort((a, b) => a.halfLife.days - b.halfLife.days)
    .slice(0, halfLivesShown);
}

function treeSummary(engine: Engine): DemoSummary["tree"] {
  const interests = engine.interests();
  return {
    interests: interests.length - 1,
    depth: Math.max(...interests.map(({ level }) => level)),
    broadest: interests
      .filter(({ level }) => level === 1)
      .map(({ id, label, itemCount }) => ({
        label,
        itemCount,
        children: interests.filter(({ parent }) => parent === id).length,
      })),
  };
}
