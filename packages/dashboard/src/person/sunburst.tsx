/** The profile as rings around a middle: an interest is as wide as its share of everything, and coloured by its phase. */
import type { Profile } from "@penchant/protocol";
import { useDeferredValue, useMemo, useState } from "react";
import { Chart } from "../chart/chart.tsx";
import { type Colours, useColours } from "../chart/colours.ts";
import { mixed, readableOn } from "../chart/mix.ts";
import { useSize } from "../chart/size.ts";
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
  const [place, { width: size }] = useSize<HTMLDivElement>();
  const option = useMemo(
    () => optionOf(slicesOf(shown, shareMin), colours, { picked: pickedId, size }),
    [shown, colours, pickedId, size],
  );
  const middle = (hovered === undefined ? undefined : findInterest(profile, hovered)) ?? picked;
  const idOf = (data: unknown) => (data as { id?: string } | undefined)?.id;
  const strongest = profile.interests
    .slice(0, 5)
    .map(({ interest, strength, phase }) => `${interest.label} ${format.percent(strength)}, ${t.phases[phase]}`);
  return (
    <figure className="sunburst">
      <div className="rings" ref={place}>
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

/** Where rings begin and end, as parts of the radius: the broad interests, those below, and a rim of what is below them. */
const rings = [0.27, 0.62, 0.92, 0.98] as const;
const percent = (part: number) => `${100 * part}%`;
const labelMargin = 4;
/** Letters have a forty-second of the width of all rings, within what can be read and what looks well. */
const fontSizeOf = (size: number) => Math.min(12.5, Math.max(10, size / 42));

function optionOf(
  slices: readonly Slice[],
  colours: Colours,
  { picked, size }: { picked: string | undefined; size: number },
) {
  const fontSize = fontSizeOf(size);
  const labelWidth = (from: number, to: number) => Math.max(0, ((to - from) * size) / 2 - labelMargin);
  const data = (slice: Slice): object => {
    const color = mixed(colours[slice.phase], colours.ground, slice.level === 1 ? 1 : slice.level === 2 ? 0.72 : 0.5);
    return {
      id: slice.id,
      name: slice.name,
      value: slice.value,
      itemStyle: { color, ...(slice.id === picked && { borderColor: colours.ink, borderWidth: 2.5 }) },
      label: { color: readableOn(color, colours.ink, colours.ground) },
      children: slice.children.map(data),
    };
  };
  return {
    // Hundreds of slices are not moved smoothly.
    animation: countOf(slices) <= animatedMax,
    animationDuration: 350,
    animationDurationUpdate: 250,
    textStyle: { fontFamily: colours.font },
    series: {
      type: "sunburst",
      data: slices.map(data),
      radius: [percent(rings[0]), percent(rings[3])],
      sort: undefined,
      nodeClick: false,
      emphasis: { focus: "ancestor" },
      blur: { itemStyle: { opacity: 0.35 } },
      itemStyle: { borderColor: colours.ground, borderWidth: 1.5, borderRadius: 3 },
      label: {
        fontSize: fontSize - 1,
        minAngle: 9,
        overflow: "truncate",
        textBorderWidth: 0,
      },
      levels: [
        {},
        {
          r0: percent(rings[0]),
          r: percent(rings[1]),
          label: { fontSize, fontWeight: 600, width: labelWidth(rings[0], rings[1]) },
        },
        { r0: percent(rings[1]), r: percent(rings[2]), label: { width: labelWidth(rings[1], rings[2]) } },
        { r0: percent(rings[2]), r: percent(rings[3]), label: { show: false } },
      ],
    },
  };
}
