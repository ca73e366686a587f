/**
 * The networks of `network.ts` on plain arrays. Of target attention the part that follows from an event is brought together
 * with the weights once for a history, so that an item asks all events with one product:
 *
 *     [e_j, e_j * c, c] A = e_j A_e + c (diag(e_j) A_m + A_c)
 */
import { RowMatrix } from "../../core/row-matrix.ts";
import type { UptakeTable } from "../../core/uptake.ts";
import { dense, sigmoidOf } from "../sequence/dense.ts";
import type { Weights } from "../training/weights.ts";
import { answeredAtOnce, answeringAtOnce, type ReadWindow } from "../uptake/networks/at-once.ts";
import { lineAtOnce } from "../uptake/networks/line.ts";
import { type WindowReading, widthsOf, windowColumns, windowWriter } from "../uptake/networks/windows.ts";
import type { CtrForm } from "./network.ts";

export function ctrAtOnce(
  form: CtrForm,
  weights: Weights,
  reading: WindowReading,
): (table: UptakeTable) => Float64Array {
  if (form.network === "logistic") return logisticAtOnce(weights, reading);
  const { width } = form;
  const widths = widthsOf(reading);
  const stepWidth = width + widths.events;
  const { x, logit } = answeringAtOnce(weights, widths.dense + 3 * width + widths.events);
  const weigh = form.network === "din" ? targetAttention(form, weights, reading) : undefined;
  const [ofCandidate, ofInterest, ofMatched] = [0, width, width + stepWidth].map((at) => widths.dense + at);
  return answeredAtOnce(weights, { width, reading }, (window) => {
    const { steps, first } = window;
    const weightsFor = weigh?.(window);
    const mean = new Float32Array(reading.length).fill(1 / Math.max(1, reading.length - first));
    return (candidate, features) => {
      const weightOf = weightsFor?.(candidate) ?? mean;
      x.set(features);
      x.set(candidate, ofCandidate);
      x.fill(0, ofInterest, ofInterest + stepWidth);
      for (let step = first; step < reading.length; step++) {
        for (let at = 0; at < stepWidth; at++) x[ofInterest + at] += weightOf[step] * steps[step * stepWidth + at];
      }
      for (let at = 0; at < width; at++) x[ofMatched + at] = x[ofInterest + at] * candidate[at];
      return logit();
    };
  });
}

function logisticAtOnce(weights: Weights, reading: WindowReading): (table: UptakeTable) => Float64Array {
  const line = lineAtOnce(weights);
  const columns = windowColumns(reading, 1);
  return (table) => {
    const writer = windowWriter(reading, table);
    return Float64Array.from(table.items, (_, row) => {
      writer.writeQuestion(columns, 0, row);
      return line(columns.dense);
    });
  };
}

/** @returns from a window and an item's row to how much of each step counts, over the length of the window. [length] */
function targetAttention({ width, attention: hidden }: CtrForm, weights: Weights, { length }: WindowReading) {
  const [ofEvent, ofCandidate] = [weights["attention.event.weight"], weights["attention.candidate.weight"]];
  const [query, [offset]] = [weights["attention.weight.weight"], weights["attention.weight.bias"]];
  const stepWidth = ofEvent.length / hidden - width;
  const eventPart = dense(ofEvent.subarray(0, stepWidth * hidden), weights["attention.event.bias"], stepWidth);
  const ofMeeting = ofEvent.subarray(stepWidth * hidden); //                           [width, hidden]
  const asking = new RowMatrix(width); //                                              [length * hidden, width]
  const fromEvents = new Float32Array(length * hidden);
  const units = new Float32Array(length * hidden);
  const unit = new Float32Array(width);
  const counts = new Float32Array(length);
  for (let row = length * hidden - 1; row >= 0; row--) asking.set(row, unit);
  return ({ steps, first }: ReadWindow) => {
    for (let step = first; step < length; step++) {
      const event = steps.subarray(step * stepWidth, (step + 1) * stepWidth);
      eventPart(event, fromEvents.subarray(step * hidden, (step + 1) * hidden));
      for (let column = 0; column < hidden; column++) {
        for (let at = 0; at < width; at++) {
          unit[at] = event[at] * ofMeeting[at * hidden + column] + ofCandidate[at * hidden + column];
        }
        asking.set(step * hidden + column, unit);
      }
    }
    return (candidate: Float32Array): Float32Array => {
      asking.products(candidate, units);
      for (let step = first; step < length; step++) {
        let logit = offset;
        for (let at = step * hidden; at < (step + 1) * hidden; at++) {
          logit += Math.max(0, units[at] + fromEvents[at]) * query[at - step * hidden];
        }
        counts[step] = sigmoidOf(logit) / length;
      }
      return counts;
    };
  };
}
