/** A file of results, dropped or chosen, as tables with intervals. It is read here and goes nowhere. */
import { useState } from "react";
import { Section } from "../parts/bits.tsx";
import { DropZone } from "../parts/drop-zone.tsx";
import { useTexts } from "../text/language.ts";
import { Mean, scaleOf } from "./mean.tsx";
import { fileBytesMax, type ResultTable, ranked, tablesOf } from "./results.ts";

interface Opened {
  readonly name: string;
  readonly tables: readonly ResultTable[];
}

/** Why a file shows nothing. */
type Problem = "large" | "unreadable" | "none";

export function ResultsPanel() {
  const { t, format } = useTexts();
  const [opened, setOpened] = useState<Opened>();
  const [problem, setProblem] = useState<Problem>();
  const open = async (file: File) => {
    const read = await tablesIn(file);
    setProblem(typeof read === "string" ? read : undefined);
    setOpened(typeof read === "string" ? undefined : { name: file.name, tables: read });
  };
  return (
    <Section title={t.results.title} note={t.results.note} className="import">
      <DropZone label={t.results.drop} accept=".json,.jsonl,application/json" onFile={(file) => void open(file)} />
      {problem !== undefined && (
        <p className="trouble" role="alert">
          {t.results.problems[problem](format.count(fileBytesMax / 1_000_000))}
        </p>
      )}
      {opened?.tables.map((table) => (
        <Results key={`${opened.name} ${table.dataset} ${table.protocol}`} table={table} />
      ))}
    </Section>
  );
}

async function tablesIn(file: File): Promise<readonly ResultTable[] | Problem> {
  if (file.size > fileBytesMax) return "large";
  try {
    const tables = tablesOf(await file.text());
    return tables.length > 0 ? tables : "none";
  } catch {
    // Whatever it is that it has instead of JSON.
    return "unreadable";
  }
}

/** Shown first, and what rows are ordered by, where a file has it. */
const usual = "NDCG@10";

function Results({ table }: { table: ResultTable }) {
  const { t, format } = useTexts();
  const { dataset, protocol, metrics, rows, users, items, processor, commit } = table;
  const [metric, setMetric] = useState(metrics.includes(usual) ? usual : metrics[0]);
  const columns = [metric, ...metrics.filter((name) => name !== metric)];
  const scales = columns.map((name) => scaleOf(rows.flatMap(({ figures }) => figures[name] ?? [])));
  const facts = [
    users !== undefined && t.results.users(format.count(users)),
    items !== undefined && t.results.items(format.count(items)),
    commit !== "" && t.results.commit(commit),
    processor,
  ].filter((fact) => typeof fact === "string" && fact !== "");
  const title = [dataset, protocol].filter((part) => part !== "").join(": ");
  return (
    <section className="results">
      <h3>{title}</h3>
      <p className="note">{facts.join(" · ")}</p>
      <p className="field">
        <label>
          {t.results.order}
          <select value={metric} onChange={({ target }) => setMetric(target.value)}>
            {metrics.map((name) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </label>
      </p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a table that scrolls has to be reached with the keyboard */}
      <section className="table" tabIndex={0} aria-label={title}>
        <table>
          <thead>
            <tr>
              {[t.models.model, ...columns].map((name) => (
                <th key={name} scope="col">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {ranked(rows, metric).map(({ model, settings, seeds, figures }) => (
              <tr key={`${model} ${settings}`}>
                <th scope="row" title={settings}>
                  {model}
                  {seeds > 1 && <span className="note"> {t.results.seeds(format.count(seeds))}</span>}
                </th>
                {columns.map((name, index) => (
                  <td key={name}>{name in figures && <Mean figure={figures[name]} scale={scales[index]} />}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </section>
  );
}
