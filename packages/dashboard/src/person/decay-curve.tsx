/**
 * How an interest came up and how it will go if nothing further happens: its intensity over time, solid as far as it is known and
 * dashed from the last event on.
 */
import { useMemo } from "react";
import { useSeries } from "../api/queries.ts";
import { Chart } from "../chart/chart.tsx";
import { type Colours, useColours } from "../chart/colours.ts";
import { timeAxis } from "../chart/time-axis.ts";
import { Trouble } from "../parts/bits.tsx";
import { useTexts } from "../text/language.ts";
import type { ShapedInterest } from "./profile-shape.ts";

const dayMs = 86_400_000;
const points = 96;
/** Without a half-life, or with a long one, there is little to see beyond. */
const horizonDaysMax = 720;

interface DecayCurveProps {
  readonly user: string;
  readonly picked: ShapedInterest;
  readonly at: number;
  readonly now: number;
  readonly lastSeen: number;
}

export function DecayCurve({ user, picked, at, now, lastSeen }: DecayCurveProps) {
  const { t, format } = useTexts();
  const colours = useColours();
  const { node, path } = picked;
  const horizonDays = Math.min(horizonDaysMax, Math.max(30, 2 * (node.halfLifeDays ?? horizonDaysMax / 2)));
  const from = at - horizonDays * dayMs;
  const to = at + horizonDays * dayMs;
  const { data, error } = useSeries(user, { from, to, stepMs: (to - from) / points, under: path.at(-2)?.interest.id });
  const intensity = data?.series.find(({ interest }) => interest.id === node.interest.id)?.intensity;
  // What lies after the last event is an expectation, and so is what lies after now.
  const known = Math.min(lastSeen, now);
  const option = useMemo(
    () =>
      intensity &&
      data &&
      curveOption(data.moments, intensity, { at, known, colours, day: format.day, rate: format.rate }),
    [data, intensity, at, known, colours, format],
  );
  const half = node.halfLifeDays;
  if (error !== null) return <Trouble error={error} />;
  return (
    <figure className="curve">
      <div className="plot">
        {option !== undefined && <Chart option={option} label={t.person.curveLabel(node.interest.label)} />}
      </div>
      <figcaption className="note">
        {half === null ? t.person.curveNever : t.person.curve(format.days(half))}
      </figcaption>
    </figure>
  );
}

interface Look {
  readonly at: number;
  readonly known: number;
  readonly colours: Colours;
  readonly day: (time: number) => string;
  readonly rate: (perDay: number) => string;
}

function curveOption(
  moments: readonly number[],
  intensity: readonly number[],
  { at, known, colours, day, rate }: Look,
) {
  const pairs = moments.map((moment, index) => [moment, intensity[index] ?? 0] as const);
  const turn = pairs.findIndex(([moment]) => moment > known);
  const solid = turn < 0 ? pairs : pairs.slice(0, turn);
  const dashed = turn < 0 ? [] : pairs.slice(Math.max(0, turn - 1));
  const line = { type: "line", showSymbol: false, smooth: 0.2, smoothMonotone: "x", silent: true } as const;
  return {
    animationDuration: 400,
    textStyle: { fontFamily: colours.font },
    grid: { left: 0, right: 1, top: 10, bottom: 22, outerBoundsMode: "none" },
    xAxis: timeAxis(colours, { splits: 3, nameOf: day }),
    yAxis: { type: "value", min: 0, show: false, axisLabel: { formatter: rate } },
    series: [
      {
        ...line,
        data: solid,
        lineStyle: { color: colours.accent, width: 2 },
        areaStyle: { color: colours.accent, opacity: 0.12 },
      },
      {
        ...line,
        data: dashed,
        lineStyle: { color: colours.accent, width: 2, type: [4, 4] },
        areaStyle: { color: colours.accent, opacity: 0.06 },
        markLine: {
          symbol: "none",
          label: { show: false },
          lineStyle: { color: colours.ink, type: "solid", width: 1 },
          data: [{ xAxis: at }],
        },
      },
    ],
  };
}
