/**
 * The stored form of an interest state: a small versioned binary value. Doubles are kept to the bit, so that a state read
 * back goes on exactly like one that never left memory. Nodes and seen items are written in order of their numbers, as
 * differences; times as milliseconds before the newest event; zero sums not at all.
 */
import { PenchantError } from "../base/errors.ts";
import { ByteReader, ByteWriter } from "./bytes.ts";
import { InterestState, sumsPerNode } from "./state.ts";
import { timescaleCount } from "./timescales.ts";

/** Raise it with any change of the format, and teach `decodeState` to read the older ones. */
const formatVersion = 1;

/** @param treeVersion version of the tree whose node indices the state uses */
export function encodeState(state: InterestState, treeVersion: number): Uint8Array {
  const out = new ByteWriter();
  out.integer(formatVersion);
  out.integer(timescaleCount);
  out.integer(treeVersion);
  out.integer(state.position);
  out.integer(state.events);
  if (state.events === 0) return out.finish();
  out.double(state.firstTime);
  out.double(state.lastTime);
  out.double(state.landmark);

  // Sorted: the order of the marks is that in which nodes were met, which a state that was read back does not know.
  const used = new Set([...state.recent, ...state.marks].flatMap((event) => event?.type ?? []));
  const types = new Map([...used].sort().map((type, index) => [type, index]));
  out.integer(types.size);
  for (const type of types.keys()) out.string(type);

  out.integer(state.slots.size);
  let previousNode = 0;
  for (const [node, slot] of [...state.slots].sort(([a], [b]) => a - b)) {
    out.integer(node - previousNode);
    previousNode = node;
    const sums = state.sums.subarray(slot * sumsPerNode, (slot + 1) * sumsPerNode);
    const mark = state.marks[slot];
    let mask = mark === undefined ? 0 : 1;
    for (let k = 0; k < sumsPerNode; k++) if (sums[k] !== 0) mask += 2 ** (k + 1);
    out.integer(mask);
    for (const sum of sums) if (sum !== 0) out.double(sum);
    if (mark !== undefined) {
      out.integer(state.lastTime - mark.time);
      out.integer(mark.item + 1);
      out.integer(types.get(mark.type)!);
      writeNumber(out, mark.weight);
    }
  }

  out.integer(state.recent.length);
  for (const event of state.recent) {
    out.integer(state.lastTime - event.time);
    out.integer(event.item + 1);
    out.integer(types.get(event.type)!);
    writeNumber(out, event.weight);
    writeNumber(out, event.value);
  }

  out.integer(state.seen.size);
  let previousItem = 0;
  for (const item of Int32Array.from(state.seen).sort()) {
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
  if (version !== formatVersion || timescales !== timescaleCount) {
    throw new PenchantError(
      "PENCHANT_E_STATE_VERSION",
      `A stored interest state has format ${version} with ${timescales} timescales; this version reads format ${formatVersion} with ${timescaleCount}. Run "penchant rebuild".`,
    );
  }
  const treeVersion = input.integer();
  const state = new InterestState();
  state.position = input.integer();
  state.events = input.integer();
  if (state.events === 0) return { state, treeVersion };
  state.firstTime = input.double();
  state.lastTime = input.double();
  state.landmark = input.double();

  const types = Array.from({ length: input.count() }, () => input.string());

  const slots = input.count();
  state.sums = new Float64Array(Math.max(8, slots) * sumsPerNode);
  let node = 0;
  for (let slot = 0; slot < slots; slot++) {
    node += input.integer();
    state.slots.set(node, slot);
    const mask = input.integer();
    for (let k = 0; k < sumsPerNode; k++) {
      if (mask & (2 ** (k + 1))) state.sums[slot * sumsPerNode + k] = input.double();
    }
    state.marks.push(
      mask & 1
        ? {
            time: state.lastTime - input.integer(),
            item: input.integer() - 1,
            type: types[input.integer()],
            weight: readNumber(input),
          }
        : undefined,
    );
  }

  const recent = input.count();
  for (let index = 0; index < recent; index++) {
    state.recent.push({
      time: state.lastTime - input.integer(),
      item: input.integer() - 1,
      type: types[input.integer()],
      weight: readNumber(input),
      value: readNumber(input),
    });
  }

  const seen = input.count();
  let item = 0;
  for (let index = 0; index < seen; index++) {
    item += input.integer();
    state.seen.add(item);
  }
  return { state, treeVersion };
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
