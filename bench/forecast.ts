/**
 * What people will do next: the learned intensity against simpler notions of interest and its decay, on real histories.
 *
 * At several cuts, for every active user and node: the events of the next 1, 7 and 30 days (negative binomial likelihood,
 * MAE, RMSE, R2), where the next ten events fall (categorical likelihood), and whether a dormant interest wakes (AUC, log
 * loss, calibration); for point processes also the likelihood of the events' times. The rivals stand in
 * `support/forecast/forecasters.ts`; `first` is by how much the first model's figure lies above a rival's, with its 95 %
 * interval from a bootstrap over users.
 *
 * What is learned by descent or in trees learns from `--learners N` people at each cut, 300 unless told otherwise: the whole
 * takes minutes so, and not hours. With 1 they are left out. Every cut has a thread of its own, `--threads N`
 * of them at once; `--cuts N` takes the last ones only.
 *
 * `--data FOLDER` names a folder with the data sets that it finds (Complete Journey, MovieLens, Globo), or one MovieLens
 * folder; without it the bundled sample is taken, which has too few people to tell methods apart.
 */
import { availableParallelism } from "node:os";
import { performance } from "node:perf_hooks";
import { benchmark, type Figures, tell } from "./support/benchmark.ts";
import { compare } from "./support/forecast/compare.ts";
import { scoreCuts } from "./support/forecast/cut-threads.ts";
import { findScenarios } from "./support/forecast/scenario.ts";
import { bundled } from "./support/sample.ts";

const numbers = { seed: 1, learners: 300, cuts: 3, threads: availableParallelism() };

await benchmark("forecast", numbers, async ({ seed, learners: users, cuts, threads, data: folder = bundled }) => {
  const datasets: Figures[] = [];
  for (const { name: dataset, open } of findScenarios(folder)) {
    const start = performance.now();
    const scenario = await open();
    const places = [...scenario.cuts.keys()].slice(-cuts);
    const jobs = places.map((cut) => ({ folder, dataset, cut, learning: { users, seed } }));
    const figures = compare(scenario, await scoreCuts(jobs, threads), seed);
    datasets.push({ ...figures, seconds: Math.round((performance.now() - start) / 1_000) });
    tell(`${dataset}: done`);
  }
  return { datasets };
});
