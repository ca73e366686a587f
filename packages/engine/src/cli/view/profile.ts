/**
 * A profile as a tree in the terminal, one line per interest: a bar for its strength among its siblings, its phase and
 * trend, the days in which it would halve, and the events that hold it up.
 */
import { dayMs, hourMs } from "../../base/time.ts";
import type { Evidence, Phase, Profile, ProfileInterest } from "../../core/profile.ts";
import {
  type Colours,
  coloursOf,
  count,
  counted,
  cutTo,
  day,
  days,
  fitTo,
  percent,
  printable,
  steeringText,
  type ViewOptions,
  widthOf,
} from "./text.ts";
import { treeLines } from "./tree.ts";

const barWidth = 10;
const percentWidth = 4;
const phaseWidth = 8;
/** Cells between two columns. */
const gap = "  ";
const fixedWidthBare = barWidth + percentWidth + phaseWidth + 1 + 6 * gap.length;

/**
 * The profile as text, with a line end after every line.
 *
 * @example
 * process.stdout.write(profileView(await engine.profile("u42"), { columns: 100, colours: false }));
 */
export function profileView(profile: Profile, options: ViewOptions): string {
  const colours = coloursOf(options);
  const lines = treeLines(profile.interests, ({ children }) => children);
  const labels = lines.map(({ node, guide }) => guide + printable(node.interest.label));
  const halves = lines.map(({ node }) => halfLifeText(node));
  const halfLifeWidth = Math.max(6, ...halves.map((text) => text.length));
  const fixedWidth = fixedWidthBare + halfLifeWidth;
  const longest = Math.max(8, ...labels.map(widthOf));
  const labelWidth = Math.min(longest, Math.max(12, Math.floor((options.columns - fixedWidth) * 0.6)));
  const evidenceWidth = options.columns - fixedWidth - labelWidth;
  const heading = ["interest", "strength", "", "phase", "", "halves", "because of"];
  const widths = [labelWidth, barWidth, percentWidth, phaseWidth, 1, halfLifeWidth, evidenceWidth];
  const rows = lines.map(({ node }, index) => {
    const cells = [
      fitTo(labels[index], labelWidth),
      colours.cyan(bar(node.strength)),
      percent(node.strength).padStart(percentWidth),
      phaseColour(colours, node.phase)(fitTo(node.phase, phaseWidth)),
      trendArrow(node.trend),
      halves[index].padStart(halfLifeWidth),
      colours.dim(cutTo(reasonsText(node, profile.returnDays), evidenceWidth)),
    ];
    return cells.join(gap).trimEnd();
  });
  const header = colours.dim(
    heading
      .map((name, index) => fitTo(name, widths[index]))
      .join(gap)
      .trimEnd(),
  );
  const body = rows.length > 0 ? [header, ...rows] : ["No interests yet."];
  return `${[...summary(profile, colours), "", ...body, ...remainder(profile, colours)].join("\n")}\n`;
}

function summary(profile: Profile, colours: Colours): string[] {
  const { firstSeen, lastSeen } = profile;
  const span = firstSeen !== null && lastSeen !== null ? ` from ${day(firstSeen)} to ${day(lastSeen)}` : "";
  return [
    `${colours.bold(`User ${printable(profile.user)}`)} on ${day(profile.at)}`,
    `${counted(profile.events, "event")}${span}; ${rate(profile.intensity)} expected`,
  ];
}

/** What the tree above does not show of the expected events. */
function remainder({ interests }: Profile, colours: Colours): string[] {
  const rest = 1 - interests.reduce((sum, { strength }) => sum + strength, 0);
  return interests.length > 0 && rest > 0.0005 ? [colours.dim(`everything else ${percent(rest)}`)] : [];
}

function rate(perDay: number): string {
  if (perDay >= 1) return `${perDay < 10 ? perDay.toFixed(1) : count(perDay)} events a day`;
  if (perDay * 30 >= 1) return `${(perDay * 30).toFixed(1)} events a month`;
  return `${(perDay * 365).toFixed(1)} events a year`;
}

const eighths = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];

/** A bar of `barWidth` cells, drawn in eighths of a cell; anything above 0 shows. */
export function bar(share: number): string {
  const filled = Math.min(barWidth * 8, Math.max(share > 0 ? 1 : 0, Math.round(share * barWidth * 8)));
  const drawn = "█".repeat(Math.floor(filled / 8)) + eighths[filled % 8];
  return drawn + " ".repeat(barWidth - drawn.length);
}

/** The trend is a logarithm: 0.25 is a quarter more than usual, 1 nearly three times as much. */
function trendArrow(trend: number): string {
  if (trend > 1) return "↑";
  if (trend > 0.25) return "↗";
  if (trend < -1) return "↓";
  return trend < -0.25 ? "↘" : "→";
}

function duration(length: number | null): string {
  if (length === null) return "never";
  if (length < 1) return `${Math.max(1, Math.round((length * dayMs) / hourMs))} h`;
  return length < 1_000 ? `${Math.round(length)} d` : `${(length / 365).toFixed(1)} y`;
}

/** The half-life, with its interval where that is known: "34 d (28 to 41)". */
function halfLifeText({ halfLifeDays, halfLifeInterval }: ProfileInterest): string {
  const middle = duration(halfLifeDays);
  if (halfLifeInterval === undefined) return middle;
  const { low, high } = halfLifeInterval;
  return `${middle} (${days(low)} to ${days(high)})`;
}

/** What the user asked for, how likely a return is where little is going on, then the events that hold the interest up. */
function reasonsText(
  { steering, evidence, phase, returnProbability }: ProfileInterest,
  returnDays: number | undefined,
): string {
  const isLow = phase === "dormant" || phase === "fading";
  return [
    ...(steering === undefined ? [] : [`[${steeringText(steering)}]`]),
    ...(isLow && returnProbability !== undefined ? [`${percent(returnProbability)} back in ${returnDays} d:`] : []),
    evidenceText(evidence),
  ]
    .join(" ")
    .trim();
}

/** The events' titles, equal ones once with their number. */
function evidenceText(evidence: readonly Evidence[]): string {
  const events = Map.groupBy(evidence, eventText);
  return [...events].map(([text, { length }]) => (length > 1 ? `${text} ×${length}` : text)).join(" · ");
}

function eventText({ item, type, value }: Evidence): string {
  const name = item ? printable(item.title) : type;
  return type === "rating" && value !== undefined ? `${name} ★${value}` : name;
}

function phaseColour(colours: Colours, phase: Phase): (text: string) => string {
  const of: Record<Phase, (text: string) => string> = {
    emerging: colours.green,
    core: colours.bold,
    fading: colours.yellow,
    dormant: colours.dim,
    revived: colours.magenta,
  };
  return of[phase];
}
