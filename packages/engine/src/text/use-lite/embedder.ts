/** `use-lite`: English sentences by the Universal Sentence Encoder lite, on ONNX Runtime. */
import type { TextEmbedder } from "../../core/ports.ts";
import { compile, type DeviceOptions, type Session } from "../../nn/session.ts";
import { piecesMax, type Shape, useLiteDimensions, useLiteNetwork } from "./network.ts";
import { feedsOf, packRows } from "./packing.ts";
import { readUseLite } from "./weights.ts";

/** Runs come in these sizes, the smallest first: one request in words, some, many. */
const shapes: readonly Shape[] = [
  { rows: 1, time: 32, sentences: 4 },
  { rows: 1, time: 128, sentences: 16 },
  { rows: 8, time: 128, sentences: 16 },
];
/** Characters of a text that are read; more than 128 pieces hold. */
const charactersMax = 2_048;

/**
 * Computes on the thread that calls it: serve it from a thread of its own (`thread/threaded.ts`).
 *
 * @throws PENCHANT_E_EMBEDDER when the package with the weights is not installed
 */
export async function openUseLite(device: DeviceOptions = {}): Promise<TextEmbedder> {
  const { tokenizer, weights } = await readUseLite();
  const sessions = new Map<Shape, Promise<Session<"vectors">>>();
  const sessionOf = (shape: Shape) => {
    const session = sessions.get(shape) ?? compile({ vectors: useLiteNetwork(shape) }, { spinning: false, ...device });
    sessions.set(shape, session);
    return session;
  };

  return {
    model: "use-lite-1",
    dimensions: useLiteDimensions,
    languages: ["en"],
    async embed(texts) {
      const pieces = texts.map((text) => tokenizer.encode(text.slice(0, charactersMax).trim()).slice(0, piecesMax));
      const vectors = texts.map(() => new Float32Array(useLiteDimensions));
      const known = texts
        .keys()
        .filter((text) => pieces[text].length > 0)
        .toArray();
      const lengths = known.map((text) => pieces[text].length);
      const fits = ({ rows, ...row }: Shape) =>
        Math.max(...lengths) <= row.time && packRows(lengths, row).length <= rows;
      const shape = known.length > 64 ? shapes[2] : (shapes.find(fits) ?? shapes[2]);
      const rows = packRows(lengths, shape);
      for (let from = 0; from < rows.length; from += shape.rows) {
        const some = rows.slice(from, from + shape.rows);
        const feeds = feedsOf(
          some,
          known.map((text) => pieces[text]),
          shape,
        );
        const session = await sessionOf(shape);
        const result = (await session.run({ ...weights, ...feeds })).vectors as Float32Array;
        for (const [row, slots] of some.entries()) {
          for (const { sentence, slot } of slots) {
            const start = (row * shape.sentences + slot) * useLiteDimensions;
            vectors[known[sentence]].set(result.subarray(start, start + useLiteDimensions));
          }
        }
      }
      return vectors;
    },
    async close() {
      for (const session of sessions.values()) await (await session).close();
    },
  };
}
