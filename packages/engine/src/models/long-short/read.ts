/**
 * The network of `network.ts` on plain arrays, for one person, and its account: the gate of every candidate, both
 * scores that it joins, and which interests of the profile the long-term one was read from.
 */
import type { AttendedInterest, LongShortAccount } from "../../core/model.ts";
import { gru4recEncoder } from "../gru4rec/encode.ts";
import { hstuEncoder } from "../hstu/encode.ts";
import { rowMatrix } from "../item-scores.ts";
import { sasrecEncoder } from "../sasrec/encode.ts";
import { denseLayer, normalisation, type RowLayer, sigmoidOf } from "../sequence/dense.ts";
import type { EncoderName } from "../sequence/encoders.ts";
import { stepsOfNode } from "../sequence/feature-space.ts";
import { nodesOfItem, type ProfileReading, phases, traitAt, traitCount } from "../sequence/profiles.ts";
import type { Encode, ReaderParts, ReadPerson, SequenceReader } from "../sequence/reader.ts";
import type { Weights } from "../training/weights.ts";
import {
  attentionWidth,
  gateColumns,
  gateScale,
  gateWidth,
  isNormalised,
  type LongShortForm,
  stateWidth,
} from "./network.ts";

const encoders: Readonly<Record<EncoderName, (form: LongShortForm, weights: Weights) => Encode>> = {
  sasrec: sasrecEncoder,
  hstu: hstuEncoder,
  gru4rec: gru4recEncoder,
};

export function longShortReader({ config, weights, profile, nodes }: ReaderParts<LongShortForm>): SequenceReader {
  const { width } = config;
  const encode = encoders[config.encoder](config, weights);
  const table = rowMatrix(weights.items, width);
  const candidates = rowMatrix(candidateRows(weights, profile as ProfileReading, width), gateColumns);
  const readInterests = interestReader(weights);
  const [long, last] = [denseLayer(weights, "interests.long", stateWidth), normalisation(weights, "interests.last")];
  const [ofPerson, bias] = ["gate.person", "gate.bias"].map((name) => denseLayer(weights, name, 2 * width));

  const level = isNormalised(config) ? logSoftmax : (scores: Float32Array) => scores;

  const explain = ({ steps, profile: columns, gate }: ReadPerson): LongShortAccount => {
    const { slots, pooled, asKeys } = readInterests(columns as NonNullable<typeof columns>);
    const short = encode(steps);
    const lasting = last(long(pooled, new Float32Array(width)), new Float32Array(width));
    const person = new Float32Array(2 * width);
    person.set(short);
    person.set(lasting, width);
    for (let at = 0; at < person.length; at++) person[at] *= gateScale(width);
    const forGate = new Float32Array(gateColumns);
    ofPerson(person, forGate.subarray(0, gateWidth));
    forGate.set(asKeys, gateWidth);
    bias(person, forGate.subarray(2 * gateWidth));
    const gates = candidates.products(forGate);
    for (let item = 0; item < gates.length; item++) gates[item] = gate ?? sigmoidOf(gates[item]);
    return {
      gates,
      short: level(table.products(short)),
      long: level(table.products(lasting)),
      vectors: { short, long: lasting },
      interests: slots
        .map(
          ({ node, share, phase }): AttendedInterest => ({
            path: node === 0 ? [] : stepsOfNode(nodes[node - 1]),
            share,
            phase,
          }),
        )
        .sort((a, b) => b.share - a.share),
    };
  };
  return {
    explain,
    scores(person) {
      const { gates, short, long: forLong } = explain(person);
      for (let item = 0; item < gates.length; item++) {
        forLong[item] += gates[item] * (short[item] - forLong[item]);
      }
      return forLong;
    },
  };
}

/** In place. */
function logSoftmax(scores: Float32Array): Float32Array {
  let largest = Number.NEGATIVE_INFINITY;
  for (const score of scores) if (score > largest) largest = score;
  let total = 0;
  for (const score of scores) total += Math.exp(score - largest);
  const level = largest + Math.log(total);
  for (let item = 0; item < scores.length; item++) scores[item] -= level;
  return scores;
}

/** What stands for every item at the gate. [items, gateColumns] */
function candidateRows(weights: Weights, profile: ProfileReading, width: number): Float32Array {
  const ofCandidate = denseLayer(
    { ...weights, "gate.candidate.bias": new Float32Array(gateWidth) },
    "gate.candidate",
    width,
  );
  const keys = weights["gate.keys"];
  const items = weights.items.length / width;
  const rows = new Float32Array(items * gateColumns);
  for (let item = 0; item < items; item++) {
    const row = rows.subarray(item * gateColumns, (item + 1) * gateColumns);
    ofCandidate(weights.items.subarray(item * width, (item + 1) * width), row.subarray(0, gateWidth));
    for (const [node, share] of nodesOfItem(profile, item)) {
      for (let at = 0; at < gateWidth; at++) row[gateWidth + at] += share * keys[node * gateWidth + at];
    }
    row[2 * gateWidth] = 1;
  }
  return rows;
}

interface ReadInterests {
  readonly slots: readonly { readonly node: number; readonly share: number; readonly phase: (typeof phases)[number] }[];
  /** [stateWidth] */
  readonly pooled: Float32Array;
  /** [gateWidth] */
  readonly asKeys: Float32Array;
}

function interestReader(weights: Weights): (profile: { nodes: Int32Array; traits: Float32Array }) => ReadInterests {
  const ofTraits = denseLayer(weights, "interests.traits", traitCount);
  const hidden = denseLayer(weights, "interests.attention", stateWidth);
  const query = weights["interests.attention.query"];
  const ofInterest: RowLayer = denseLayer(weights, "gate.interest", stateWidth);
  const { "interests.nodes": table, "gate.keys": keys } = weights;
  return ({ nodes, traits }) => {
    const real = [...nodes.keys()].filter((slot) => traits[slot * traitCount + traitAt.real] === 1);
    const asKeys = new Float32Array(gateWidth);
    const attended = new Float32Array(attentionWidth);
    const amount = new Float32Array(1);
    const read = real.map((slot) => {
      const [node, own] = [nodes[slot], traits.subarray(slot * traitCount, (slot + 1) * traitCount)];
      const state = ofTraits(own, new Float32Array(stateWidth));
      for (let at = 0; at < stateWidth; at++) state[at] = Math.max(state[at] + table[node * stateWidth + at], 0);
      hidden(state, attended);
      let score = 0;
      for (let at = 0; at < attentionWidth; at++) score += Math.tanh(attended[at]) * query[at];
      ofInterest(state, amount);
      for (let at = 0; at < gateWidth; at++) asKeys[at] += amount[0] * keys[node * gateWidth + at];
      const phase = phases[own.subarray(traitAt.phase, traitAt.phase + phases.length).indexOf(1)];
      return { node, state, phase, score };
    });
    const largest = read.reduce((most, { score }) => Math.max(most, score), Number.NEGATIVE_INFINITY);
    const powers = read.map(({ score }) => Math.exp(score - largest));
    const total = powers.reduce((sum, power) => sum + power, 0);
    const pooled = new Float32Array(stateWidth);
    const slots = read.map(({ node, state, phase }, index) => {
      const share = powers[index] / total;
      for (let at = 0; at < stateWidth; at++) pooled[at] += share * state[at];
      return { node, share, phase };
    });
    return { slots, pooled, asKeys };
  };
}
