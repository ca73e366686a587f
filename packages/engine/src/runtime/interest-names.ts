/**
 * The names that a language model gives to learned interests, in the background: nothing waits for them, and where there is none
 * the words of the interest are its label. A name belongs to what it was made of (keywords, best-known items, the interests
 * around, model and language): as long as the hash of that is the same, nothing is asked. Names are kept with the tree, and
 * once more by their hash, for interests that come back.
 */
import { PenchantError } from "../base/errors.ts";
import type { BlobStore, LanguageModel } from "../core/ports.ts";
import { topItems } from "../core/top-items.ts";
import type { GivenName, InterestNode, InterestTree } from "../core/tree.ts";
import { basisHash, type InterestName, type NameBasis, nameInterest } from "../text/interest-name.ts";
import type { ProgressListener } from "./progress.ts";
import type { Understanding } from "./understanding.ts";

/** What became of the learned interests. */
export interface NamingReport {
  /** Named by the model. */
  readonly named: number;
  /** Their names were known. */
  readonly known: number;
  /** Called by their words, because the model had no name that will do. */
  readonly unnamed: number;
}

const titlesAsked = 12;
const keywordsAsked = 8;
const siblingsAsked = 8;
/** Names that are remembered by their hash. */
const rememberedMax = 20_000;
/** New names that are stored together: what a stop in the middle costs. */
const storedTogether = 20;
const blobName = "interest-names";

export interface NamingSettings {
  readonly languageModel: LanguageModel | undefined;
  /** Told of what failed where nobody waits for it. */
  readonly onBackgroundError: (error: unknown) => void;
}

export interface NamingParts extends NamingSettings {
  readonly blobs: BlobStore;
  readonly understanding: Understanding;
  /** Runs what changes the understanding in line with other changes. */
  readonly inLine: <Result>(work: () => Promise<Result>) => Promise<Result>;
}

interface NamingOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ProgressListener | undefined;
}

/** One run after the other, and an end to all of them. */
export class Naming {
  readonly #parts: NamingParts;
  readonly #stopping = new AbortController();
  #line: Promise<unknown> = Promise.resolve();

  constructor(parts: NamingParts) {
    this.#parts = parts;
  }

  /** See `Engine.nameInterests`. */
  run({ signal, onProgress }: NamingOptions): Promise<NamingReport> {
    const { languageModel } = this.#parts;
    if (languageModel === undefined) {
      return Promise.reject(
        new PenchantError("PENCHANT_E_CONFIG", "languageModel: expected a model that can name interests, found none."),
      );
    }
    const stopping = this.#stopping.signal;
    const either = signal === undefined ? stopping : AbortSignal.any([signal, stopping]);
    const report = this.#line.then(() => nameInterests(languageModel, this.#parts, { signal: either, onProgress }));
    this.#line = report.catch(() => undefined);
    return report;
  }

  /** The same in the background; nothing where there is no model. */
  start(): void {
    if (this.#parts.languageModel === undefined || this.#stopping.signal.aborted) return;
    this.run({}).catch((error: unknown) => {
      if (!this.#stopping.signal.aborted) this.#parts.onBackgroundError(error);
    });
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#line;
  }
}

/** Names all learned interests of today's tree, those next to the root first. Ends early when another takes its place. */
async function nameInterests(
  model: LanguageModel,
  { blobs, understanding, inLine }: NamingParts,
  { signal, onProgress }: NamingOptions,
): Promise<NamingReport> {
  const { tree } = understanding.models;
  const remembered = await rememberedNames(blobs);
  const learned = tree.nodes.filter(({ kind }) => kind === "learned").sort((a, b) => a.level - b.level);
  const members = bestKnown(understanding);
  const report = { named: 0, known: 0, unnamed: 0 };
  let fresh = new Map<number, GivenName>();
  const store = async () => {
    if (fresh.size === 0) return;
    const names = fresh;
    fresh = new Map();
    for (const { basis, label, description } of names.values()) remembered.set(basis, { label, description });
    await inLine(() => understanding.giveNames(tree, names));
    await blobs.put(blobName, Buffer.from(JSON.stringify([...remembered].slice(-rememberedMax))));
  };

  try {
    for (const [done, node] of learned.entries()) {
      if (understanding.models.tree !== tree || signal?.aborted) break;
      onProgress?.({ step: "Naming interests", done, total: learned.length });
      const what = basisOf(tree, node, members(node));
      const basis = basisHash(model, what);
      if (node.name?.basis === basis) {
        report.known += 1;
        continue;
      }
      const given = tree
        .children(node.parent)
        .flatMap((index) => (index === node.index ? [] : ((fresh.get(index) ?? tree.nodes[index].name)?.label ?? [])));
      const found = remembered.get(basis);
      const before = found === undefined || given.includes(found.label) ? undefined : found;
      const name = before ?? (await nameInterest(model, what, { given, signal }));
      if (name === undefined) report.unnamed += 1;
      else {
        report[before === undefined ? "named" : "known"] += 1;
        fresh.set(node.index, { ...name, basis });
        if (fresh.size >= storedTogether) await store();
      }
    }
  } finally {
    await store();
  }
  return report;
}

/** Labels by which the interests around are known without the model: names must not hang on each other's. */
function basisOf(tree: InterestTree, node: InterestNode, titles: readonly string[]): NameBasis {
  const siblings = tree.children(node.parent).filter((index) => index !== node.index);
  return {
    above: tree.pathTo(node.parent).map(({ label }) => label),
    siblings: siblings.slice(0, siblingsAsked).map((index) => tree.nodes[index].label),
    keywords: node.keywords.slice(0, keywordsAsked),
    titles,
  };
}

/** The titles of the items under a node that most people had to do with. */
function bestKnown({ models, catalogue }: Understanding): (node: InterestNode) => string[] {
  const popularity = new Float32Array(catalogue.size);
  popularity.set(models.popularity.subarray(0, catalogue.size));
  return (node) => {
    const isUnder = (item: number) =>
      catalogue.nodes(item).some((start) => models.tree.ancestorAt(start, node.level) === node.index);
    return topItems(popularity, titlesAsked, isUnder, "popularity").map((key) => catalogue.item(key).title);
  };
}

async function rememberedNames(blobs: BlobStore): Promise<Map<string, InterestName>> {
  const stored = await blobs.get(blobName);
  if (stored === undefined) return new Map();
  return new Map(JSON.parse(Buffer.from(stored).toString()) as [string, InterestName][]);
}
