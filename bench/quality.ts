/**
 * Quality: how well the recommender finds what the bundled sample's users rated next, beside its own parts, item neighbours
 * and popularity. The protocol is the demonstration's (`packages/engine/src/cli/demo/evaluation.ts`): the last tenth of every
 * user's ratings held out, the blend chosen on the tenth before, full ranking, 95 % bootstrap intervals over users, and
 * differences paired by user.
 */
import { evaluateSample } from "../packages/engine/src/cli/demo/evaluation.ts";
import { readMovieLens } from "../packages/engine/src/import/movielens.ts";
import { benchmark, tell } from "./support/benchmark.ts";
import { bundled } from "./support/sample.ts";

await benchmark("quality", { seed: 1 }, async ({ seed, data }) => {
  const sample = await readMovieLens(data ?? bundled);
  tell("Fitting on what came before the cuts, twice, and ranking all films for all users");
  return { ...(await evaluateSample(sample, { seed })) };
});
