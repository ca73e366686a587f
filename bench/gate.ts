/**
 * What the gate of `long-short` says: trained on all but the last two events of everybody, it is asked what comes last. Means of
 * the gate, the share of short-term interest in a score, by how long the history is and by the phase, in the person's
 * profile, of the candidate's deepest interest; over all candidates, and over those that came. Beside it stands what each
 * part is worth by itself: HR@10 and NDCG@10 with the gate as it is learned, at 0 (long-term interest alone) and at 1.
 *
 * `--data FOLDER` takes any data set that `penchant evaluate` reads; categories make the profile. `--epochs`, `--width`,
 * `--length`, `--batchSize` and `--questions` make it shorter, and so does more than one of `--threads`, with which no two
 * runs give the same numbers to the last digit. The training stops by the event before the last.
 */
import { systemClock } from "../packages/engine/src/base/time.ts";
import type { Item } from "../packages/engine/src/core/item.ts";
import type { AttendedInterest, FittedRecommender } from "../packages/engine/src/core/model.ts";
import { topItems } from "../packages/engine/src/core/top-items.ts";
import { caseAt, caseCount, type RankingCase } from "../packages/engine/src/evaluate/cases.ts";
import { accuracy } from "../packages/engine/src/evaluate/metrics/accuracy.ts";
import { protocolDefaults } from "../packages/engine/src/evaluate/splits/protocol.ts";
import { prepared, splitDataset } from "../packages/engine/src/evaluate/splits/split.ts";
import { trainingDataOf } from "../packages/engine/src/evaluate/training-data.ts";
import { readDataset } from "../packages/engine/src/import/datasets/read.ts";
import { longShort } from "../packages/engine/src/models/long-short/long-short.ts";
import { benchmark, type Figures, tell } from "./support/benchmark.ts";
import { bundled } from "./support/sample.ts";

/** Histories shorter than each of these, from the last one that they are not shorter than. */
const lengthsBelow = [5, 10, 20, 50, 100, 200, Number.POSITIVE_INFINITY];
const k = 10;
/** The phase of a candidate none of whose interests the person has. */
const strange = "none";

class Mean {
  #sum = 0;
  count = 0;

  add(value: number): void {
    this.#sum += value;
    this.count += 1;
  }

  get value(): number | null {
    return this.count === 0 ? null : this.#sum / this.count;
  }
}

class Gates {
  readonly people = new Mean();
  readonly all = new Mean();
  readonly came = new Mean();

  figures(): Figures {
    return { people: this.people.count, gate: this.all.value, gateOfWhatCame: this.came.value };
  }
}

const numbers = { seed: 1, epochs: 30, width: 64, length: 200, batchSize: 128, questions: 1_000, threads: 1 };

await benchmark("gate", numbers, async ({ data, questions, seed, epochs, width, length, batchSize, threads }) => {
  const { dataset: read } = await readDataset(data ?? bundled, { clock: systemClock });
  const protocol = { ...protocolDefaults, name: "leave-one-out" as const };
  const dataset = prepared(read, protocol);
  const { final } = splitDataset(dataset, protocol);
  const training = trainingDataOf(dataset, final);
  const fitted = await longShort.fit(
    training,
    { ...longShort.defaults, epochs, width, length, batchSize, threads },
    { seed, onProgress: (_, note) => note && tell(note) },
  );
  const asked = caseCount(final.questions);
  const every = Math.max(1, asked / questions);
  const cases = Array.from({ length: Math.min(asked, questions) }, (_, index) =>
    caseAt(final.questions, Math.floor(index * every)),
  );
  return { dataset: dataset.name, ...report(fitted, dataset.items, cases) };
});

function report(fitted: FittedRecommender, items: readonly Item[], cases: readonly RankingCase[]): Figures {
  const byLength = new Map(lengthsBelow.map((below) => [below, new Gates()]));
  const byPhase = new Map<string, Gates>();
  const found = [undefined, 0, 1].map((gate) => ({ gate, HR: new Mean(), NDCG: new Mean() }));
  for (const { query, targets, seen } of cases) {
    const account = fitted.explain?.(query);
    if (account === undefined) continue;
    const isTarget = new Set(targets);
    const ofLength = byLength.get(lengthsBelow.find((below) => query.history.length < below)!)!;
    ofLength.people.add(1);
    const phases = new Set<Gates>();
    const phaseOf = phaseReader(account.interests);
    for (const [item, gate] of account.gates.entries()) {
      if (seen.has(item)) continue;
      const phase = phaseOf(items[item]);
      const ofPhase = byPhase.get(phase) ?? new Gates();
      byPhase.set(phase, ofPhase);
      phases.add(ofPhase);
      for (const into of [ofLength, ofPhase]) {
        into.all.add(gate);
        if (isTarget.has(item)) into.came.add(gate);
      }
    }
    for (const ofPhase of phases) ofPhase.people.add(1);
    for (const { gate, HR, NDCG } of found) {
      const scores = fitted.score({ ...query, longShort: gate });
      const figures = accuracy(
        topItems(scores, k, (item) => !seen.has(item), fitted.name),
        isTarget,
        k,
      );
      HR.add(figures.HR);
      NDCG.add(figures.NDCG);
    }
  }
  return {
    people: cases.length,
    gates: found.map(({ gate, HR, NDCG }) => ({
      gate: gate ?? "learned",
      [`HR@${k}`]: HR.value,
      [`NDCG@${k}`]: NDCG.value,
    })),
    byLength: [...byLength]
      .filter(([, { people }]) => people.count > 0)
      .map(([below, one]) => ({
        from: lengthsBelow[lengthsBelow.indexOf(below) - 1] ?? 1,
        below: Number.isFinite(below) ? below : null,
        ...one.figures(),
      })),
    byPhase: [...byPhase].map(([phase, one]) => ({ phase, ...one.figures() })),
  };
}

/** The phase of an item's deepest interest that the person has; of equally deep ones, that which is attended to most. */
function phaseReader(interests: readonly AttendedInterest[]): (item: Item) => string {
  const known = new Map<string, string>();
  return ({ categories = [] }) => {
    const name = JSON.stringify(categories);
    let phase = known.get(name);
    if (phase === undefined) {
      const own = interests.filter(({ path }) => path.length > 0 && categories.some((one) => startsWith(one, path)));
      const [deepest] = own.sort((a, b) => b.path.length - a.path.length || b.share - a.share);
      phase = deepest?.phase ?? strange;
      known.set(name, phase);
    }
    return phase;
  };
}

function startsWith(path: readonly string[], start: readonly string[]): boolean {
  return start.every((step, depth) => path[depth] === step);
}
