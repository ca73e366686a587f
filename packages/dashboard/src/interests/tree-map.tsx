/** The tree as a map: an interest has as much room as it has items, and lies within the broader one. */
import type { InterestSummary } from "@penchant/protocol";
import { useMemo } from "react";
import { Chart } from "../chart/chart.tsx";
import { type Colours, useColours } from "../chart/colours.ts";
import { addressOf, go } from "../router.ts";
import { useTexts } from "../text/language.ts";
import type { Tree } from "./tree-shape.ts";

/** Smaller ones would be specks. */
const partMin = 0.002;

export function TreeMap({ tree }: { tree: Tree }) {
  const { t } = useTexts();
  const colours = useColours();
  const option = useMemo(() => mapOption(tree, colours), [tree, colours]);
  return (
    <div className="map">
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

function mapOption(tree: Tree, colours: Colours) {
  const total = tree.broadest.reduce((sum, { itemCount }) => sum + itemCount, 0);
  const shades = colours.bands.length - 2;
  const tile = (interest: InterestSummary, rank: number) => ({
    id: interest.id,
    name: interest.label,
    value: interest.itemCount,
    itemStyle: { color: colours.bands[Math.min(rank, shades)] },
    children: tree
      .childrenOf(interest.id)
      .filter(({ itemCount }) => itemCount >= partMin * total)
      .map((child) => ({
        id: child.id,
        name: child.label,
        value: child.itemCount,
        itemStyle: { color: colours.bands[Math.min(rank, shades)] },
      })),
  });
  const text = (rank: number) => (rank < 3 ? colours.ground : colours.ink);
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
      data: tree.broadest
        .filter(({ itemCount }) => itemCount >= partMin * total)
        .map((interest, rank) => {
          const made = tile(interest, rank);
          const label = { color: text(rank) };
          return {
            ...made,
            label,
            children: made.children.map((child) => ({ ...child, label })),
          };
        }),
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
