/** A CSV file from the reader's disk into the engine: dropped or chosen, its columns guessed, a look at it, and then row by row. */
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { Holdings } from "../api/queries.ts";
import { Section, Trouble } from "../parts/bits.tsx";
import { DropZone } from "../parts/drop-zone.tsx";
import { useTexts } from "../text/language.ts";
import { type Field, fieldsOf, guessReading, type Kind, lackingIn, type Reading } from "./columns.ts";
import { firstRows, type ImportProgress, importFile } from "./import-file.ts";

const previewRows = 6;

interface Opened {
  readonly file: File;
  readonly rows: readonly (readonly string[])[];
  readonly reading: Reading;
}

export function ImportPanel({ holdings }: { holdings: Holdings }) {
  const { t, format } = useTexts();
  const client = useQueryClient();
  const [opened, setOpened] = useState<Opened>();
  const [progress, setProgress] = useState<ImportProgress>();
  const [isRunning, setRunning] = useState(false);
  const [error, setError] = useState<unknown>();

  const open = async (file: File) => {
    setProgress(undefined);
    setError(undefined);
    const rows = await firstRows(file, previewRows);
    setOpened(rows.length > 0 ? { file, rows, reading: guessReading(rows[0]) } : undefined);
  };
  const run = async ({ file, reading }: Opened) => {
    setRunning(true);
    setError(undefined);
    try {
      setProgress(await importFile(file, reading, setProgress));
    } catch (thrown) {
      setError(thrown);
    }
    setRunning(false);
    await client.invalidateQueries();
  };

  return (
    <Section title={t.import.title} note={t.import.note} className="import">
      <DropZone
        label={t.import.drop}
        accept=".csv,.tsv,.txt,text/csv"
        isBusy={isRunning}
        onFile={(file) => void open(file)}
      />
      {opened !== undefined && (
        <Preview
          opened={opened}
          isRunning={isRunning}
          onChange={(reading) => setOpened({ ...opened, reading })}
          onRun={() => void run(opened)}
        />
      )}
      {progress !== undefined && (
        <div role="status">
          <progress value={progress.done} aria-label={t.import.progress} />
          <p>
            {t.import.counts(
              format.count(progress.taken),
              format.count(progress.duplicates),
              format.count(progress.refused),
            )}
          </p>
          {progress.done === 1 && !isRunning && holdings.treeVersion !== undefined && (
            <p className="note">{t.import.rebuild}</p>
          )}
        </div>
      )}
      {progress !== undefined && progress.problems.length > 0 && (
        <ol className="problems">
          {progress.problems.map(({ line, field, text }) => (
            <li key={line}>
              <b>{t.import.line(format.count(line))}</b>{" "}
              {text ?? t.import.problems[field as keyof typeof t.import.problems]}
            </li>
          ))}
        </ol>
      )}
      {error !== undefined && <Trouble error={error} />}
    </Section>
  );
}

interface PreviewProps {
  readonly opened: Opened;
  readonly isRunning: boolean;
  readonly onChange: (reading: Reading) => void;
  readonly onRun: () => void;
}

function Preview({ opened, isRunning, onChange, onRun }: PreviewProps) {
  const { t } = useTexts();
  const { file, rows, reading } = opened;
  const { kind, columns } = reading;
  const [header, ...body] = rows;
  const lacking = lackingIn(reading);
  // Two columns may have one name.
  const keys = header.map(
    (name, index) => `${name} ${header.slice(0, index).filter((other) => other === name).length}`,
  );
  const change = (index: number, field: Field) =>
    onChange({
      ...reading,
      // A field is one column's.
      columns: columns.map((had, at) => (at === index ? field : had === field ? "" : had)),
    });
  return (
    <>
      <p className="field">
        <label>
          {t.import.kind(file.name)}
          <select
            value={kind}
            onChange={({ target }) => {
              const next = target.value as Kind;
              const guessed = guessReading(header);
              onChange(guessed.kind === next ? guessed : { ...reading, kind: next, columns: header.map(() => "") });
            }}
          >
            <option value="events">{t.import.kinds.events}</option>
            <option value="items">{t.import.kinds.items}</option>
          </select>
        </label>
        {kind === "events" && !columns.includes("type") && (
          <label>
            {t.import.type}
            <input
              value={reading.type}
              size={10}
              maxLength={64}
              onChange={({ target }) => onChange({ ...reading, type: target.value })}
            />
          </label>
        )}
      </p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a table that scrolls has to be reached with the keyboard */}
      <section className="table" tabIndex={0} aria-label={t.import.preview}>
        <table>
          <thead>
            <tr>
              {header.map((name, index) => (
                <th key={keys[index]} scope="col">
                  {name}
                  <select
                    value={columns[index]}
                    aria-label={t.import.column(name)}
                    onChange={({ target }) => change(index, target.value as Field)}
                  >
                    <option value="">{t.import.unused}</option>
                    {fieldsOf[kind].map((field) => (
                      <option key={field} value={field}>
                        {t.import.fields[field]}
                      </option>
                    ))}
                  </select>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {body.map((cells) => (
              <tr key={cells.join("\t")}>
                {keys.map((key, index) => (
                  <td key={key}>{cells[index]}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      {lacking.length > 0 && (
        <p className="trouble">
          {t.import.lacking(lacking.map((field) => (field === "" ? "" : t.import.fields[field])))}
        </p>
      )}
      <p className="actions">
        <button type="button" className="main" disabled={isRunning || lacking.length > 0} onClick={onRun}>
          {t.import.start}
        </button>
      </p>
    </>
  );
}
