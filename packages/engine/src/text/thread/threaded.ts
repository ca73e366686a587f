/**
 * An embedder in a thread of its own, because ONNX Runtime computes on the thread that calls it and the engine has to go on
 * answering. Long lists go over in pieces, one at a time, so that a question of one text waits for a piece and not for a
 * catalogue. The thread keeps no program alive that has nothing else to do.
 */
import { Worker } from "node:worker_threads";
import { assert, type ErrorCode, PenchantError } from "../../base/errors.ts";
import type { TextEmbedder } from "../../core/ports.ts";
import type { LocalSetting } from "./local.ts";

const textsOfPiece = 256;

export type ThreadRequest = { readonly id: number; readonly texts: readonly string[] };
export type ThreadAnswer =
  | { readonly kind: "ready"; readonly facts: Pick<TextEmbedder, "model" | "dimensions" | "languages"> }
  | { readonly kind: "vectors"; readonly id: number; readonly vectors: Float32Array }
  | { readonly kind: "failed"; readonly id: number | undefined; readonly code: ErrorCode; readonly message: string };

interface Waiting {
  readonly resolve: (answer: ThreadAnswer) => void;
  readonly reject: (error: unknown) => void;
}

/** @throws PENCHANT_E_EMBEDDER when the embedder cannot be opened */
export async function threadedEmbedder(setting: LocalSetting): Promise<TextEmbedder> {
  const worker = new Worker(new URL("./embedder-worker.ts", import.meta.url), { workerData: setting, execArgv: [] });
  const waiting = new Map<number | undefined, Waiting>();
  let ended: PenchantError | undefined;
  let nextId = 0;

  const answerTo = (id: number | undefined, send: () => void) =>
    new Promise<ThreadAnswer>((resolve, reject) => {
      if (ended !== undefined) {
        reject(ended);
        return;
      }
      waiting.set(id, { resolve, reject });
      worker.ref();
      send();
    });
  const settle = (id: number | undefined, act: (one: Waiting) => void) => {
    const one = waiting.get(id);
    waiting.delete(id);
    if (waiting.size === 0) worker.unref();
    if (one !== undefined) act(one);
  };
  const end = (reason: string, cause?: unknown) => {
    ended ??= new PenchantError("PENCHANT_E_EMBEDDER", `The thread of the embedder "${setting.kind}" ${reason}.`, {
      cause,
    });
    for (const id of waiting.keys()) settle(id, ({ reject }) => reject(ended));
  };
  worker.on("message", (answer: ThreadAnswer) => {
    const id = answer.kind === "ready" ? undefined : answer.id;
    settle(id, ({ resolve, reject }) => {
      if (answer.kind === "failed") reject(new PenchantError(answer.code, answer.message));
      else resolve(answer);
    });
  });
  worker.on("error", (error) => end(`failed: ${error instanceof Error ? error.message : String(error)}`, error));
  worker.on("exit", () => end("has ended"));

  const ready = await answerTo(undefined, () => {}).catch(async (error: unknown) => {
    await worker.terminate();
    throw error;
  });
  assert(ready.kind === "ready", "the thread says that it is ready first");
  const { dimensions } = ready.facts;
  return {
    ...ready.facts,
    async embed(texts, { signal } = {}) {
      const vectors: Float32Array[] = [];
      for (let from = 0; from < texts.length; from += textsOfPiece) {
        signal?.throwIfAborted();
        const id = nextId++;
        const piece = texts.slice(from, from + textsOfPiece);
        const answer = await answerTo(id, () => worker.postMessage({ id, texts: piece } satisfies ThreadRequest, []));
        assert(answer.kind === "vectors", "the thread answers with vectors");
        for (let at = 0; at < piece.length; at++) {
          vectors.push(answer.vectors.slice(at * dimensions, (at + 1) * dimensions));
        }
      }
      return vectors;
    },
    async close() {
      await worker.terminate();
    },
  };
}
