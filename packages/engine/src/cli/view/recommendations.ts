/** Recommendations in the terminal, one line each: rank, title, score, and the reason that contributes most. */
import type { Reason, Recommendation, RecommendationList } from "../../core/recommendation.ts";
import { coloursOf, cutTo, day, fitTo, printable, type ViewOptions, widthOf } from "./text.ts";

const gap = "  ";

/** The list as text, with a line end after every line. */
export function recommendationsView(list: RecommendationList, options: ViewOptions): string {
  const colours = coloursOf(options);
  const heading = colours.bold(`For user ${printable(list.user)} on ${day(list.at)}`);
  if (list.recommendations.length === 0)
    return `${heading}\n\nNothing to recommend: every item was seen or is hidden.\n`;
  const titles = list.recommendations.map(({ item }) => titleOf(item));
  const scores = list.recommendations.map(({ score }) => score.toPrecision(3));
  const rankWidth = String(titles.length).length;
  const titleWidth = Math.min(Math.max(...titles.map(widthOf)), Math.max(16, Math.floor(options.columns * 0.4)));
  const scoreWidth = Math.max(...scores.map((score) => score.length));
  const reasonWidth = options.columns - rankWidth - titleWidth - scoreWidth - 3 * gap.length;
  const rows = list.recommendations.flatMap(({ reasons, explanation }, index) => {
    const cells = [
      String(index + 1).padStart(rankWidth),
      fitTo(titles[index], titleWidth),
      colours.cyan(scores[index].padStart(scoreWidth)),
      colours.dim(explanation === undefined ? cutTo(reasonText(reasons), reasonWidth) : ""),
    ];
    const sentences =
      explanation?.sentences.map(({ text }) => `${" ".repeat(rankWidth)}${gap}${printable(text)}`) ?? [];
    return [cells.join(gap).trimEnd(), ...sentences];
  });
  return `${[heading, "", ...rows].join("\n")}\n`;
}

function titleOf({ title, attributes }: Recommendation["item"]): string {
  const year = attributes?.year;
  return printable(typeof year === "number" ? `${title} (${year})` : title);
}

/** The strongest reason in a few words: "because you rated Heat -> Crime -> this". Empty without reasons. */
export function reasonText(reasons: readonly Reason[] | undefined): string {
  const reason = reasons?.find(({ source }) => source !== "rest");
  if (!reason) return "";
  const { event, interest } = reason;
  const title = event?.item && printable(event.item.title);
  if (reason.source === "popularity") return "because many took it";
  if (reason.source === "language-model") return "because a language model finds that it suits you";
  const label = interest && printable(interest.label);
  if (event && title) {
    const way = label === undefined ? "" : ` -> ${label}`;
    const together = reason.source === "neighbour" ? ", which go together" : "";
    return `because ${deed(event.type)} ${title}${way} -> this${together}`;
  }
  if (reason.source === "model")
    return `because ${printable(reason.model ?? "a model")} expects it next${partsText(reason)}`;
  return label ? `because of ${label} -> this` : "";
}

/** Of a model that keeps them apart: how much is short-term and how much long-term interest, and where that lies. */
function partsText({ longShort }: Reason): string {
  if (longShort === undefined) return "";
  const short = Math.round(100 * longShort.gate);
  const lasting = longShort.interests.map(({ path }) => printable(path.at(-1) ?? "")).join(", ");
  return `: ${short} % by the newest events, ${100 - short} % by lasting interest${lasting && ` (${lasting})`}`;
}

const deeds: Readonly<Record<string, string>> = {
  "add-to-cart": "you chose",
  click: "you opened",
  comment: "you commented on",
  complete: "you finished",
  like: "you liked",
  play: "you played",
  purchase: "you bought",
  rating: "you rated",
  save: "you saved",
  search: "you searched for",
  share: "you shared",
  view: "you viewed",
};

function deed(type: string): string {
  return Object.hasOwn(deeds, type) ? deeds[type] : `of your ${printable(type)} of`;
}
