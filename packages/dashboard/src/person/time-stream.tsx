/**
 * A person's interests over time as a stream, and a slider under it that goes to any moment. Where an interest is picked, the
 * stream shows what is right below it.
 */
import { useMemo } from "react";
import { useSeries } from "../api/queries.ts";
import { Chart } from "../chart/chart.tsx";
import { type Colours, useColours } from "../chart/colours.ts";
import { Trouble } from "../parts/bits.tsx";
import { useTexts } from "../text/language.ts";
import type { ShapedInterest } from "./profile-shape.ts";
import { type Band, bandsOf, type Span } from "./timeline.ts";

const moments = 90;
const sliderSteps = 400;
/** Narrower ones cannot be told apart by their shade. */
const bandsNamed = 6;
const hourMs = 3_600_000;

interface TimeStreamProps {
  readonly user: string;
  readonly span: Span;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly isPresent: boolean;
  /** The person was last seen long ago. */
  readonly isGone: boolean;
  readonly picked: ShapedInterest | undefined;
  readonly onMove: (at: number) => void;
  readonly onPresent: () => void;
  readonly onPick: (id: string) => void;
}

export function TimeStream({ user, span, at, isPresent, isGone, picked, ...on }: TimeStreamProps) {
  const { t, format } = useTexts();
  const colours = useColours();
  const { from, to } = span;
  // What is below the picked interest, or below the one above it where it is not divided further.
  const above = picked?.path.findLast(({ children }) => children.length > 0)?.interest;
  const stepMs = Math.max(hourMs, (to - from) / moments);
  const { data, error } = useSeries(user, { from, to, stepMs, under: above?.id });
  const pickedId = picked?.node.interest.id;
  const option = useMemo(
    () => data && streamOption(data.moments, bandsOf(data, t.person.rest), colours, pickedId),
    [data, colours, pickedId, t],
  );
  const place = Math.min(1, Math.max(0, (at - from) / (to - from)));
  return (
    <figure className="stream">
      <figcaption>
        <h2>{above === undefined ? t.person.stream : t.person.streamOf(above.label)}</h2>
        <p className="note">{t.person.streamNote}</p>
      </figcaption>
      {error !== null && <Trouble error={error} />}
      <ul className="bands">
        {data?.series.slice(0, bandsNamed).map(({ interest }, index) => (
          <li key={interest.id}>
            <button type="button" className="label" onClick={() => on.onPick(interest.id)}>
              <i className="key" style={{ background: `var(--band-${index + 1})` }} /> {interest.label}
            </button>
          </li>
        ))}
      </ul>
      <div className="water">
        {option !== undefined && (
          <Chart
            option={option}
            label={t.person.streamLabel(format.day(from), format.day(to))}
            onPick={({ name }) => {
              const found = data?.series.find(({ interest }) => interest.label === name);
              if (found !== undefined) on.onPick(found.interest.id);
            }}
          />
        )}
        <i className="moment" style={{ insetInlineStart: `${100 * place}%` }} />
      </div>
      <input
        type="range"
        min={from}
        max={to}
        step={(to - from) / sliderSteps}
        value={Math.min(to, Math.max(from, at))}
        aria-label={t.person.moment}
        aria-valuetext={format.day(at)}
        onChange={({ target }) => on.onMove(Number(target.value))}
      />
      <div className="ends">
        <span>{format.day(from)}</span>
        <output>
          {isPresent ? t.person.present : t.person.asOf(format.day(at))}
          {!isPresent && (
            <button type="button" className="quiet" onClick={on.onPresent}>
              {t.person.toPresent}
            </button>
          )}
        </output>
        <span>{isGone ? format.day(to) : t.person.now}</span>
      </div>
    </figure>
  );
}

function streamOption(
  moments: readonly number[],
  bands: readonly Band[],
  colours: Colours,
  picked: string | undefined,
) {
  const colourOf = (band: Band, index: number) => (band.id === picked ? colours.accent : colours.bands[index]);
  return {
    animation: false,
    color: bands.map(colourOf),
    textStyle: { fontFamily: colours.font },
    tooltip: { show: false },
    singleAxis: {
      type: "time",
      top: 8,
      bottom: 8,
      left: 0,
      right: 0,
      axisLine: { show: false },
      axisTick: { show: false },
      axisLabel: { show: false },
      splitLine: { show: false },
      min: moments[0],
      max: moments.at(-1),
    },
    series: {
      type: "themeRiver",
      boundaryGap: ["4%", "4%"],
      data: bands.flatMap(({ name, widths }) => widths.map((width, index) => [moments[index], width, name])),
      label: { show: false },
      itemStyle: { borderColor: colours.ground, borderWidth: 0.75 },
      emphasis: {
        focus: "self",
        label: { show: true, position: "left", color: colours.ink, fontSize: 13, fontWeight: 600 },
      },
      blur: { itemStyle: { opacity: 0.35 } },
    },
  };
}
