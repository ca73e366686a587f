/** What the person did last. */
import { useEvents } from "../api/queries.ts";
import { Section, Trouble } from "../parts/bits.tsx";
import { useItemTitles } from "../parts/item-titles.ts";
import { useTexts } from "../text/language.ts";

const shown = 12;

export function RecentEvents({ user }: { user: string }) {
  const { t, format } = useTexts();
  const { data, error } = useEvents(user, shown);
  const titles = useItemTitles(data?.events.flatMap(({ item }) => item ?? []) ?? []);
  return (
    <Section title={t.person.recent}>
      {error !== null && <Trouble error={error} />}
      {data?.events.length === 0 && <p className="note">{t.person.noEvents}</p>}
      <ol className="evidence">
        {data?.events.map(({ position, type, item, value, text, time }) => (
          <li key={position}>
            <span className="what">
              {item === undefined ? (text ?? t.person.something) : (titles.get(item) ?? item)}
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
