/**
 * One person: their interests at a moment, how they came about, what follows from them. Everything on the view hangs on the
 * moment of the slider and on the interest that is picked; both stand in the address.
 */
import type { Profile } from "@penchant/protocol";
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useMemo, useState } from "react";
import { isNotFound, usePerson, useProfile } from "../api/queries.ts";
import { useProfileStream } from "../api/stream.ts";
import { Link, Section, Trouble } from "../parts/bits.tsx";
import { addressOf, go } from "../router.ts";
import { useTexts } from "../text/language.ts";
import { Compare } from "./compare.tsx";
import { InterestPanel } from "./interest-panel.tsx";
import { Outline } from "./outline.tsx";
import { findInterest, gistOf } from "./profile-shape.ts";
import { RecentEvents } from "./recent-events.tsx";
import { Recommendations } from "./recommendations.tsx";
import { Statements } from "./statements.tsx";
import { Sunburst } from "./sunburst.tsx";
import { TimeStream } from "./time-stream.tsx";
import { isQuiet, momentOf, spanOf } from "./timeline.ts";

interface PersonViewProps {
  readonly user: string;
  readonly query: Readonly<Record<string, string>>;
}

/** While a slider moves, the server is asked at most so often. */
const settleMs = 80;

export function PersonView({ user, query }: PersonViewProps) {
  const { t } = useTexts();
  const person = usePerson(user);
  // The person as they are now tells which time there is to look at.
  const present = useProfile(user, { evidence: 4 });
  if (isNotFound(person.error)) {
    return (
      <>
        <h1>{t.person.nobody(user)}</h1>
        <p>
          <Link to={addressOf("people")}>{t.person.others}</Link>
        </p>
      </>
    );
  }
  const error = person.error ?? present.error;
  if (error !== null) return <Trouble error={error} />;
  if (present.data === undefined || person.data === undefined) return <p className="note">{t.loading}</p>;
  return <Known present={present.data} query={query} />;
}

function Known({ present, query }: { present: Profile; query: Readonly<Record<string, string>> }) {
  const { user, firstSeen, lastSeen } = present;
  const { t, format } = useTexts();
  const client = useQueryClient();
  const [now] = useState(() => Date.now());
  const isGone = lastSeen !== null && isQuiet(lastSeen, now);
  const at = momentOf(query.at) ?? (isGone && query.at !== "now" ? lastSeen : undefined);
  const settledAt = useSettled(at, settleMs);
  const { interest, without } = query;
  const question = { at: settledAt, evidence: 4, without };
  const isOther = settledAt !== undefined || without !== undefined;
  const { data = present, error, isPlaceholderData } = useProfile(user, question, isOther);
  const profile = settledAt === undefined && without === undefined ? present : data;
  const picked = interest === undefined ? undefined : findInterest(profile, interest);
  const withoutLabel = without === undefined ? "" : (findInterest(present, without)?.node.interest.label ?? without);
  const span = useMemo(() => spanOf(firstSeen ?? now, lastSeen ?? now, now), [firstSeen, lastSeen, now]);

  // At the present, what the person does shows as it happens.
  useProfileStream(at === undefined ? user : undefined, ({ kind }) => {
    if (kind === "changes") void client.invalidateQueries({ queryKey: ["person", user] });
  });

  const show = (change: Record<string, string | undefined>, replace = false) =>
    go(addressOf("person", user, { ...query, ...change }), { replace });
  const showPresent = () => show({ at: isGone ? "now" : undefined });
  const pick = (id: string | undefined) => show({ interest: id === interest ? undefined : id });

  const isBusy = isOther && isPlaceholderData;
  return (
    <>
      <div className="heading">
        <h1>{user}</h1>
        <p className="facts" aria-busy={isBusy}>
          <span>{t.people.events(format.count(profile.events), profile.events)}</span>
          {firstSeen !== null && lastSeen !== null && (
            <span>{t.person.seen(format.day(firstSeen), format.day(lastSeen))}</span>
          )}
          <span>{t.person.expected(format.rate(profile.intensity))}</span>
        </p>
      </div>
      <p className="gist" aria-busy={isBusy}>
        {t.person.gist(gistOf(profile))}
      </p>
      {error !== null && <Trouble error={error} />}
      {without !== undefined && (
        <p className="banner calm" role="status">
          {t.person.withoutShown(withoutLabel)}{" "}
          <button type="button" onClick={() => show({ without: undefined })}>
            {t.person.withoutEnd}
          </button>
        </p>
      )}
      {profile.interests.length > 0 && (
        <TimeStream
          user={user}
          span={span}
          at={at ?? now}
          isPresent={at === undefined}
          isGone={isGone}
          picked={picked}
          onMove={(moment) => show({ at: String(Math.round(moment)) }, true)}
          onPresent={showPresent}
          onPick={pick}
        />
      )}
      <div className="portrait" aria-busy={isBusy}>
        <Sunburst profile={profile} picked={picked} onPick={pick} />
        {picked === undefined ? (
          <Section title={t.person.interests} className="side">
            <Outline profile={profile} onPick={pick} />
          </Section>
        ) : (
          <InterestPanel
            key={picked.node.interest.id}
            user={user}
            picked={picked}
            at={settledAt}
            now={now}
            lastSeen={lastSeen ?? now}
            isWithout={without === picked.node.interest.id}
            onPick={pick}
            onPresent={showPresent}
            onWithout={() => show({ without: picked.node.interest.id, interest: undefined })}
          />
        )}
      </div>
      <Statements user={user} isPast={at !== undefined} onPick={pick} onPresent={showPresent} />
      <Recommendations user={user} at={settledAt} without={without} withoutLabel={withoutLabel} onPick={pick} />
      <div className="columns">
        <RecentEvents user={user} />
        {firstSeen !== null && lastSeen !== null && lastSeen > firstSeen && (
          <Compare user={user} span={span} from={query.from} to={query.to} at={at ?? now} onChange={show} />
        )}
      </div>
    </>
  );
}

/** A value once it has not changed for a while; the first one at once. */
function useSettled<Value>(value: Value, afterMs: number): Value {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), afterMs);
    return () => clearTimeout(timer);
  }, [value, afterMs]);
  return settled;
}
