/**
 * The stored form of the fitted models, one value so that they change together or not at all: a header in JSON with the
 * lengths of the parts, then the parts.
 */
import { PenchantError } from "../base/errors.ts";
import type { PopulationRates } from "../core/intensity.ts";
import { InterestTree } from "../core/tree.ts";
import type { TreeBaseline } from "../core/tree-drift.ts";
import { loadItemNeighbours, saveItemNeighbours } from "../models/item-neighbours.ts";
import { loadBagEmbedder } from "../text/bag-embedder.ts";
import { loadFusion, saveFusion } from "../text/fusion.ts";
import type { FittedModels } from "./fitting.ts";
import { type LearnedHeader, learnedHeader, loadLearnedWeights, saveLearnedWeights } from "./learned-weights-file.ts";

/** Format 2 has no learned weights, format 3 no fusion, format 4 no embedder of one's own; all are read all the same. */
const formatVersion = 5;
const formatsRead = [2, 3, 4, formatVersion];

interface Header {
  readonly format: number;
  readonly lengths: readonly number[];
  readonly population: PopulationRates;
  readonly baseline: TreeBaseline;
  readonly fittedAt?: number;
  readonly learned?: LearnedHeader;
}

export function saveModels(models: FittedModels): Uint8Array {
  const { tree, embedder, own, fusion, neighbours, popularity, population, baseline, fittedAt, learned } = models;
  const parts = [
    tree.save(),
    embedder.save(),
    saveItemNeighbours(neighbours),
    new Uint8Array(popularity.buffer, popularity.byteOffset, popularity.byteLength),
    learned === undefined ? new Uint8Array(0) : saveLearnedWeights(learned),
    fusion === undefined ? new Uint8Array(0) : saveFusion(fusion),
    own === undefined ? new Uint8Array(0) : own.save(),
  ];
  const lengths = parts.map(({ length }) => length);
  const header: Header = {
    format: formatVersion,
    lengths,
    population,
    baseline,
    ...(fittedAt !== undefined && { fittedAt }),
    ...(learned !== undefined && { learned: learnedHeader(learned) }),
  };
  const headerBytes = Buffer.from(JSON.stringify(header));
  const size = Buffer.alloc(4);
  size.writeUInt32LE(headerBytes.length);
  return new Uint8Array(Buffer.concat([size, headerBytes, ...parts]));
}

/** @throws PENCHANT_E_STATE_VERSION for a format that this version does not know, or a damaged header */
export function loadModels(bytes: Uint8Array): FittedModels {
  const { header, end } = readHeader(bytes);
  if (header === undefined || !formatsRead.includes(header.format)) {
    throw new PenchantError(
      "PENCHANT_E_STATE_VERSION",
      `The stored models have format ${header?.format ?? "unknown"}; this version reads format ${formatVersion}. Run "penchant rebuild".`,
    );
  }
  let start = end;
  const [tree, embedder, neighbours, popularity, learned, fusion, own] = header.lengths.map((length) => {
    const part = bytes.slice(start, start + length);
    start += length;
    return part;
  });
  return {
    tree: InterestTree.load(tree),
    embedder: loadBagEmbedder("lexical", embedder),
    ...(fusion !== undefined && fusion.length > 0 && { fusion: loadFusion(fusion) }),
    ...(own !== undefined && own.length > 0 && { own: loadBagEmbedder("own", own) }),
    neighbours: loadItemNeighbours(neighbours),
    popularity: new Float32Array(popularity.buffer),
    population: header.population,
    baseline: header.baseline,
    ...(header.fittedAt !== undefined && { fittedAt: header.fittedAt }),
    ...(header.learned !== undefined && { learned: loadLearnedWeights(header.learned, learned) }),
  };
}

function readHeader(bytes: Uint8Array): { header: Header | undefined; end: number } {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = buffer.length < 4 ? 0 : 4 + buffer.readUInt32LE(0);
  try {
    return { header: JSON.parse(buffer.toString("utf8", 4, end)) as Header, end };
  } catch {
    return { header: undefined, end };
  }
}
