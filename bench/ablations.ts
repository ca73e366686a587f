/**
 * Ablations: what each ingredient of a sequence model is worth on validation, which settings are chosen by; the test is not
 * asked. Leave-one-out, one seed, a fixed number of epochs, and each row beside the base it differs from in one thing, paired
 * by user.
 *
 * A queue that runs unattended: what was measured is kept in `./evaluations`, and a training that was cut off goes on after its
 * last whole epoch, when the same command is called again at the same commit.
 */
import { join } from "node:path";
import { seededRandom } from "../packages/engine/src/base/random.ts";
import { systemClock } from "../packages/engine/src/base/time.ts";
import { commit } from "../packages/engine/src/cli/circumstances.ts";
import { runJobs } from "../packages/engine/src/cli/evaluate/jobs.ts";
import {
  type RankingJob,
  type RankingJobData,
  type RankingResult,
  rankingProgram,
} from "../packages/engine/src/cli/evaluate/ranking-job.ts";
import { fingerprintOf, ResultStore } from "../packages/engine/src/cli/evaluate/store.ts";
import { bootstrapMean, pairedDifference } from "../packages/engine/src/evaluate/bootstrap.ts";
import { protocolDefaults } from "../packages/engine/src/evaluate/splits/protocol.ts";
import { readDataset } from "../packages/engine/src/import/datasets/read.ts";
import { ablations, base } from "./support/ablations.ts";
import { benchmark, tell } from "./support/benchmark.ts";
import { bundled } from "./support/sample.ts";

const metric = "NDCG@10";

await benchmark(
  "ablations",
  { epochs: 20, threads: 2, seed: 1, rows: ablations.length },
  async ({ epochs, threads, seed, rows, data }) => {
    const { dataset } = await readDataset(data ?? bundled, { clock: systemClock });
    const protocol = { ...protocolDefaults, name: "leave-one-out" as const };
    const store = new ResultStore<RankingResult>(
      join(process.cwd(), "evaluations"),
      fingerprintOf(dataset),
      protocol,
      commit(),
    );
    const queue = ablations.slice(0, rows);
    const jobs = queue.map(({ model, changes }): RankingJob => {
      const config = { epochs, patience: epochs, threads, ...changes };
      return { model, config, seed, ks: [10], on: "validation" };
    });
    const results = jobs.map((job) => store.get(job));
    const left = jobs.filter((_, index) => results[index] === undefined);
    tell(`${left.length} of ${jobs.length} rows are to be measured`);
    // One after the other: each has all processors, so that the seconds can be compared.
    await runJobs<RankingJob, RankingResult>(left, {
      program: rankingProgram,
      data: { dataset, protocol } satisfies RankingJobData,
      parallel: 1,
      checkpointOf: (job) => store.checkpointOf(job),
      onResult(job, result) {
        const index = jobs.indexOf(job);
        store.put(job, result);
        results[index] = result;
        tell(`${queue[index].name}: ${rowOf(result).ndcg.value.toFixed(4)}`);
      },
      onProgress: () => {},
    });
    const whole = results.filter((result) => result !== undefined);
    const { perCase, users } = whole[queue.indexOf(base)].outcome;
    return {
      dataset: dataset.name,
      users: dataset.users.length,
      items: dataset.items.length,
      rows: whole.map((result, index) => ({
        name: queue[index].name,
        ...rowOf(result),
        ...(queue[index] !== base && {
          overBase: pairedDifference(result.outcome.perCase[metric], perCase[metric], seededRandom(seed), { users }),
        }),
      })),
    };
  },
);

function rowOf({ outcome, fitSeconds, peakMemoryBytes }: RankingResult) {
  const ndcg = bootstrapMean(outcome.perCase[metric], seededRandom(1), { users: outcome.users });
  return { ndcg, fitSeconds, peakMemoryBytes };
}
