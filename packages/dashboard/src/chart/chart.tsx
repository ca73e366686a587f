/**
 * A chart. What it shows is said in words for those who do not see it, and what can be clicked in it can also be reached
 * in a list beside it.
 */
import type { ECharts, EChartsCoreOption } from "echarts/core";
import { useEffect, useEffectEvent, useRef, useState } from "react";

interface ChartProps {
  readonly option: EChartsCoreOption;
  /** What the chart shows, in a sentence. */
  readonly label: string;
  readonly className?: string;
  readonly onPick?: (picked: { name: string; data: unknown }) => void;
  readonly onHover?: (hovered: { name: string; data: unknown } | undefined) => void;
}

/** The reader has asked for as little motion as possible. */
const isStill = matchMedia("(prefers-reduced-motion: reduce)");

export function Chart({ option, label, className = "", onPick, onHover }: ChartProps) {
  const place = useRef<HTMLDivElement>(null);
  const [chart, setChart] = useState<ECharts>();
  const pick = useEffectEvent((picked: { name: string; data: unknown }) => onPick?.(picked));
  const hover = useEffectEvent((hovered: { name: string; data: unknown } | undefined) => onHover?.(hovered));

  useEffect(() => {
    let made: ECharts | undefined;
    const parts = import("./charts.ts");
    // A chart that is not shown has no size, and is drawn once it has one.
    const fit = async ({ contentRect }: ResizeObserverEntry) => {
      const { init } = await parts;
      if (place.current === null || contentRect.width === 0) return;
      if (made !== undefined) {
        made.resize();
        return;
      }
      made = init(place.current, null, { renderer: "svg" });
      made.on("click", ({ name, data }) => pick({ name, data }));
      made.on("mouseover", ({ name, data }) => hover({ name, data }));
      made.on("globalout", () => hover(undefined));
      setChart(made);
    };
    const resized = new ResizeObserver(([entry]) => void fit(entry));
    if (place.current !== null) resized.observe(place.current);
    return () => {
      resized.disconnect();
      made?.dispose();
      setChart(undefined);
    };
  }, []);

  useEffect(() => {
    chart?.setOption({ ...option, ...(isStill.matches && { animation: false }) }, { notMerge: true });
  }, [chart, option]);

  return <div ref={place} className={`chart ${className}`} role="img" aria-label={label} />;
}
