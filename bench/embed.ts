/**
 * Sentences per second of the embedders that need no network: `use-lite` in batches and one by one, `lexical` with its fit.
 * The same sentences go to the package that `use-lite` has its weights from, in the same run and before and after ours, and
 * the vectors of both are compared. The sentences are titles of the bundled sample with their genres, put together two by
 * two: about as many pieces as headlines have.
 */
import { execFile } from "node:child_process";
import { join } from "node:path";
import { itemText } from "../packages/engine/src/runtime/item-text.ts";
import { fitLexicalEmbedder } from "../packages/engine/src/text/lexical.ts";
import { openUseLite } from "../packages/engine/src/text/use-lite/embedder.ts";
import { readUseLite } from "../packages/engine/src/text/use-lite/weights.ts";
import { benchmark, tell } from "./support/benchmark.ts";
import { readSample } from "./support/sample.ts";

interface Original {
  readonly sentencesPerSecond: number;
  readonly vectors: readonly (readonly number[])[];
}

await benchmark("embed", { sentences: 2_048, rounds: 3 }, async ({ sentences, rounds, data }) => {
  const texts = await sentencesOf(data, sentences);
  const { tokenizer } = await readUseLite();
  const pieces = texts.reduce((sum, text) => sum + tokenizer.encode(text).length, 0);
  const original: Original[] = [];
  const batched: number[] = [];
  const single: number[] = [];
  const embedder = await openUseLite();
  await embedder.embed(texts);
  let reason: string | undefined;
  for (let round = 1; round <= rounds; round++) {
    tell(`Round ${round} of ${rounds}`);
    const rival = await originalOf(texts.slice(0, 512));
    if (typeof rival === "string") reason = rival;
    else original.push(rival);
    batched.push(await perSecond(texts.length, () => embedder.embed(texts)));
    const some = texts.slice(0, 64);
    single.push(
      await perSecond(some.length, async () => {
        for (const text of some) await embedder.embed([text]);
      }),
    );
  }
  const ours = await embedder.embed(texts.slice(0, 64));
  await embedder.close();
  const fitSeconds = 1 / (await perSecond(1, () => fitLexicalEmbedder(texts, { dimensions: 96, seed: 1 })));
  const lexical = fitLexicalEmbedder(texts, { dimensions: 96, seed: 1 });
  const lexicalPerSecond = await perSecond(texts.length, () => lexical.embedNow(texts));
  const originalPerSecond = median(original.map(({ sentencesPerSecond }) => sentencesPerSecond));
  return {
    piecesPerSentence: pieces / texts.length,
    useLite: {
      batchedPerSecond: median(batched),
      singlePerSecond: median(single),
      ...(reason === undefined
        ? {
            originalPerSecond,
            timesTheOriginal: median(batched) / originalPerSecond,
            largestDifference: largestDifference(ours, original[0].vectors),
          }
        : { original: reason }),
    },
    lexical: { fitSeconds, embeddedPerSecond: lexicalPerSecond },
  };
});

async function sentencesOf(data: string | undefined, count: number): Promise<string[]> {
  const { items } = await readSample(data);
  const words = items.map((item) => itemText(item).replaceAll("\n", " "));
  return Array.from({ length: count }, (_, at) => `${words[at % words.length]}, ${words[(7 * at + 1) % words.length]}`);
}

async function perSecond(count: number, work: () => unknown): Promise<number> {
  const started = performance.now();
  await work();
  return (1_000 * count) / (performance.now() - started);
}

/** A process of its own, as the package needs a folder of its own. */
function originalOf(texts: readonly string[]): Promise<Original | string> {
  return new Promise((resolve) => {
    const script = join(import.meta.dirname, "rivals/use-lite-original.mjs");
    const child = execFile(process.execPath, [script], { maxBuffer: 2 ** 28 }, (error, stdout) => {
      if (error === null) resolve(JSON.parse(stdout) as Original);
      else resolve(`not measured: ${/^Error: .*$/m.exec(error.message)?.[0] ?? error.message.trim().split("\n")[0]}`);
    });
    child.stdin?.on("error", () => {});
    child.stdin?.end(JSON.stringify(texts));
  });
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
}

function largestDifference(ours: readonly Float32Array[], theirs: readonly (readonly number[])[]): number {
  let most = 0;
  for (const [at, vector] of ours.entries()) {
    for (const [d, value] of vector.entries()) most = Math.max(most, Math.abs(value - (theirs[at]?.[d] ?? Number.NaN)));
  }
  return most;
}
