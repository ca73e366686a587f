/** What to do when nothing has come in yet: three steps, each with what to type or where to click. */
import { addressOf } from "../router.ts";
import { useTexts } from "../text/language.ts";
import { Link } from "./bits.tsx";

export function EmptyDatabase({ items }: { items: number }) {
  const { t } = useTexts();
  const event = `curl ${location.origin}/v1/events -H 'content-type: application/json' \\\n  -d '{ "user": "you", "type": "view", "item": "m1" }'`;
  const item = `curl ${location.origin}/v1/items -H 'content-type: application/json' \\\n  -d '[{ "id": "m1", "title": "Heat", "categories": [["Film", "Crime"]] }]'`;
  return (
    <>
      <h1 className="statement">{t.empty.title}</h1>
      <p className="lead">{t.empty.lead}</p>
      <ol className="steps">
        <li>
          <h2>{t.empty.file}</h2>
          <p>
            <Link to={addressOf("data")}>{t.empty.drop}</Link>
          </p>
        </li>
        {items === 0 && (
          <li>
            <h2>{t.empty.items}</h2>
            <pre>{item}</pre>
          </li>
        )}
        <li>
          <h2>{t.empty.events}</h2>
          <pre>{event}</pre>
        </li>
        <li>
          <h2>{t.empty.sample}</h2>
          <pre>npx penchant demo</pre>
        </li>
      </ol>
    </>
  );
}
