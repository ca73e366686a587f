/**
 * What the person may want next, and why: each reason read from the event over the interest to the item, as ribbons where there
 * is room for them and as a line of words under every item.
 */
import type { Reason, RecommendationList } from "@penchant/protocol";
import { useDeferredValue, useMemo } from "react";
import { useRecommendations } from "../api/queries.ts";
import { Chart } from "../chart/chart.tsx";
import { type Colours, useColours } from "../chart/colours.ts";
import { Section, Trouble } from "../parts/bits.tsx";
import { type Catalogue, useTexts } from "../text/language.ts";
import { shortModelName } from "../text/model-name.ts";
import { type Flow, flowOf, interestOf } from "./flow.ts";

const limit = 10;
const reasonsShown = 2;

interface RecommendationsProps {
  readonly user: string;
  readonly at: number | undefined;
  readonly without: string | undefined;
  readonly withoutLabel: string;
  readonly onPick: (id: string) => void;
}

export function Recommendations({ user, at, without, withoutLabel, onPick }: RecommendationsProps) {
  const { t } = useTexts();
  const { data, error, isPlaceholderData } = useRecommendations(user, { at, without, limit });
  const usual = useRecommendations(user, { at, limit }, without !== undefined).data;
  if (error !== null) return <Trouble error={error} />;
  const { recommendations = [] } = data ?? {};
  const usually = without === undefined ? undefined : new Set(usual?.recommendations.map(({ item }) => item.id));
  const shown = new Set(recommendations.map(({ item }) => item.id));
  const gone = without === undefined ? [] : (usual?.recommendations ?? []).filter(({ item }) => !shown.has(item.id));
  return (
    <Section
      title={t.person.recommended}
      note={t.person.recommendedNote}
      className="recommended"
      isBusy={isPlaceholderData}
    >
      {data !== undefined && recommendations.length === 0 && <p className="note">{t.person.nothingToRecommend}</p>}
      <Ribbons recommendations={recommendations} onPick={onPick} />
      <ol className="items">
        {recommendations.map(({ item, score, reasons = [] }) => (
          <li key={item.id}>
            <p className="title">
              {item.title}
              {usually?.has(item.id) === false && <span className="steered">{t.person.risen}</span>}
            </p>
            {reasons
              .filter(({ source }) => source !== "rest")
              .slice(0, reasonsShown)
              .map((reason) => (
                <Because
                  key={`${reason.source} ${reason.interest?.id} ${reason.event?.item?.id} ${reason.event?.time}`}
                  reason={reason}
                  part={score > 0 ? reason.contribution / score : 0}
                  onPick={onPick}
                />
              ))}
          </li>
        ))}
      </ol>
      {gone.length > 0 && (
        <p className="note">
          {t.person.fallen(withoutLabel)} {gone.map(({ item }) => item.title).join(" · ")}
        </p>
      )}
    </Section>
  );
}

/** What says so where nothing that was done does. */
function saidBy(t: Catalogue, { source, model = "" }: Reason): string {
  switch (source) {
    case "popularity":
      return t.person.popular;
    case "model":
      return t.person.expectedBy(model);
    case "language-model":
      return t.person.suits(shortModelName(model));
    default:
      return t.person.something;
  }
}

function Because({ reason, part, onPick }: { reason: Reason; part: number; onPick: (id: string) => void }) {
  const { t, format } = useTexts();
  const { source, event, interest, model = "" } = reason;
  const from =
    event === undefined && interest === undefined ? saidBy(t, reason) : (event?.item?.title ?? t.person.something);
  return (
    <p className="because">
      <span>
        {from}
        {interest !== undefined && (
          <>
            {" → "}
            <button type="button" className="label" onClick={() => onPick(interest.id)}>
              {interest.label}
            </button>
          </>
        )}
        {source === "neighbour" && ` → ${t.person.neighbour}`}
        {source === "model" && event !== undefined && ` → ${t.person.expectedBy(model)}`}
      </span>
      <span className="number">{format.percent(part)}</span>
    </p>
  );
}

function Ribbons(props: { recommendations: RecommendationList["recommendations"]; onPick: (id: string) => void }) {
  const { t } = useTexts();
  const colours = useColours();
  const recommendations = useDeferredValue(props.recommendations);
  const flow = useMemo(
    () => flowOf(recommendations, { otherEvents: t.person.otherEvents, saidBy: (reason) => saidBy(t, reason) }),
    [recommendations, t],
  );
  const option = useMemo(() => ribbonsOption(flow, colours), [flow, colours]);
  if (flow.links.length === 0) return null;
  return (
    <figure className="ribbons">
      <figcaption aria-hidden="true">
        <span>{t.person.did}</span>
        <span>{t.person.speaksFor}</span>
        <span>{t.person.leadsTo}</span>
      </figcaption>
      <Chart
        option={option}
        label={t.person.ribbons}
        onPick={({ name }) => {
          const interest = interestOf(name);
          if (interest !== undefined) props.onPick(interest);
        }}
      />
    </figure>
  );
}

function ribbonsOption({ nodes, links }: Flow, colours: Colours) {
  const columnColours = [colours.muted, colours.accent, colours.ink] as const;
  const labels = new Map(nodes.map(({ name, label }) => [name, label]));
  return {
    animationDuration: 400,
    textStyle: { fontFamily: colours.font },
    tooltip: { show: false },
    series: {
      type: "sankey",
      left: 180,
      right: 190,
      top: 8,
      bottom: 8,
      nodeWidth: 5,
      // A line of text between two that are no more than a line themselves.
      nodeGap: 14,
      draggable: false,
      emphasis: { focus: "trajectory" },
      blur: { itemStyle: { opacity: 0.2 }, lineStyle: { opacity: 0.06 }, label: { opacity: 0.3 } },
      lineStyle: { color: colours.accent, opacity: 0.2, curveness: 0.5 },
      label: {
        color: colours.ink,
        fontSize: 12.5,
        width: 168,
        overflow: "truncate",
        formatter: ({ name }: { name: string }) => labels.get(name) ?? "",
      },
      data: nodes.map(({ name, column }) => ({
        name,
        depth: column,
        itemStyle: { color: columnColours[column] },
        label:
          column === 0
            ? { position: "left" }
            : column === 1
              ? { position: "right", fontWeight: 600 }
              : { position: "right" },
      })),
      links: links.map((link) => ({ ...link })),
    },
  };
}
