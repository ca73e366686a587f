/**
 * Rounds of load, `kill -9` at a random moment, and restart. After every crash the log is held against what the clients
 * know (`ledger.ts`) and the states against the log (`inspection.ts`). Moments, requests and everything else that is
 * chosen come from the seed; what the threads and the disk do meanwhile does not, so a seed makes a failure likely
 * again and not certain.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { type ServerProcess, startServerProcess } from "../../bench/support/server-process.ts";
import { seededRandom } from "../../packages/engine/src/base/random.ts";
import { copyOf, type Inspection, inspect } from "./inspection.ts";
import { Ledger } from "./ledger.ts";
import { putFirstItems, putUnderLoad } from "./load.ts";

export interface CrashReport {
  readonly seed: number;
  readonly rounds: number;
  /** Events whose acknowledgement the clients saw. */
  readonly acknowledged: number;
  readonly lost: number;
  readonly duplicated: number;
  readonly unsent: number;
  readonly unerased: number;
  readonly altered: number;
  readonly stateMismatches: number;
  /** What was found, a line each, at most `problemsNamed` of them. */
  readonly problems: readonly string[];
}

const clients = 8;
const loadMsMin = 150;
const loadMsMax = 600;
/** Every third round the engine rebuilds under load. */
const roundsPerRebuild = 3;
/** States are written often and few are kept in memory, so that crashes meet all that can happen to them. */
const settings = { dataDir: "data", flushIntervalSeconds: 0.05, cachedStates: 100 };
const problemsNamed = 20;
const rebuildingServer = new URL("./rebuilding-server.ts", import.meta.url).pathname;

/** @param onRound told what a round found */
export async function crashRounds(options: {
  rounds: number;
  seed: number;
  onRound?: (line: string) => void;
}): Promise<CrashReport> {
  const { rounds, seed, onRound } = options;
  const folder = mkdtempSync(join(tmpdir(), "penchant-crash-"));
  writeFileSync(join(folder, "penchant.config.json"), JSON.stringify(settings));
  const dataDir = join(folder, settings.dataDir);
  mkdirSync(dataDir);
  const random = seededRandom(seed);
  const ledger = new Ledger();
  const tally = new Tally();
  let server: ServerProcess | undefined;
  const restart = async (round: number) => {
    const canRebuild = round % roundsPerRebuild === roundsPerRebuild - 1;
    server = await startServerProcess(folder, canRebuild ? { program: [rebuildingServer], ipc: true } : {});
    return server;
  };
  try {
    let running = await restart(0);
    await putFirstItems(running.url);
    for (let round = 0; round < rounds; round++) {
      const before = ledger.acknowledged;
      const load = putUnderLoad({ url: running.url, ledger, seed: random.integer(2 ** 31), clients, name: `${round}` });
      const killed = killLater(running, loadMsMin + random.integer(loadMsMax - loadMsMin));
      await Promise.all([load, killed]);
      const copy = copyOf(dataDir);
      // The next server recovers the folder while this process looks at the copy.
      const [inspection, next] = await Promise.all([
        inspect(copy, ledger.users),
        round + 1 < rounds ? restart(round + 1) : running,
      ]);
      running = next;
      const problems = tally.count(ledger, inspection);
      ledger.settle(inspection.log);
      onRound?.(
        `round ${round + 1}: ${ledger.acknowledged - before} events acknowledged, ${inspection.log.length} in the log${problems.map((problem) => `\n  ${problem}`).join("")}`,
      );
    }
  } catch (error) {
    throw new Error(`A round with seed ${seed} failed. The server's log ends with:\n${server?.log()}`, {
      cause: error,
    });
  } finally {
    await server?.stop("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  }
  return { seed, rounds, acknowledged: ledger.acknowledged, ...tally.counts, problems: tally.problems };
}

async function killLater(server: ServerProcess, afterMs: number): Promise<void> {
  await setTimeout(afterMs / 2);
  if (server.child.connected) server.child.send("rebuild", () => {});
  await setTimeout(afterMs / 2);
  await server.stop("SIGKILL");
}

class Tally {
  readonly counts = { lost: 0, duplicated: 0, unsent: 0, unerased: 0, altered: 0, stateMismatches: 0 };
  readonly problems: string[] = [];

  /** @returns a line per kind of finding, and per damage */
  count(ledger: Ledger, { log, stateMismatches, damage }: Inspection): string[] {
    const found = { ...ledger.judge(log), stateMismatches };
    const lines = [...damage];
    for (const name of Object.keys(this.counts) as (keyof typeof this.counts)[]) {
      this.counts[name] += found[name].length;
      if (found[name].length > 0) lines.push(`${name}: ${found[name].slice(0, 10).join(", ")}`);
    }
    this.problems.push(...lines.slice(0, problemsNamed - this.problems.length));
    return lines;
  }
}
