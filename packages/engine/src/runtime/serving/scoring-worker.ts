/** The thread that scores with one model: it loads the model, then answers one query after the other. */
import { parentPort, workerData } from "node:worker_threads";
import { assert, PenchantError } from "../../base/errors.ts";
import { type LoadedModel, loadModelFolder } from "../../models/load.ts";
import { toAmounts } from "../../recommend/candidates/model.ts";
import { loading, type ScoringAnswer, type ScoringRequest } from "./served-model.ts";

assert(parentPort !== null, "models score in a worker thread");
const port = parentPort;
const answer = (message: ScoringAnswer) =>
  port.postMessage(message, message.scores ? [message.scores.amounts.buffer as ArrayBuffer] : []);

function failure(number: number, error: unknown): ScoringAnswer {
  const code = PenchantError.isInstance(error) ? error.code : undefined;
  return { number, failed: { code, message: error instanceof Error ? error.message : String(error) } };
}

function serve({ model: { scale }, fitted: trained }: LoadedModel): void {
  let fitted = trained;
  port.on("message", (request: ScoringRequest) => {
    if ("placed" in request) {
      fitted = fitted.withItems?.(request.placed) ?? fitted;
      return;
    }
    const { number, explain, ...query } = request;
    try {
      const amounts = toAmounts(fitted.score(query), scale);
      const account = explain ? fitted.explain?.(query) : undefined;
      answer({ number, scores: { amounts, ...(account && { account }) } });
    } catch (error) {
      answer(failure(number, error));
    }
  });
  answer({ number: loading, loaded: { placesItems: trained.withItems !== undefined } });
}

try {
  serve(await loadModelFolder(workerData as string));
} catch (error) {
  answer(failure(loading, error));
}
