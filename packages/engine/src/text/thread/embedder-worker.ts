/** The thread that runs one embedder: opens it, says what it is, and answers requests in their order. */
import { parentPort, workerData } from "node:worker_threads";
import { assert, PenchantError } from "../../base/errors.ts";
import { type LocalSetting, openLocal } from "./local.ts";
import type { ThreadAnswer, ThreadRequest } from "./threaded.ts";

assert(parentPort !== null, "embedders run in a worker thread");
const port = parentPort;
const post = (answer: ThreadAnswer) => port.postMessage(answer);
const fail = (id: number | undefined, error: unknown) => {
  const code = PenchantError.isInstance(error) ? error.code : "PENCHANT_E_EMBEDDER";
  post({ kind: "failed", id, code, message: error instanceof Error ? error.message : String(error) });
};

const opening = openLocal(workerData as LocalSetting);
opening.then(
  ({ model, dimensions, languages }) => post({ kind: "ready", facts: { model, dimensions, languages } }),
  (error: unknown) => fail(undefined, error),
);

let line: Promise<unknown> = opening.catch(() => undefined);
port.on("message", ({ id, texts }: ThreadRequest) => {
  line = line.then(async () => {
    try {
      const embedder = await opening;
      const { dimensions } = embedder;
      const vectors = new Float32Array(texts.length * dimensions);
      for (const [at, vector] of (await embedder.embed(texts)).entries()) vectors.set(vector, at * dimensions);
      post({ kind: "vectors", id, vectors });
    } catch (error) {
      fail(id, error);
    }
  });
});
