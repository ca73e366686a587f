/**
 * The stored form of an interest state: a small versioned binary value. Doubles are kept to the bit, so that a state read
 * back goes on exactly like one that never left memory. Nodes and seen items are written in order of their numbers, as
 * differences; times as milliseconds before the newest event; zero sums not at all.
 */
import { PenchantError } from "../base/errors.ts";
import { ByteReader, ByteWriter } from "./bytes.ts";
import { KeySet } from "./key-set.ts";
import { InterestState } from "./state.ts";
import { eventColumn, nodeColumn, sumsPerNode } from "./state-rows.ts";
import { type SteeredNode, type SteeredNodes, unsteered } from "./steering.ts";
import { timescaleCount } from "./timescales.ts";

/** Raise it with any change of the format, and teach `decodeState` to read the older ones. */
const formatVersion = 3;
/** Had no steering. */
const formatWithoutSteering = 1;
/** Events without an item all stood at the root. */
const formatWithoutPlaces = 2;

/** One writer for all states: its room has grown to what states take. */
const out = new ByteWriter();

/** @param treeVersion version of the tree whose node indices the state uses */
export function encodeState(state: InterestState, treeVersion: number): Uint8Array {
  out.integer(formatVersion);
  out.integer(timescaleCount);
  out.integer(treeVersion);
  out.integer(state.position);
  out.integer(state.events);
  writeSteered(out, state.steered);
  if (state.events === 0) return out.finish();
  out.double(state.firstTime);
  out.double(state.lastTime);
  out.double(state.landmark);

  const { nodes, recent } = state.rows;
  const types = storedTypes(state);
  out.integer(types.names.length);
  for (const name of types.names) out.string(name);

  out.integer(state.nodeCount);
  let previousNode = 0;
  for (let row = 0; row < state.nodeCount; row++) {
    const from = row * nodeColumn.count;
    const sumsFrom = from + nodeColumn.firstSum;
    const node = nodes[from + nodeColumn.node];
    out.integer(node - previousNode);
    previousNode = node;
    const isMarked = !Number.isNaN(nodes[from + nodeColumn.markTime]);
    let mask = isMarked ? 1 : 0;
    for (let k = 0; k < sumsPerNode; k++) if (nodes[sumsFrom + k] !== 0) mask |= 2 << k;
    out.integer(mask);
    for (let k = 0; k < sumsPerNode; k++) if (nodes[sumsFrom + k] !== 0) out.double(nodes[sumsFrom + k]);
    if (isMarked) {
      out.integer(state.lastTime - nodes[from + nodeColumn.markTime]);
      out.integer(folded(nodes[from + nodeColumn.markItem]));
      out.integer(types.placeOf[nodes[from + nodeColumn.markType]]);
      writeNumber(out, nodes[from + nodeColumn.markWeight]);
    }
  }

  out.integer(state.recentCount);
  for (let row = 0; row < state.recentCount; row++) {
    const from = row * eventColumn.count;
    out.integer(state.lastTime - recent[from + eventColumn.time]);
    out.integer(folded(recent[from + eventColumn.item]));
    out.integer(types.placeOf[recent[from + eventColumn.type]]);
    writeNumber(out, recent[from + eventColumn.weight]);
    writeNumber(out, recent[from + eventColumn.value]);
  }

  out.integer(state.seen.size);
  let previousItem = 0;
  for (const item of state.seen.values()) {
    out.integer(item - previousItem);
    previousItem = item;
  }
  return out.finish();
}

/** @throws PENCHANT_E_STATE_VERSION for a format or number of timescales that this version does not know */
export function decodeState(bytes: Uint8Array): { state: InterestState; treeVersion: number } {
  const input = new ByteReader(bytes);
  const version = input.integer();
  const timescales = input.integer();
  if (version < formatWithoutSteering || version > formatVersion || timescales !== timescaleCount) {
    throw new PenchantError(
      "PENCHANT_E_STATE_VERSION",
      `A stored interest state has format ${version} with ${timescales} timescales; this version reads formats ${formatWithoutSteering} to ${formatVersion} with ${timescaleCount}. Run "penchant rebuild".`,
    );
  }
  const treeVersion = input.integer();
  const state = new InterestState();
  state.position = input.integer();
  state.events = input.integer();
  if (version !== formatWithoutSteering) state.steered = readSteered(input);
  if (state.events === 0) return { state, treeVersion };
  state.firstTime = input.double();
  state.lastTime = input.double();
  state.landmark = input.double();
  const types = Array.from({ length: input.count() }, () => input.string());

  const readItem = version <= formatWithoutPlaces ? (number: number) => number - 1 : unfolded;
  const nodes = new Float64Array(input.count() * nodeColumn.count);
  let node = 0;
  for (let from = 0; from < nodes.length; from += nodeColumn.count) {
    node += input.integer();
    nodes[from + nodeColumn.node] = node;
    const mask = input.integer();
    for (let k = 0; k < sumsPerNode; k++) if (mask & (2 << k)) nodes[from + nodeColumn.firstSum + k] = input.double();
    const isMarked = (mask & 1) === 1;
    nodes[from + nodeColumn.markTime] = isMarked ? state.lastTime - input.integer() : Number.NaN;
    if (!isMarked) continue;
    nodes[from + nodeColumn.markItem] = readItem(input.integer());
    nodes[from + nodeColumn.markType] = input.integer();
    nodes[from + nodeColumn.markWeight] = readNumber(input);
  }

  const recent = new Float64Array(input.count() * eventColumn.count);
  for (let from = 0; from < recent.length; from += eventColumn.count) {
    recent[from + eventColumn.time] = state.lastTime - input.integer();
    recent[from + eventColumn.item] = readItem(input.integer());
    recent[from + eventColumn.type] = input.integer();
    recent[from + eventColumn.weight] = readNumber(input);
    recent[from + eventColumn.value] = readNumber(input);
  }
  state.rows = { nodes, recent, types };

  const seen = new Int32Array(input.count());
  let item = 0;
  for (let index = 0; index < seen.length; index++) {
    item += input.integer();
    seen[index] = item;
  }
  state.seen = new KeySet(seen);
  return { state, treeVersion };
}

function writeSteered(out: ByteWriter, steered: SteeredNodes): void {
  out.integer(steered.size);
  for (const [node, asked] of [...steered].sort(([a], [b]) => a - b)) {
    out.integer(node);
    for (const field of steeredFields) out.double(asked[field]);
  }
}

function readSteered(input: ByteReader): SteeredNodes {
  const steered = new Map<number, SteeredNode>();
  for (let left = input.count(); left > 0; left--) {
    const node = input.integer();
    const asked = Object.fromEntries(steeredFields.map((field) => [field, input.double()]));
    steered.set(node, asked as unknown as SteeredNode);
  }
  return steered.size === 0 ? unsteered : steered;
}

/** In the order in which they are stored. */
const steeredFields = ["pinnedUntil", "boostedUntil", "boostFactor", "mutedUntil", "forgottenUntil"] as const;

/** Items and what stands for one, at either side of 0, as numbers from 0: 0, -1, 1, -2, ... */
const folded = (item: number) => (item >= 0 ? 2 * item : -2 * item - 1);
const unfolded = (number: number) => (number % 2 === 0 ? number / 2 : -(number + 1) / 2);

/** Types that a state still names, sorted, because the order in which it met them is not stored; and where each stands. */
function storedTypes(state: InterestState): { names: string[]; placeOf: number[] } {
  const { nodes, recent, types } = state.rows;
  const isNamed = types.map(() => false);
  for (let row = 0; row < state.nodeCount; row++) {
    const from = row * nodeColumn.count;
    if (!Number.isNaN(nodes[from + nodeColumn.markTime])) isNamed[nodes[from + nodeColumn.markType]] = true;
  }
  for (let row = 0; row < state.recentCount; row++) {
    isNamed[recent[row * eventColumn.count + eventColumn.type]] = true;
  }
  const names = types.filter((_, type) => isNamed[type]).sort();
  return { names, placeOf: types.map((type) => names.indexOf(type)) };
}

/** Weights and values are mostly short decimals: one or two bytes for those, nine for the rest. */
function writeNumber(out: ByteWriter, value: number): void {
  const hundredths = Math.round(value * 100);
  if (hundredths / 100 === value && Math.abs(hundredths) < 1e6 && !Object.is(value, -0)) {
    out.integer(2 + (hundredths < 0 ? -2 * hundredths + 1 : 2 * hundredths));
  } else if (Number.isNaN(value)) out.integer(0);
  else {
    out.integer(1);
    out.double(value);
  }
}

function readNumber(input: ByteReader): number {
  const code = input.integer();
  if (code === 0) return Number.NaN;
  if (code === 1) return input.double();
  return code % 2 === 0 ? (code - 2) / 2 / 100 : -(code - 3) / 2 / 100;
}
