/**
 * The stored form of an interest state: a small versioned binary value. Doubles are kept to the bit, so that a state read
 * back goes on exactly like one that never left memory. Nodes and seen items are written in order of their numbers, as
 * differences; times as milliseconds before the newest event; zero sums not at all.
 */
import { PenchantError } from "../base/errors.ts";
import { ByteReader, ByteWriter } from "./bytes.ts";
import { KeySet } from "./key-set.ts";
import { InterestState, type NodeMark, type RecentEvent, sumsPerNode } from "./state.ts";
import { type SteeredNode, type SteeredNodes, unsteered } from "./steering.ts";
import { timescaleCount } from "./timescales.ts";

/** Raise it with any change of the format, and teach `decodeState` to read the older ones. */
const formatVersion = 2;
/** Had no steering. */
const formatWithoutSteering = 1;

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

  const marks = Array.from({ length: state.nodeCount }, (_, row) => state.markAt(row));
  const recent = state.recentEvents();
  const types = typesOf(recent, marks);
  out.integer(types.length);
  for (const type of types) out.string(type);

  out.integer(state.nodeCount);
  let previousNode = 0;
  for (const [row, mark] of marks.entries()) {
    const node = state.nodeAt(row);
    out.integer(node - previousNode);
    previousNode = node;
    let mask = mark === undefined ? 0 : 1;
    for (let k = 0; k < sumsPerNode; k++) if (state.sumAt(row, k) !== 0) mask += 2 ** (k + 1);
    out.integer(mask);
    for (let k = 0; k < sumsPerNode; k++) if (state.sumAt(row, k) !== 0) out.double(state.sumAt(row, k));
    if (mark !== undefined) {
      out.integer(state.lastTime - mark.time);
      out.integer(mark.item + 1);
      out.integer(types.indexOf(mark.type));
      writeNumber(out, mark.weight);
    }
  }

  out.integer(recent.length);
  for (const event of recent) {
    out.integer(state.lastTime - event.time);
    out.integer(event.item + 1);
    out.integer(types.indexOf(event.type));
    writeNumber(out, event.weight);
    writeNumber(out, event.value);
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
  if ((version !== formatVersion && version !== formatWithoutSteering) || timescales !== timescaleCount) {
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

  const nodes = input.count();
  state.reserve({ nodes });
  let node = 0;
  for (let row = 0; row < nodes; row++) {
    node += input.integer();
    const mask = input.integer();
    for (let k = 0; k < sumsPerNode; k++) sums[k] = mask & (2 ** (k + 1)) ? input.double() : 0;
    state.setNode(node, sums, mask & 1 ? readMark(input, state, types) : undefined);
  }

  const recent = input.count();
  state.reserve({ recent });
  for (let index = 0; index < recent; index++) state.remember(readEvent(input, state, types));

  const seen = new Int32Array(input.count());
  let item = 0;
  for (let index = 0; index < seen.length; index++) {
    item += input.integer();
    seen[index] = item;
  }
  state.seen = new KeySet(seen);
  return { state, treeVersion };
}

const sums = new Float64Array(sumsPerNode);

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

function readMark(input: ByteReader, { lastTime }: InterestState, types: readonly string[]): NodeMark {
  return {
    time: lastTime - input.integer(),
    item: input.integer() - 1,
    type: types[input.integer()],
    weight: readNumber(input),
  };
}

function readEvent(input: ByteReader, state: InterestState, types: readonly string[]): RecentEvent {
  return { ...readMark(input, state, types), value: readNumber(input) };
}

/** Types that a state still names, sorted: the order in which it met them is not stored. */
function typesOf(recent: readonly RecentEvent[], marks: readonly (NodeMark | undefined)[]): string[] {
  const types = new Set(recent.map(({ type }) => type));
  for (const mark of marks) if (mark !== undefined) types.add(mark.type);
  return [...types].sort();
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
