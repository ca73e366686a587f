/** Trained models in the terminal: what each is, what it learned from, and how good it is. */
import type { MeasuredMean, ModelList, RegisteredModel, RivalComparison } from "../../core/registered-model.ts";
import { coloursOf, count, counted, day, printable, type ViewOptions } from "./text.ts";

/** All models, oldest first; the one that scores is marked. */
export function modelsView({ models, promoted, damaged }: ModelList, options: ViewOptions): string {
  const { bold } = coloursOf(options);
  const lines = models.map((model) => {
    const isPromoted = model.id === promoted;
    const name = isPromoted ? bold(model.id) : model.id;
    return `${isPromoted ? "*" : " "} ${name}  ${day(model.trainedAt)}  ${factsText(model)}`;
  });
  const problems = damaged.map(({ id, problem }) => `! ${printable(id)}  ${printable(problem)}`);
  const last =
    promoted === null
      ? "None of them scores in recommendations: penchant models promote ID"
      : `${promoted} scores in recommendations.`;
  if (lines.length + problems.length === 0) return "No trained models yet: penchant train --model ease\n";
  return `${[...lines, ...problems, last].join("\n")}\n`;
}

/** What came of a training. */
export function trainedView({ promoted, ...model }: RegisteredModel & { readonly promoted: boolean }): string {
  const next = promoted
    ? "It scores in recommendations from now on."
    : `It does not score yet: penchant models promote ${model.id}`;
  const { interactions, users } = model.data;
  return `Trained ${model.id} on ${counted(interactions, "interaction")} of ${count(users)} people in ${model.seconds.toFixed(1)} s: ${factsText(model)}.\n${next}\n`;
}

function factsText({ validation: { questions, metrics, rival }, itemsUnknown }: RegisteredModel): string {
  const measured = Object.entries(metrics).map(([name, mean]) => `${name} ${meanText(mean)}`);
  const parts = [
    questions === 0 ? "not measured" : `${measured.join(", ")} on ${counted(questions, "question")}`,
    rival &&
      rival.questions > 0 &&
      `${rival.own.toFixed(4)} beside ${rival.model}'s ${rival.rivals.toFixed(4)}${differenceText(rival)}`,
    itemsUnknown > 0 && `${counted(itemsUnknown, "item")} came since`,
  ];
  return parts.filter((part) => typeof part === "string").join("; ");
}

/** `0.1534 [0.1310, 0.1755]` */
function meanText({ value, low, high }: MeasuredMean): string {
  return low === undefined || high === undefined ? value.toFixed(4) : `${value.toFixed(4)} ${rangeText(low, high)}`;
}

function differenceText({ difference }: RivalComparison): string {
  return difference === undefined ? "" : `, difference ${meanText(difference)}`;
}

const rangeText = (low: number, high: number) => `[${low.toFixed(4)}, ${high.toFixed(4)}]`;
