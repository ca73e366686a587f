/** What charts over time have alike: texts along the axes, and an axis of time that spans the data. */
import type { Colours } from "./colours.ts";

export function axisText({ muted }: Colours) {
  return { color: muted, fontSize: 11, hideOverlap: true };
}

/**
 * @param splits about how many parts the axis is cut into
 * @param nameOf what stands at a moment, milliseconds since 1970
 */
export function timeAxis(colours: Colours, { splits, nameOf }: { splits: number; nameOf: (time: number) => string }) {
  return {
    type: "time",
    min: "dataMin",
    max: "dataMax",
    axisLine: { lineStyle: { color: colours.line } },
    axisTick: { show: false },
    splitLine: { show: false },
    splitNumber: splits,
    axisLabel: {
      ...axisText(colours),
      formatter: (time: number) => nameOf(time),
      alignMinLabel: "left",
      alignMaxLabel: "right",
    },
  } as const;
}
