/** What the person did last. */
import type { LoggedEvent } from "@penchant/protocol";
import { useEvents } from "../api/queries.ts";
import { Section, Trouble } from "../parts/bits.tsx";
import { useItemTitles } from "../parts/item-titles.ts";
import { useTexts } from "../text/language.ts";

const shown = 12;
const read = 2 * shown;

/** What was understood of a statement, and decided about it, stands beside it. */
const isAboutStatement = ({ type, context }: LoggedEvent) => type === "decision" || context?.statement !== undefined;

export function RecentEvents({ user }: { user: string }) {
  const { t, format } = useTexts();
  const { data, error } = useEvents(user, read);
  const events = (data?.events ?? []).filter((event) => !isAboutStatement(event)).slice(0, shown);
  const titles = useItemTitles(events.flatMap(({ item }) => item ?? []));
  return (
    <Section title={t.person.recent}>
      {error !== null && <Trouble error={error} />}
      {data?.events.length === 0 && <p className="note">{t.person.noEvents}</p>}
      <ol className="evidence">
        {events.map(({ position, type, item, value, text, time }) => (
          <li key={position}>
            <span className="what">
              {item !== undefined ? (
                (titles.get(item) ?? item)
              ) : text === undefined ? (
                t.person.something
              ) : (
                <q>{text}</q>
              )}
            </span>
            <span className="note">
              {value === undefined ? t.event(type) : t.eventWithValue(type, format.number(value))}
            </span>
            <time className="number" dateTime={new Date(time).toISOString()}>
              {format.day(time)}
            </time>
          </li>
        ))}
      </ol>
    </Section>
  );
}
