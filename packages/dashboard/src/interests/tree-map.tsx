/** The tree as a map: an interest has as much room as it has items, and lies within the broader one. */
import type { InterestSummary } from "@penchant/protocol";
import { useMemo } from "react";
import { Chart } from "../chart/chart.tsx";
import { type Colours, useColours } from "../chart/colours.ts";
import { readableOn } from "../chart/mix.ts";
import { useSize } from "../chart/size.ts";
import { addressOf, go } from "../router.ts";
import { useTexts } from "../text/language.ts";
import type { Tree } from "./tree-shape.ts";

/** Smaller ones would be specks. */
const partMin = 0.002;
/** Tiles whose sides are shorter on average, in pixels, have no room for more than a letter or two. */
const labelledSide = 46;

export function TreeMap({ tree }: { tree: Tree }) {
  const { t } = useTexts();
  const colours = useColours();
  const [place, { width, height }] = useSize<HTMLDivElement>();
  const area = width * height;
  const option = useMemo(() => mapOption(tree, colours, area), [tree, colours, area]);
  return (
    <div className="map" ref={place}>
      <Chart
        option={option}
        label={t.interests.map(tree.broadest.slice(0, 5).map(({ label }) => label))}
        onPick={({ data }) => {
          const id = (data as { id?: string } | undefined)?.id;
          if (id !== undefined) go(addressOf("interest", id));
        }}
      />
    </div>
  );
}

function mapOption(tree: Tree, colours: Colours, area: number) {
  const total = tree.broadest.reduce((sum, { itemCount }) => sum + itemCount, 0);
  const isWorthShowing = ({ itemCount }: InterestSummary) => itemCount >= partMin * total;
  const shades = colours.bands.slice(0, -1);
  const tile = ({ id, label, itemCount }: InterestSummary, rank: number) => {
    const color = shades[Math.min(rank, shades.length - 1)];
    const hasRoom = Math.sqrt((area * itemCount) / total) >= labelledSide;
    return {
      id,
      name: label,
      value: itemCount,
      itemStyle: { color },
      label: { show: hasRoom, color: readableOn(color, colours.ink, colours.ground) },
    };
  };
  return {
    animation: false,
    textStyle: { fontFamily: colours.font },
    series: {
      type: "treemap",
      left: 0,
      right: 0,
      top: 0,
      bottom: 0,
      roam: false,
      nodeClick: false,
      breadcrumb: { show: false },
      data: tree.broadest.filter(isWorthShowing).map((interest, rank) => ({
        ...tile(interest, rank),
        children: tree
          .childrenOf(interest.id)
          .filter(isWorthShowing)
          .map((child) => tile(child, rank)),
      })),
      itemStyle: { borderColor: colours.ground, borderWidth: 1, gapWidth: 1 },
      levels: [
        { itemStyle: { borderColor: colours.ground, borderWidth: 0, gapWidth: 4 } },
        {
          itemStyle: { borderWidth: 0, gapWidth: 1 },
          upperLabel: { show: true, color: colours.ink, height: 24, fontSize: 13, fontWeight: 600, padding: [0, 6] },
          emphasis: { upperLabel: { show: true } },
        },
        { itemStyle: { borderWidth: 0, gapWidth: 0, opacity: 0.9 }, label: { fontSize: 11.5, overflow: "truncate" } },
      ],
      visibleMin: 60,
    },
  };
}
