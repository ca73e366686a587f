/**
 * The vectors of items that are not fitted here: those of given embedders, through the cache, and those that callers bring
 * with their items. Embedders are opened when they are needed first. What was opened serves until the engine closes.
 */
import { PenchantError } from "../base/errors.ts";
import type { Item } from "../core/item.ts";
import type { EmbeddingCache, ProviderUsage, TextEmbedder } from "../core/ports.ts";
import { cachedEmbedder } from "../text/cached.ts";
import type { FusionInput } from "../text/fusion.ts";
import { type EmbedderSetting, type GivenSetting, isGiven } from "../text/open.ts";
import { itemText } from "./item-text.ts";
import type { ProgressListener } from "./progress.ts";

export interface EncoderParts {
  readonly settings: readonly EmbedderSetting[];
  /** Whether the vectors are refined on what people do. Default false. */
  readonly isAdapted?: boolean;
  /** The signal ends an opening that takes long, such as the fetching of a model. */
  readonly open: (setting: GivenSetting, signal: AbortSignal) => Promise<TextEmbedder>;
  readonly cache: () => EmbeddingCache;
  /** Told of embedders that failed while serving: the items have gone without that part until the next rebuild. */
  readonly onError: (error: unknown) => void;
  /** How long putting items waits for an embedder, in milliseconds. Default 10,000. */
  readonly servingTimeoutMs?: number;
}

/** Of one item, by source. */
export type SourceVectors = ReadonlyMap<string, ArrayLike<number>>;

const defaultServingTimeoutMs = 10_000;
const textsOfStep = 1_024;
const callerPrefix = "vector:";

/** Whether a source is what callers bring, and not a model. */
export function isCallers(source: string): boolean {
  return source.startsWith(callerPrefix);
}

export class Encoder {
  readonly #parts: EncoderParts;
  readonly #given: readonly GivenSetting[];
  #opened: Promise<readonly TextEmbedder[]> | undefined;
  /** Those that are open. */
  #serving: readonly TextEmbedder[] = [];
  readonly #stopping = new AbortController();
  #cache: EmbeddingCache | undefined;

  constructor(parts: EncoderParts) {
    this.#parts = parts;
    this.#given = parts.settings.filter(isGiven);
  }

  /** One without given embedders. */
  static lexical(): Encoder {
    const none = (): never => {
      throw new PenchantError("PENCHANT_E_INTERNAL", "Nothing is opened for the catalogue's own words.");
    };
    return new Encoder({ settings: [{ kind: "lexical" }], open: none, cache: none, onError: none });
  }

  /** Whether the catalogue's own words are a part of the vectors. */
  get isLexical(): boolean {
    return this.#parts.settings.some(({ kind }) => kind === "lexical");
  }

  /** Whether an embedder that is trained on the catalogue is a part of them. */
  get isOwn(): boolean {
    return this.#parts.settings.some(({ kind }) => kind === "own");
  }

  get isAdapted(): boolean {
    return this.#parts.isAdapted ?? false;
  }

  /** What was asked of embedders on the network, as far as they are open. */
  usages(): { model: string; usage: ProviderUsage }[] {
    return this.#serving.flatMap(({ model, usage }) => (usage === undefined ? [] : [{ model, usage }]));
  }

  /** The models that are configured beside those that are fitted here. Opens them. */
  async models(): Promise<string[]> {
    return (await this.#embedders()).map(({ model }) => model);
  }

  /**
   * All vectors of all items, for a fit. One embedder that fails is all that fails.
   *
   * @throws PENCHANT_E_EMBEDDER, PENCHANT_E_PROVIDER
   */
  async read(
    items: readonly Item[],
    { signal, onProgress }: { signal?: AbortSignal | undefined; onProgress?: ProgressListener | undefined } = {},
  ): Promise<FusionInput[]> {
    const inputs: FusionInput[] = [];
    const texts = this.#given.length === 0 ? [] : items.map(itemText);
    for (const embedder of await this.#embedders()) {
      const { model, dimensions } = embedder;
      const vectors = new Float32Array(items.length * dimensions);
      for (let from = 0; from < items.length; from += textsOfStep) {
        onProgress?.({ step: `Embedding texts (${model})`, done: from, total: items.length });
        const some = await embedder.embed(texts.slice(from, from + textsOfStep), { signal });
        for (const [at, vector] of some.entries()) vectors.set(vector, (from + at) * dimensions);
      }
      inputs.push({ source: model, dimensions, vectors });
    }
    return [...inputs, ...callerInputs(items)];
  }

  /**
   * The vectors of a few items by the models that a space was made of. Never fails: whoever does not answer in time is left
   * out and told of.
   */
  async serve(items: readonly Item[], sources: readonly string[]): Promise<SourceVectors[]> {
    const found = items.map((item) => new Map<string, ArrayLike<number>>(callerVectors(item)));
    if (sources.every(isCallers) || items.length === 0) return found;
    try {
      const signal = AbortSignal.timeout(this.#parts.servingTimeoutMs ?? defaultServingTimeoutMs);
      const texts = items.map(itemText);
      for (const embedder of await unlessAborted(this.#embedders(), signal)) {
        if (!sources.includes(embedder.model)) continue;
        const vectors = await embedder.embed(texts, { signal });
        for (const [at, vector] of vectors.entries()) found[at].set(embedder.model, vector);
      }
    } catch (error) {
      this.#parts.onError(error);
    }
    return found;
  }

  /** Ends an opening that is under way. */
  stop(): void {
    this.#stopping.abort();
  }

  async close(): Promise<void> {
    this.stop();
    const opened = await this.#opened?.catch(() => []);
    for (const embedder of opened ?? []) await embedder.close();
    this.#cache?.close();
  }

  /** Those that failed to open are tried again when they are asked for again. */
  #embedders(): Promise<readonly TextEmbedder[]> {
    if (this.#given.length === 0) return Promise.resolve([]);
    this.#opened ??= this.#open().catch((error: unknown) => {
      this.#opened = undefined;
      throw error;
    });
    return this.#opened;
  }

  async #open(): Promise<readonly TextEmbedder[]> {
    const opened: TextEmbedder[] = [];
    try {
      for (const setting of this.#given) opened.push(await this.#parts.open(setting, this.#stopping.signal));
    } catch (error) {
      for (const embedder of opened) await embedder.close();
      throw error;
    }
    this.#cache ??= this.#parts.cache();
    const cache = this.#cache;
    this.#serving = opened.map((embedder) => cachedEmbedder(embedder, cache));
    return this.#serving;
  }
}

function unlessAborted<Value>(value: Promise<Value>, signal: AbortSignal): Promise<Value> {
  const aborted = new Promise<never>((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
  return Promise.race([value, aborted]);
}

function callerVectors({ vectors = {} }: Item): [string, readonly number[]][] {
  return Object.entries(vectors).map(([name, vector]) => [callerPrefix + name, vector]);
}

/** A name's length is what most of its vectors have; the others are left out. */
function callerInputs(items: readonly Item[]): FusionInput[] {
  const lengths = new Map<string, Map<number, number>>();
  for (const item of items) {
    for (const [source, { length }] of callerVectors(item)) {
      const counts = lengths.get(source) ?? new Map<number, number>();
      lengths.set(source, counts.set(length, (counts.get(length) ?? 0) + 1));
    }
  }
  return [...lengths]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([source, counts]) => {
      const [dimensions] = [...counts].reduce((most, one) => (one[1] > most[1] ? one : most));
      const vectors = new Float32Array(items.length * dimensions);
      for (const [key, item] of items.entries()) {
        const vector = item.vectors?.[source.slice(callerPrefix.length)];
        if (vector?.length === dimensions) vectors.set(vector, key * dimensions);
      }
      return { source, dimensions, vectors };
    });
}
