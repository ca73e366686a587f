/** Load from a process of its own (`load-generator.ts`): what it is asked to send, and what it reports. */
import { fork } from "node:child_process";
import { once } from "node:events";
import type { Timings } from "./timings.ts";
import type { World } from "./world.ts";

export interface Stream {
  readonly kind: "events" | "recommendations" | "profiles" | "live";
  readonly connections: number;
  /** Requests per second; as fast as answers come when there is none. */
  readonly perSecond?: number;
  /** Events per request, as a list; one event alone when there is none. */
  readonly batch?: number;
  /** Take the users one after the other instead of at random, each for the events of one visit, from an event on. */
  readonly inOrder?: { readonly from: number; readonly eventsPerVisit: number };
}

export interface LoadPlan {
  readonly url: string;
  readonly world: World;
  readonly seconds: number;
  readonly seed: number;
  /** Sent side by side. */
  readonly streams: readonly Stream[];
}

export interface StreamResult extends Timings {
  readonly kind: Stream["kind"];
  readonly requests: number;
  /** Answers other than 200. */
  readonly failures: number;
  readonly perSecond: number;
  /** Processor time that the load generator took meanwhile, for all streams that ran side by side. */
  readonly generatorCpuSeconds: number;
  /** Events that were accepted, and how many a second. */
  readonly acknowledged?: number;
  readonly eventsPerSecond?: number;
}

/** Runs the streams, and fails when any answer was no success. */
export async function runLoad(plan: LoadPlan): Promise<StreamResult[]> {
  const generator = fork(new URL("./load-generator.ts", import.meta.url));
  generator.send(plan);
  const gone = once(generator, "exit").then(([code]) => {
    throw new Error(`The load generator ended with code ${String(code)} before it was done.`);
  });
  const [results] = (await Promise.race([once(generator, "message"), gone])) as [StreamResult[]];
  gone.catch(() => {});
  const failed = results.find(({ failures }) => failures > 0);
  if (failed) throw new Error(`${failed.failures} of ${failed.requests} requests for ${failed.kind} were refused.`);
  return results;
}
