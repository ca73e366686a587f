/** One interest of the tree: what marks it, what it holds, who cares about it, how it went, and where it came from. */
import type { InterestDetail, InterestSummary } from "@penchant/protocol";
import { isNotFound, useAudience, useInterest } from "../api/queries.ts";
import { Link, Section, Trouble } from "../parts/bits.tsx";
import { addressOf } from "../router.ts";
import { useTexts } from "../text/language.ts";
import { ActivityChart } from "./activity-chart.tsx";

interface DetailProps {
  readonly id: string;
  /** The interests above it, broadest first. */
  readonly above: readonly InterestSummary[];
}

export function InterestDetailPanel({ id, above }: DetailProps) {
  const { t, format } = useTexts();
  const { data, error } = useInterest(id);
  if (isNotFound(error)) return <p>{t.interests.gone}</p>;
  if (error !== null) return <Trouble error={error} />;
  if (data === undefined) return <p className="note">{t.loading}</p>;
  const { children, items, keywords } = data;
  return (
    <article className="panel">
      <p className="trail">
        <Link to={addressOf("interests")}>{t.nav.interests}</Link>
        {above.map((each) => (
          <span key={each.id}>
            {" › "}
            <Link to={addressOf("interest", each.id)}>{each.label}</Link>
          </span>
        ))}
      </p>
      <h2 className="name">{data.label}</h2>
      {data.description !== undefined && <p>{data.description}</p>}
      {keywords.length > 0 && (
        <ul className="keywords" aria-label={t.interests.keywords}>
          {keywords.map((word) => (
            <li key={word}>{word}</li>
          ))}
        </ul>
      )}
      <p className="note">
        {t.interests.holds(format.count(data.itemCount), format.count(children.length), children.length)}{" "}
        {lineageText(data, t)}
      </p>
      <Section title={t.interests.activity} level={3}>
        <ActivityChart interest={data} />
      </Section>
      <div className="columns">
        <div>
          <Section title={t.interests.audience} level={3}>
            <AudienceList id={id} />
          </Section>
          {children.length > 0 && (
            <Section title={t.interests.below} level={3}>
              <ul className="evidence two">
                {children
                  .toSorted((a, b) => b.itemCount - a.itemCount)
                  .map((child) => (
                    <li key={child.id}>
                      <Link to={addressOf("interest", child.id)}>{child.label}</Link>
                      <span className="number">{format.count(child.itemCount)}</span>
                    </li>
                  ))}
              </ul>
            </Section>
          )}
        </div>
        <Section title={t.interests.items} level={3}>
          <ol className="evidence one">
            {items.map((item) => (
              <li key={item.id}>{item.title}</li>
            ))}
          </ol>
        </Section>
      </div>
    </article>
  );
}

function lineageText({ lineage, id }: InterestDetail, t: ReturnType<typeof useTexts>["t"]): string {
  const others = lineage.from.filter((from) => from !== id).join(", ");
  return t.interests.lineage[lineage.change](String(lineage.since), others);
}

function AudienceList({ id }: { id: string }) {
  const { t, format } = useTexts();
  const { data, error } = useAudience(id);
  if (error !== null) return <Trouble error={error} />;
  if (data === undefined) return <p className="note">{t.loading}</p>;
  return (
    <>
      <p className="note">
        {t.interests.interested(
          format.count(data.interested),
          format.count(data.examined),
          format.rate(data.intensity),
        )}
      </p>
      <ol className="evidence three">
        {data.people.map((person) => (
          <li key={person.id}>
            <Link to={addressOf("person", person.id, { interest: id })}>{person.id}</Link>
            <span className="note">{format.rate(person.intensity)}</span>
            <span className="number">{format.percent(person.share)}</span>
          </li>
        ))}
      </ol>
    </>
  );
}
