/** How much was done under an interest, month by month. */
import { useMemo } from "react";
import { useActivity } from "../api/queries.ts";
import { Chart } from "../chart/chart.tsx";
import { type Colours, useColours } from "../chart/colours.ts";
import { axisText, timeAxis } from "../chart/time-axis.ts";
import { Trouble } from "../parts/bits.tsx";
import { useTexts } from "../text/language.ts";

export function ActivityChart({ interest }: { interest: { readonly id: string; readonly label: string } }) {
  const { t, format } = useTexts();
  const colours = useColours();
  const { data, error } = useActivity(interest.id);
  const months = data?.months;
  const option = useMemo(
    () => months && activityOption(months, colours, (time) => format.month(time)),
    [months, colours, format],
  );
  if (error !== null) return <Trouble error={error} />;
  if (months?.length === 0) return <p className="note">{t.interests.noActivity}</p>;
  return (
    <div className="plot activity">
      {option !== undefined && <Chart option={option} label={t.interests.activityLabel(interest.label)} />}
    </div>
  );
}

function activityOption(
  months: readonly { readonly time: number; readonly events: number }[],
  colours: Colours,
  nameOf: (time: number) => string,
) {
  return {
    animationDuration: 400,
    textStyle: { fontFamily: colours.font },
    grid: { left: 0, right: 22, top: 14, bottom: 22, outerBoundsMode: "none" },
    xAxis: timeAxis(colours, { splits: 5, nameOf }),
    yAxis: {
      type: "value",
      min: 0,
      splitNumber: 2,
      axisLabel: { ...axisText(colours), inside: true, margin: 0, verticalAlign: "bottom" },
      splitLine: { lineStyle: { color: colours.line } },
    },
    series: {
      type: "line",
      step: "middle",
      showSymbol: months.length === 1,
      silent: true,
      data: months.map(({ time, events }) => [time, events]),
      lineStyle: { color: colours.accent, width: 1.5 },
      itemStyle: { color: colours.accent },
      areaStyle: { color: colours.accent, opacity: 0.15 },
    },
  };
}
