/** The profile as rings around a middle: an interest is as wide as its share of everything, and coloured by its phase. */
import type { Profile } from "@penchant/protocol";
import { useDeferredValue, useMemo, useState } from "react";
import { Chart } from "../chart/chart.tsx";
import { type Colours, useColours } from "../chart/colours.ts";
import type { PhaseName } from "../parts/bits.tsx";
import { useTexts } from "../text/language.ts";
import { findInterest, type ShapedInterest, type Slice, slicesOf } from "./profile-shape.ts";

const shareMin = 0.002;
const phaseOrder: readonly PhaseName[] = ["core", "emerging", "revived", "fading", "dormant"];

interface SunburstProps {
  readonly profile: Profile;
  readonly picked: ShapedInterest | undefined;
  readonly onPick: (id: string | undefined) => void;
}

export function Sunburst({ profile, picked, onPick }: SunburstProps) {
  const { t, format } = useTexts();
  const colours = useColours();
  const [hovered, setHovered] = useState<string>();
  const shown = useDeferredValue(profile);
  const pickedId = picked?.node.interest.id;
  const option = useMemo(() => optionOf(slicesOf(shown, shareMin), colours, pickedId), [shown, colours, pickedId]);
  const middle = (hovered === undefined ? undefined : findInterest(profile, hovered)) ?? picked;
  const idOf = (data: unknown) => (data as { id?: string } | undefined)?.id;
  const strongest = profile.interests
    .slice(0, 5)
    .map(({ interest, strength, phase }) => `${interest.label} ${format.percent(strength)}, ${t.phases[phase]}`);
  return (
    <figure className="sunburst">
      <div className="rings">
        <Chart
          option={option}
          label={t.person.sunburst(strongest.join("; "))}
          onPick={({ data }) => onPick(idOf(data))}
          onHover={(over) => setHovered(idOf(over?.data))}
        />
        <p className="middle" aria-hidden="true">
          {middle === undefined ? (
            <>
              <b>{format.count(profile.interests.length)}</b>
              <span>{t.person.broad(profile.interests.length)}</span>
            </>
          ) : (
            <>
              <b>{format.percent(middle.share)}</b>
              <span>{middle.node.interest.label}</span>
            </>
          )}
        </p>
      </div>
      <figcaption>
        <ul className="legend">
          {phaseOrder.map((phase) => (
            <li key={phase} title={t.phaseTexts[phase]}>
              <i className={`key ${phase}`} /> {t.phases[phase]}
            </li>
          ))}
        </ul>
      </figcaption>
    </figure>
  );
}

const animatedMax = 150;

function countOf(slices: readonly Slice[]): number {
  return slices.reduce((sum, { children }) => sum + 1 + countOf(children), 0);
}

function optionOf(slices: readonly Slice[], colours: Colours, picked: string | undefined) {
  const data = (slice: Slice): object => ({
    id: slice.id,
    name: slice.name,
    value: slice.value,
    itemStyle: {
      color: colours[slice.phase],
      opacity: slice.level === 1 ? 1 : slice.level === 2 ? 0.72 : 0.5,
      ...(slice.id === picked && { borderColor: colours.ink, borderWidth: 2.5 }),
    },
    children: slice.children.map(data),
  });
  return {
    // Hundreds of slices are not moved smoothly.
    animation: countOf(slices) <= animatedMax,
    animationDuration: 350,
    animationDurationUpdate: 250,
    textStyle: { fontFamily: colours.font },
    series: {
      type: "sunburst",
      data: slices.map(data),
      radius: ["27%", "98%"],
      sort: undefined,
      nodeClick: false,
      emphasis: { focus: "ancestor" },
      blur: { itemStyle: { opacity: 0.35 } },
      itemStyle: { borderColor: colours.ground, borderWidth: 1.5, borderRadius: 3 },
      label: {
        color: "#fff",
        fontSize: 11.5,
        minAngle: 9,
        overflow: "truncate",
        width: 92,
        textBorderWidth: 0,
      },
      levels: [
        {},
        { r0: "27%", r: "62%", label: { fontSize: 12.5, fontWeight: 600 } },
        { r0: "62%", r: "92%" },
        { r0: "92%", r: "98%", label: { show: false } },
      ],
    },
  };
}
