/** Whom to look at: everybody, or those whose id contains what was typed. An empty database says what to do first. */
import { useDeferredValue } from "react";
import { useHoldings, usePeople } from "../api/queries.ts";
import { Link, Trouble } from "../parts/bits.tsx";
import { EmptyDatabase } from "../parts/empty-database.tsx";
import { addressOf, go } from "../router.ts";
import { useTexts } from "../text/language.ts";

const shownMax = 120;

export function PeopleView({ query }: { query: Readonly<Record<string, string>> }) {
  const { t, format } = useTexts();
  const typed = query.q ?? "";
  const q = useDeferredValue(typed);
  const holdings = useHoldings();
  const people = usePeople(q);
  const { events, users, items, interests } = holdings.data ?? {};
  if (users === 0) return <EmptyDatabase items={items ?? 0} />;
  const { nextCursor = null } = people.data ?? {};
  const found = (people.data?.users ?? []).toSorted((a, b) => b.events - a.events);
  // Of many the server tells a page at a time: how many people there are is known, and how many fit what was typed is not.
  const isPart = nextCursor !== null;
  const all = isPart && q === "" && users !== undefined ? users : found.length;
  const more = all - Math.min(found.length, shownMax);
  const most = found[0]?.events ?? 1;
  return (
    <>
      <h1 className="statement">{t.people.title}</h1>
      {users !== undefined && (
        <p className="lead">
          {t.people.facts(format.count(users), format.count(events!), format.count(items!), format.count(interests!))}
        </p>
      )}
      <search className="field">
        <label htmlFor="person" className="hidden">
          {t.people.search}
        </label>
        <input
          id="person"
          type="search"
          value={typed}
          maxLength={128}
          placeholder={t.people.search}
          onChange={({ target }) => go(addressOf("people", "", { q: target.value || undefined }), { replace: true })}
          onKeyDown={({ key }) => {
            if (key === "Enter" && found[0] !== undefined) go(addressOf("person", found[0].id));
          }}
        />
      </search>
      {people.error !== null && <Trouble error={people.error} />}
      {people.data !== undefined && found.length === 0 && <p className="note">{t.people.nobody(q)}</p>}
      <ul className="people">
        {found.slice(0, shownMax).map(({ id, events }) => (
          <li key={id}>
            <Link to={addressOf("person", id)}>
              <span className="name">{id}</span>
              <span className="meter" style={{ inlineSize: `${Math.max(2, 100 * Math.sqrt(events / most))}%` }} />
              <span className="number">{t.people.events(format.count(events), events)}</span>
            </Link>
          </li>
        ))}
      </ul>
      {more > 0 && <p className="note">{t.people.more(format.count(more) + (isPart && q !== "" ? "+" : ""))}</p>}
    </>
  );
}
