/** What the demonstration prints: counts, figures beside the rivals', one person, and what to try next. */
import Table from "cli-table3";
import type { Interval } from "../../evaluate/bootstrap.ts";
import type { DemoSummary } from "../demo/run.ts";
import { sampleOf } from "../demo/samples.ts";
import { profileView } from "./profile.ts";
import { recommendationsView } from "./recommendations.ts";
import { coloursOf, count, cutTo, day, days, fitTo, percent, printable, type ViewOptions } from "./text.ts";

export function demoView(summary: DemoSummary, options: ViewOptions): string {
  const colours = coloursOf(options);
  const { tree, evaluation, fading, profile, recommendations } = summary;
  const sample = sampleOf(summary.sample);
  const broadest = tree.broadest.map(({ label }) => printable(label)).join(", ");
  const blocks = [
    `${colours.bold(sample.title)}, a sample for demonstration: ${count(summary.import.items)} ${sample.items}, ` +
      `${count(summary.import.events)} ${sample.events}, done in ${summary.seconds.toFixed(0)} s.`,
    `${colours.bold(`${count(tree.interests)} interests`)} on ${tree.depth} levels: ${cutTo(broadest, options.columns - 30)}`,
    ...(evaluation === undefined ? [] : [evaluationView(evaluation, options)]),
    ...(fading === undefined ? [] : [fadingView(fading, options)]),
    profileView(profile, options).trimEnd(),
    recommendationsView(recommendations, options).trimEnd(),
  ];
  return `${blocks.join("\n\n")}\n`;
}

function evaluationView(
  { protocol, models, differences, users }: NonNullable<DemoSummary["evaluation"]>,
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

function fadingView(fading: NonNullable<DemoSummary["fading"]>, options: ViewOptions): string {
  const colours = coloursOf(options);
  const lines = fading.map(({ label, halfLife: { days: middle, lowDays, highDays } }) => {
    return `${fitTo(printable(label), 28)}  ${days(middle).padStart(5)} (${days(lowDays)} to ${days(highDays)})`;
  });
  const title = "Habits that fade fastest once they stop";
  return `${colours.bold(title)}: days to a half, learned, with 95 % intervals\n${lines.join("\n")}`;
}

function interval(figure: Interval | { readonly value: number }): string {
  const value = figure.value.toFixed(3);
  return "low" in figure ? `${value} (${figure.low.toFixed(3)} to ${figure.high.toFixed(3)})` : value;
}

export function invitationView(url: string, summary: DemoSummary, options: ViewOptions): string {
  const colours = coloursOf(options);
  const user = encodeURIComponent(summary.profile.user);
  const at = day(summary.profile.at);
  const event = JSON.stringify({ user: "you", ...sampleOf(summary.sample).trial });
  return `
${colours.bold(`Serving ${url}`)} (API: ${url}/docs). Stop with Ctrl-C. Try:
  ${url}/people/${user}?at=${at}
  curl '${url}/v1/users/${user}/recommendations?limit=5'
  curl '${url}/v1/events' -H 'content-type: application/json' \\
    -d '${event}'
  curl '${url}/v1/users/you/profile'
`;
}
