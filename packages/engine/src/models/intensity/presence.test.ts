import { expect, test } from "vitest";
import { dayMs } from "../../base/time.ts";
import { presenceAt } from "../../core/presence.ts";
import { fitIntensity, logLikelihoodByRow } from "./fit.ts";
import { readPoints } from "./points.ts";
import { expectedEvents, sumsBefore } from "./predict.ts";
import { simulate, simulatedTausDays } from "./test-process.ts";

const leaves = [
  [0.2, 0.4, 0.4, 0, 0, 0.2, 0.4],
  [0.2, 0.4, 0.4, 0, 0, 0.2, 0.4],
];
const days = 200;
const cut = 150 * dayMs;
/** Nine in ten of what would be done is not, once somebody has been away for fifteen days. */
const people = simulate({ leaves, users: 700, days, seed: 11, staying: (away) => (away < 15 ? 1 : 0.1) });
const model = fitIntensity(people, cut, { tausDays: simulatedTausDays });
const unaware = fitIntensity(people, cut, { tausDays: simulatedTausDays, leaves: false });

test("who is still there is learned from when people come back", () => {
  const before = [0.5, 3, 10].map((away) => presenceAt(model.presence!, away));
  const after = [20, 50].map((away) => presenceAt(model.presence!, away));
  const ratio = before.flatMap((near) => after.map((far) => far / near));
  for (const share of ratio) {
    expect(share).toBeGreaterThan(0.05);
    expect(share).toBeLessThan(0.2);
  }
  expect(unaware.presence).toBeUndefined();
});

test("it makes what happens after the fit likelier, and as much is expected as happens", () => {
  const figures = [model, unaware].map((one) => {
    const reading = { ...one.options, rates: one.rates, presence: one.presence, from: cut, until: days * dayMs };
    const { logLikelihood, events } = logLikelihoodByRow(one, readPoints(people, reading));
    const expected = Array.from(
      { length: 700 },
      (_, user) => expectedEvents(one, sumsBefore(people, one, user, cut), 30)[0],
    );
    return { perEvent: logLikelihood[0] / events[0], expected: expected.reduce((sum, count) => sum + count, 0) };
  });
  const [aware, blind] = figures;
  expect(aware.perEvent).toBeGreaterThan(blind.perEvent + 0.03);
  const { times } = people.interactions;
  const happened = times.filter((time) => time >= cut && time < cut + 30 * dayMs).length;
  expect(aware.expected / happened).toBeGreaterThan(0.9);
  expect(aware.expected / happened).toBeLessThan(1.1);
});

test("where nobody leaves, there is little to learn", () => {
  const staying = simulate({ leaves, users: 400, days, seed: 12 });
  const { presence } = fitIntensity(staying, days * dayMs, { tausDays: simulatedTausDays });
  for (const factor of presence!.factors) expect(Math.abs(Math.log(factor))).toBeLessThan(0.4);
});
