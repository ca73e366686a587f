/** What there is, how fast it grows, whether the engine is well, and a way in for more. */
import { useEffect, useRef, useState } from "react";
import { type Holdings, useHoldings, useInterest } from "../api/queries.ts";
import { ActivityChart } from "../interests/activity-chart.tsx";
import { Section, Trouble } from "../parts/bits.tsx";
import { useTexts } from "../text/language.ts";
import { ImportPanel } from "./import-panel.tsx";

const everyMs = 2_000;

export function HoldingsView() {
  const { t, format } = useTexts();
  const { data, error, dataUpdatedAt } = useHoldings(everyMs);
  const rate = useRate(data?.events, dataUpdatedAt);
  if (error !== null && data === undefined) return <Trouble error={error} />;
  if (data === undefined) return <p className="note">{t.loading}</p>;
  const { events = 0, users = 0, items = 0, interests = 0, treeVersion = 0, eventsBehindCheckpoint = 0 } = data;
  const unknown = Object.entries(data.unknownTypes ?? {});
  return (
    <>
      <h1 className="statement">{t.data.title}</h1>
      <dl className="figures large">
        {(
          [
            [t.data.events, format.count(events)],
            [t.data.people, format.count(users)],
            [t.data.items, format.count(items)],
            [t.data.interests, format.count(interests)],
            [t.data.rate, rate === undefined ? "…" : t.data.perSecond(format.number(rate))],
          ] as const
        ).map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <ul className="health">
        <li className={error === null ? "fine" : "bad"}>{error === null ? t.data.well : t.lost}</li>
        <li className="fine">{t.data.behind(format.count(eventsBehindCheckpoint))}</li>
        <li className={treeVersion > 0 ? "fine" : "bad"}>
          {treeVersion > 0 ? t.data.tree(format.count(treeVersion)) : t.data.noTree}
        </li>
        {unknown.length > 0 && (
          <li className="bad">
            {t.data.unknownTypes(unknown.map(([type, count]) => `${type} (${format.count(count)})`).join(", "))}
          </li>
        )}
      </ul>
      {events > 0 && <Intake />}
      <ImportPanel holdings={data} />
    </>
  );
}

/** The root's activity is that of everything. */
function Intake() {
  const { t } = useTexts();
  const { data, error } = useInterest("all");
  if (error !== null) return <Trouble error={error} />;
  return data === undefined ? null : (
    <Section title={t.data.intake}>
      <ActivityChart interest={data} />
    </Section>
  );
}

const windowMs = 10_000;

/** Events per second over the last moments, from the counts as they are told; undefined before there are two. */
function useRate(events: Holdings["events"], at: number): number | undefined {
  const seen = useRef<{ events: number; at: number }[]>([]);
  const [rate, setRate] = useState<number>();
  useEffect(() => {
    if (events === undefined) return;
    seen.current = [...seen.current.filter((past) => at - past.at < windowMs), { events, at }];
    const [first] = seen.current;
    if (at > first.at) setRate(Math.max(0, (1_000 * (events - first.events)) / (at - first.at)));
  }, [events, at]);
  return rate;
}
