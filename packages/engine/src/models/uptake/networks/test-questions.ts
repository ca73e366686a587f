/** Small questions with planted answers, for the networks' tests. */
import { type Random, seededRandom } from "../../../base/random.ts";
import { hourMs } from "../../../base/time.ts";
import { interactionTable } from "../../../core/interaction-table.ts";
import type { Interaction } from "../../../core/ports.ts";
import type { FittedUptake, UptakeExamples, UptakeModel } from "../../../core/uptake.ts";
import { testStart } from "../../../testing/builders.ts";

export interface PlantedQuestion {
  /** Items of the events before, oldest first, an hour apart. */
  readonly history: readonly number[];
  readonly item: number;
  readonly isYes: boolean;
  readonly features: readonly number[];
}

/** As a table in which every question has a person of its own. */
export function examplesOf(questions: readonly PlantedQuestion[], isTimed = true): UptakeExamples {
  const events = (history: readonly number[]): Interaction[] =>
    history.map((item, step) => ({ item, time: testStart + (isTimed ? step * hourMs : 0), weight: 1 }));
  const histories = interactionTable(questions.map(({ history }) => events(history)));
  const rows = questions.length;
  return {
    histories,
    users: Int32Array.from({ length: rows }, (_, row) => row),
    starts: histories.offsets.slice(0, rows),
    ends: histories.offsets.slice(1),
    items: Int32Array.from(questions, ({ item }) => item),
    times: new Float64Array(rows).fill(testStart + 100 * hourMs),
    columns: questions[0].features.map((_, index) => ({ name: `feature${index}`, group: "context" })),
    features: Float32Array.from(questions.flatMap(({ features }) => features)),
    labels: Uint8Array.from(questions, ({ isYes }) => (isYes ? 1 : 0)),
  };
}

/** So many questions that a rule makes up. */
export function planted(count: number, seed: number, rule: (random: Random) => PlantedQuestion): PlantedQuestion[] {
  const random = seededRandom(seed);
  return Array.from({ length: count }, () => rule(random));
}

/** Share of answers that are on the right side of one half. */
export async function accuracyOf(fitted: FittedUptake, asked: UptakeExamples): Promise<number> {
  const probabilities = await fitted.predict(asked);
  return asked.labels.filter((label, row) => probabilities[row] > 0.5 === (label === 1)).length / asked.labels.length;
}

/** Fits with seed 1, and the defaults but for what is given. */
export function fitUptakeOn<Config extends object>(
  model: UptakeModel<Config>,
  data: { itemCount: number; train: UptakeExamples; validation?: UptakeExamples },
  settings: Partial<Config> = {},
): Promise<FittedUptake> {
  return model.fit(data, { ...model.defaults, ...settings }, { seed: 1 });
}
