/** What the demonstration prints: counts, figures beside the rivals', one person, and what to try next. */
import Table from "cli-table3";
import type { Interval } from "../../evaluate/bootstrap.ts";
import type { DemoSummary } from "../demo/run.ts";
import { profileView } from "./profile.ts";
import { recommendationsView } from "./recommendations.ts";
import { coloursOf, count, cutTo, percent, printable, type ViewOptions } from "./text.ts";

export function demoView(summary: DemoSummary, options: ViewOptions): string {
  const colours = coloursOf(options);
  const { tree, evaluation, profile, recommendations } = summary;
  const broadest = tree.broadest.map(({ label }) => printable(label)).join(", ");
  const blocks = [
    `${colours.bold("MovieLens latest small (2016)")}, a sample for demonstration: ${count(summary.import.items)} films, ` +
      `${count(summary.import.events)} ratings, done in ${summary.seconds.toFixed(0)} s.`,
    `${colours.bold(`${count(tree.interests)} interests`)} on ${tree.depth} levels: ${cutTo(broadest, options.columns - 30)}`,
    evaluationView(evaluation, options),
    profileView(profile, options).trimEnd(),
    recommendationsView(recommendations, options).trimEnd(),
  ];
  return `${blocks.join("\n\n")}\n`;
}

function evaluationView(
  { protocol, models, differences, users }: DemoSummary["evaluation"],
  options: ViewOptions,
): string {
  const colours = coloursOf(options);
  const table = new Table({
    head: ["model", "HR@10", "NDCG@10", "coverage", "penchant's NDCG@10 less its"],
    style: { head: [], border: [], compact: true },
    chars: { mid: "", "left-mid": "", "mid-mid": "", "right-mid": "" },
  });
  for (const { model, metrics } of models) {
    const difference = differences.find(({ against }) => against === model);
    table.push([
      model,
      interval(metrics["HR@10"]),
      interval(metrics["NDCG@10"]),
      percent(metrics["coverage@10"].value),
      difference === undefined ? "" : interval(difference.ndcg),
    ]);
  }
  return `${colours.bold("What users rated next")}: ${protocol}; ${count(users)} users, 95 % intervals\n${table.toString()}`;
}

function interval(figure: Interval | { readonly value: number }): string {
  const value = figure.value.toFixed(3);
  return "low" in figure ? `${value} (${figure.low.toFixed(3)} to ${figure.high.toFixed(3)})` : value;
}

export function invitationView({ url, user }: { url: string; user: string }, options: ViewOptions): string {
  const colours = coloursOf(options);
  return `
${colours.bold(`Serving ${url}`)} (API: ${url}/docs). Stop with Ctrl-C. Try:
  ${url}/people/${encodeURIComponent(user)}
  curl '${url}/v1/users/${encodeURIComponent(user)}/recommendations?limit=5'
  curl '${url}/v1/events' -H 'content-type: application/json' \\
    -d '{ "user": "you", "type": "rating", "item": "296", "value": 5 }'
  curl '${url}/v1/users/you/profile'
`;
}
