/** The trained models: what each learned from, how well it foresaw what it was not shown, and which one scores. */
import type { ModelList, RegisteredModel } from "@penchant/protocol";
import { useTexts } from "../text/language.ts";
import { digits, Mean, type Scale, scaleOf } from "./mean.tsx";

const metrics = ["NDCG@10", "HR@10"] as const;

interface TableProps {
  readonly list: ModelList;
  readonly isBusy: boolean;
  readonly onPromote: (id: string) => void;
}

export function ModelTable({ list: { models, promoted }, isBusy, onPromote }: TableProps) {
  const { t } = useTexts();
  const scales = metrics.map((name) =>
    scaleOf(models.flatMap(({ validation }) => (name in validation.metrics ? [validation.metrics[name]] : []))),
  );
  const columns = [t.models.model, "", ...metrics, t.models.rival, t.models.learnedFrom, t.models.trainedAt];
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a table that scrolls has to be reached with the keyboard
    <section className="table" tabIndex={0} aria-label={t.models.trained}>
      <table>
        <thead>
          <tr>
            {columns.map((name) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {models.toReversed().map((model) => (
            <ModelRow
              key={model.id}
              model={model}
              scales={scales}
              isPromoted={model.id === promoted}
              isBusy={isBusy}
              onPromote={() => onPromote(model.id)}
            />
          ))}
        </tbody>
      </table>
    </section>
  );
}

interface RowProps {
  readonly model: RegisteredModel;
  /** Of the metrics' columns. */
  readonly scales: readonly Scale[];
  readonly isPromoted: boolean;
  readonly isBusy: boolean;
  readonly onPromote: () => void;
}

function ModelRow({ model, scales, isPromoted, isBusy, onPromote }: RowProps) {
  const { t, format } = useTexts();
  const { data, validation, trainedAt } = model;
  return (
    <tr>
      <th scope="row">{model.id}</th>
      <td>
        {isPromoted ? (
          <span className="phase core">{t.models.promoted}</span>
        ) : (
          <button type="button" disabled={isBusy} onClick={onPromote}>
            {t.models.promote}
          </button>
        )}
      </td>
      {metrics.map((name, index) => (
        <td key={name}>
          {name in validation.metrics && <Mean figure={validation.metrics[name]} scale={scales[index]} />}
        </td>
      ))}
      <td>
        <Rival model={model} />
      </td>
      <td>
        {t.models.data(format.count(data.interactions), format.count(data.users))}
        <br />
        <span className="note">{t.models.questions(format.count(validation.questions))}</span>
      </td>
      <td>{format.moment(trainedAt)}</td>
    </tr>
  );
}

/** Beside the model that was promoted when this one was trained, on the same questions. */
function Rival({ model: { validation } }: { model: RegisteredModel }) {
  const { t, format } = useTexts();
  const { rival } = validation;
  if (rival === undefined) return null;
  if (rival.questions === 0) return <span className="note">{t.models.noQuestions(rival.model)}</span>;
  const { difference } = rival;
  return (
    <>
      {difference !== undefined && <Mean figure={difference} scale={symmetric(scaleOf([difference]))} />}
      <span className="note">
        {t.models.against(digits(rival.own), rival.model, digits(rival.rivals), format.count(rival.questions))}
      </span>
    </>
  );
}

/** So that 0 stands in the middle. */
function symmetric({ from, to }: Scale): Scale {
  const most = Math.max(-from, to);
  return { from: -most, to: most };
}
