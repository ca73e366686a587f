/**
 * What the engine understands of the catalogue: the items with their vectors and places, the fitted models, and the
 * intensity model that reads states. Everything else asks here; a rebuild replaces all of it at once.
 */

import { PenchantError } from "../base/errors.ts";
import { Catalogue } from "../core/catalogue.ts";
import { type IntensityModel, intensityModel } from "../core/intensity.ts";
import type { LearnedWeights } from "../core/intensity-weights.ts";
import type { CatalogueEntry, Item } from "../core/item.ts";
import type { EventGist } from "../core/log-record.ts";
import type { Storage } from "../core/ports.ts";
import { readState } from "../core/profile-read.ts";
import { type FoldableEvent, type InterestState, standIn } from "../core/state.ts";
import type { GivenName, InterestTree } from "../core/tree.ts";
import type { EarlierTree } from "../core/tree-build.ts";
import { DriftMonitor, type TreeDrift } from "../core/tree-drift.ts";
import { type EventWeights, eventWeight, isEngaging } from "../core/weights.ts";
import { prominenceOf } from "../recommend/candidates/interests.ts";
import type { RecommendContext } from "../recommend/context.ts";
import { Workspace } from "../recommend/workspace.ts";
import { type Encoder, isCallers, type SourceVectors } from "./encoder.ts";
import { lexicalSource, sourcesOf } from "./fit-texts.ts";
import { emptyModels, type FittedItem, type FittedModels, textOnlyVector, vectorDimensions } from "./fitting.ts";
import { loadModels, saveModels } from "./models-file.ts";
import { Words } from "./words.ts";

const blobName = "models";
const firstTreeVersion = 1;

export class Understanding {
  readonly #storage: Storage;
  readonly #weights: EventWeights;
  readonly #encoder: Encoder;
  models: FittedModels;
  catalogue: Catalogue;
  words: Words;
  /** What profiles are read with. */
  intensities: IntensityModel;
  /** What recommendations are read with: the default weights, by which they find more (docs/decisions/0020). */
  #recommendIntensities: IntensityModel;
  #prominence: Float32Array;
  #drift: DriftMonitor;
  readonly #workspace = new Workspace();
  /** Nodes of the tree as it is stored. */
  #nodesStored: number;

  private constructor(
    storage: Storage,
    weights: EventWeights,
    encoder: Encoder,
    models: FittedModels,
    catalogue: Catalogue,
  ) {
    this.#storage = storage;
    this.#encoder = encoder;
    this.#weights = weights;
    this.models = models;
    this.catalogue = catalogue;
    [this.intensities, this.#recommendIntensities] = intensityModels(models);
    this.#prominence = prominenceOf(models.popularity);
    this.#drift = driftOf(models, catalogue);
    this.words = new Words(models, catalogue);
    this.#nodesStored = models.tree.nodes.length;
  }

  /**
   * Reads what is stored. `isWhole` is false when everything has to be built again: a rebuild was cut off in the middle, or
   * the models are in a form that is not known any more.
   */
  static async load(
    storage: Storage,
    weights: EventWeights,
    encoder: Encoder,
  ): Promise<{ understanding: Understanding; isWhole: boolean }> {
    const stored = await storage.blobs.get(blobName);
    const readable = stored === undefined ? emptyModels(firstTreeVersion) : readModels(stored);
    // Version 0 is nobody's, so that no place in a tree that cannot be read is taken for one in this.
    const models = readable ?? emptyModels(0);
    const catalogue = new Catalogue(vectorDimensions);
    let isWhole = readable !== undefined;
    for (const node of models.tree.nodes) node.itemCount = 0;
    for await (const entries of storage.catalogue.read()) {
      for (const entry of entries) {
        catalogue.put(entry);
        if (entry.treeVersion !== models.tree.version) isWhole = false;
        else models.tree.count(entry.nodes);
      }
    }
    return { understanding: new Understanding(storage, weights, encoder, models, catalogue), isWhole };
  }

  /** The tree as a rebuild is to continue it; undefined while nothing was fitted yet. */
  get earlier(): EarlierTree | undefined {
    const { tree, fittedAt } = this.models;
    if (fittedAt === undefined) return undefined;
    const nodes = this.catalogue.entries().map((entry) => (isPlaced(entry, tree) ? entry.nodes : new Int32Array(0)));
    return { tree, nodes };
  }

  /** All items, by key. */
  items(): Item[] {
    return this.catalogue.entries().map(({ item }) => item);
  }

  /** Whether the items' vectors come from what is configured; true while nothing was fitted yet. Opens the embedders. */
  async isOfConfiguredEmbedders(): Promise<boolean> {
    const { fusion, own, fittedAt } = this.models;
    if (fittedAt === undefined || this.catalogue.size === 0) return true;
    const configured = await this.#encoder.models();
    const given = sourcesOf(this.models).filter((source) => !isCallers(source));
    const isLexical = fusion?.parts.some(({ source }) => source === lexicalSource) ?? own === undefined;
    const { isLexical: wantsLexical, isOwn, isAdapted } = this.#encoder;
    return (
      isLexical === wantsLexical &&
      (own !== undefined) === isOwn &&
      (fusion?.isAdapted ?? false) === isAdapted &&
      given.join("\n") === configured.join("\n")
    );
  }

  /** How well the tree fits what came since it was built. */
  get drift(): TreeDrift {
    return this.#drift.read();
  }

  /** All that a recommendation for the user with this state reads. */
  recommendContext(state: InterestState, at: number): RecommendContext {
    const { catalogue, models } = this;
    const { neighbours, popularity } = models;
    const reading = readState(this.#recommendIntensities, state, at);
    const workspace = this.#workspace;
    return { state, reading, catalogue, neighbours, popularity, prominence: this.#prominence, workspace };
  }

  /** What an event means today. */
  toFoldable = (event: EventGist): FoldableEvent => {
    const key = event.item === undefined ? undefined : this.catalogue.key(event.item);
    const node = key === undefined && event.item === undefined ? this.words.nodeOf(event.text) : 0;
    return {
      position: event.position,
      time: event.time,
      type: event.type,
      item: key ?? standIn(node),
      nodes: key === undefined ? Int32Array.of(node) : this.catalogue.nodes(key),
      weight: eventWeight(this.#weights, event),
      value: event.value ?? Number.NaN,
      engaging: isEngaging(this.#weights, event.type),
    };
  };

  /**
   * Stores items and takes them in. Known items keep their place in the tree until the next rebuild; new ones join at
   * once. Not to be called again before it resolves.
   */
  async putItems(items: readonly Item[]): Promise<{ created: string[]; updated: number }> {
    const latest = new Map(items.map((item) => [item.id, item]));
    const { models } = this;
    const { tree } = models;
    const isNew = [...latest.values()].filter(({ id }) => this.catalogue.key(id) === undefined);
    const given = await this.#given(isNew, models);
    let nextKey = this.catalogue.size;
    const created: CatalogueEntry[] = [];
    const updated: CatalogueEntry[] = [];
    for (const item of latest.values()) {
      const key = this.catalogue.key(item.id);
      if (key === undefined) {
        const vector = textOnlyVector(models, item, given.get(item.id));
        const nodes = tree.place({ vector, categories: item.categories ?? [] });
        created.push({ key: nextKey++, item, vector, nodes, treeVersion: tree.version });
      } else updated.push({ ...this.catalogue.entry(key), item });
    }
    // Nodes may also be left from items that could not be stored.
    const nodeCount = tree.nodes.length;
    if (nodeCount > this.#nodesStored) {
      await this.#storage.blobs.put(blobName, saveModels(this.models));
      this.#nodesStored = nodeCount;
    }
    await this.#storage.catalogue.put([...updated, ...created]);
    for (const entry of [...updated, ...created]) this.catalogue.put(entry);
    for (const { nodes, vector } of created) {
      tree.count(nodes);
      this.#drift.add(nodes, vector);
    }
    [this.intensities, this.#recommendIntensities] = intensityModels(this.models);
    return { created: created.map(({ item }) => item.id), updated: updated.length };
  }

  /** Stores learned weights and reads profiles with them. They are for the tree of now; it may have grown since. */
  async learn(learned: LearnedWeights): Promise<void> {
    const models = { ...this.models, learned };
    await this.#storage.blobs.put(blobName, saveModels(models));
    this.models = models;
    this.#nodesStored = models.tree.nodes.length;
    [this.intensities, this.#recommendIntensities] = intensityModels(models);
  }

  /**
   * Stores newly fitted models and goes on with them. Items that came since the fit began join the new tree like any new
   * item.
   */
  async replace(models: FittedModels, fitted: readonly FittedItem[]): Promise<void> {
    const late = this.catalogue.entries().slice(fitted.length);
    const given = await this.#given(
      late.map(({ item }) => item),
      models,
    );
    const entries = this.catalogue.entries().map((entry, key): CatalogueEntry => {
      const known = fitted[key];
      const vector = known?.vector ?? textOnlyVector(models, entry.item, given.get(entry.item.id));
      const nodes = known?.nodes ?? models.tree.place({ vector, categories: entry.item.categories ?? [] });
      if (known === undefined) models.tree.count(nodes);
      return { ...entry, vector, nodes, treeVersion: models.tree.version };
    });
    await this.#storage.blobs.put(blobName, saveModels(models));
    await this.#storage.catalogue.put(entries);
    const catalogue = new Catalogue(vectorDimensions);
    for (const entry of entries) catalogue.put(entry);
    this.models = models;
    this.catalogue = catalogue;
    [this.intensities, this.#recommendIntensities] = intensityModels(models);
    this.#prominence = prominenceOf(models.popularity);
    this.#drift = driftOf(models, catalogue);
    this.words = new Words(models, catalogue);
    this.#nodesStored = models.tree.nodes.length;
  }

  /** What the items' vectors need of given embedders and callers, by item. */
  async #given(items: readonly Item[], models: FittedModels): Promise<ReadonlyMap<string, SourceVectors>> {
    const sources = sourcesOf(models);
    if (sources.length === 0) return new Map();
    const vectors = await this.#encoder.serve(items, sources);
    return new Map(items.map(({ id }, at) => [id, vectors[at]]));
  }

  /** Stores names of interests, by their nodes, and goes on with them; not of a tree that is no longer today's. */
  async giveNames(tree: InterestTree, names: ReadonlyMap<number, GivenName>): Promise<void> {
    if (this.models.tree !== tree) return;
    for (const [index, name] of names) tree.nodes[index].name = name;
    await this.#storage.blobs.put(blobName, saveModels(this.models));
  }
}

/** With the learned weights, and with the defaults; one and the same until there are learned ones. */
function intensityModels({
  tree,
  population,
  learned,
}: FittedModels): [learned: IntensityModel, defaults: IntensityModel] {
  const defaults = intensityModel(tree, population);
  return [learned === undefined ? defaults : intensityModel(tree, population, learned), defaults];
}

function driftOf({ tree, baseline }: FittedModels, catalogue: Catalogue): DriftMonitor {
  const drift = new DriftMonitor(tree, baseline);
  // Items are numbered in the order in which they came.
  for (const entry of catalogue.entries().slice(baseline.items)) {
    if (isPlaced(entry, tree)) drift.add(entry.nodes, entry.vector);
  }
  return drift;
}

/** False for items that a change of trees which was cut off has left in the one before. */
function isPlaced({ treeVersion }: CatalogueEntry, tree: InterestTree): boolean {
  return treeVersion === tree.version;
}

function readModels(bytes: Uint8Array): FittedModels | undefined {
  try {
    return loadModels(bytes);
  } catch (error) {
    if (PenchantError.isInstance(error) && error.code !== "PENCHANT_E_INTERNAL") return undefined;
    throw error;
  }
}
