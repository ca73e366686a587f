/** Asks a real server over real connections whatever may be asked, until something is wrong or it has been asked enough. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";
import { startServerProcess } from "../../bench/support/server-process.ts";
import { dayMs } from "../../packages/engine/src/base/time.ts";
import { openEngine } from "../../packages/engine/src/index.ts";
import { exchange } from "./exchange.ts";
import { Judge } from "./judgement.ts";
import { type FuzzRequest, type OpenApi, requests } from "./requests.ts";

export interface FuzzReport {
  readonly seed: number;
  readonly requests: number;
  /** Answers by operation and status. */
  readonly answers: Readonly<Record<string, number>>;
  /** What went wrong first, with the shortest request found that it goes wrong with; null when nothing did. */
  readonly failure: { readonly problem: string; readonly request: string } | null;
}

const answerTimeoutMs = 10_000;
const shownBytes = 2_000;

export async function fuzz(options: { requests: number; seed: number }): Promise<FuzzReport> {
  const folder = mkdtempSync(join(tmpdir(), "penchant-fuzz-"));
  try {
    writeFileSync(join(folder, "penchant.config.json"), JSON.stringify({ dataDir: "data", flushIntervalSeconds: 0.1 }));
    const ids = await fill(join(folder, "data"));
    const server = await startServerProcess(folder);
    try {
      return await ask(server.url, ids, options);
    } finally {
      await server.stop("SIGKILL");
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function ask(
  url: string,
  ids: readonly string[],
  options: { requests: number; seed: number },
): Promise<FuzzReport> {
  const { host, hostname, port } = new URL(url);
  const document = (await (await fetch(`${url}/openapi.json`)).json()) as OpenApi;
  const judge = new Judge(document);
  let problem = "";
  const isFine = async (request: FuzzRequest): Promise<boolean> => {
    try {
      const isHead = request.bytes.subarray(0, 5).toString("latin1") === "HEAD ";
      const address = { host: hostname, port: Number(port) };
      const answer = await exchange(address, request.bytes, {
        timeoutMs: answerTimeoutMs,
        isHead,
        isWhole: request.operation !== undefined,
      });
      const found = judge.problem(request, answer);
      if (found === undefined) return true;
      problem = found;
    } catch (error) {
      problem = String(error);
    }
    return false;
  };
  const { counterexample, numRuns } = await fc.check(fc.asyncProperty(requests(document, { ids, host }), isFine), {
    seed: options.seed,
    numRuns: options.requests,
  });
  const answers = Object.fromEntries([...judge.counts].sort(([a], [b]) => (a < b ? -1 : 1)));
  if (counterexample === null) {
    const health = await fetch(`${url}/health/ready`);
    if (!health.ok) problem = `the server is not ready any more: ${health.status}`;
  }
  const shortest = counterexample?.[0]?.bytes.subarray(0, shownBytes).toString("latin1") ?? "";
  return {
    seed: options.seed,
    requests: numRuns,
    answers,
    failure: problem === "" ? null : { problem, request: shortest },
  };
}

/** A small catalogue, some users and a tree. Returns ids of all of them. */
async function fill(dataDir: string): Promise<string[]> {
  const engine = await openEngine({ dataDir });
  try {
    const genres = ["Crime", "Space", "Romance"];
    const items = Array.from({ length: 30 }, (_, index) => ({
      id: `m${index}`,
      title: `Film ${index}`,
      text: ["detective heist murder", "rocket planet orbit", "wedding letter summer"][index % 3],
      categories: [["Film", genres[index % 3]]],
      attributes: { year: 1990 + index },
    }));
    await engine.putItems(items);
    const now = Date.now();
    const users = ["ada", "bert", "cleo"];
    await engine.track(
      Array.from({ length: 60 }, (_, index) => ({
        id: `e${index}`,
        user: users[index % 3],
        type: ["view", "like", "rating"][index % 3],
        item: `m${(index * 7) % 30}`,
        value: 1 + (index % 5),
        time: now - index * dayMs,
      })),
    );
    await engine.rebuild();
    const { id: model } = await engine.train({ model: "item-knn", promote: true });
    return [model, ...users, ...items.slice(0, 4).map(({ id }) => id), engine.interests()[1].id, "e1", "nobody"];
  } finally {
    await engine.close();
  }
}
