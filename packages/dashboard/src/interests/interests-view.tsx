/** The interest tree, to search and to open level by level, and beside it the interest that is looked at. */
import type { InterestSummary } from "@penchant/protocol";
import { useDeferredValue, useMemo, useState } from "react";
import { useHoldings, useInterests } from "../api/queries.ts";
import { Link, Trouble } from "../parts/bits.tsx";
import { EmptyDatabase } from "../parts/empty-database.tsx";
import { addressOf } from "../router.ts";
import { useTexts } from "../text/language.ts";
import { InterestDetailPanel } from "./interest-detail.tsx";
import { TreeMap } from "./tree-map.tsx";
import { searchTree, type Tree, treeOf } from "./tree-shape.ts";

/** More lines than that nobody reads, and they would make typing slow. */
const foundMax = 100;

export function InterestsView({ id }: { id: string }) {
  const { t, format } = useTexts();
  const { data, error } = useInterests();
  const [typed, setTyped] = useState("");
  const q = useDeferredValue(typed);
  const interests = data?.interests;
  const tree = useMemo(() => interests && treeOf(interests), [interests]);
  const found = useMemo(() => (interests ? searchTree(interests, q) : []), [interests, q]);
  if (error !== null) return <Trouble error={error} />;
  if (interests === undefined || tree === undefined) return <p className="note">{t.loading}</p>;
  if (interests.length <= 1) return <NoTree />;
  return (
    <>
      <h1 className={id === "" ? "statement" : "hidden"}>{t.interests.title}</h1>
      {id === "" && <p className="lead">{t.interests.lead(format.count(interests.length - 1))}</p>}
      {id === "" && <TreeMap tree={tree} />}
      <div className={id === "" ? "browse" : "browse with"}>
        <nav aria-label={t.nav.interests}>
          <search className="field">
            <label htmlFor="interest" className="hidden">
              {t.interests.search}
            </label>
            <input
              id="interest"
              type="search"
              value={typed}
              placeholder={t.interests.search}
              onChange={({ target }) => setTyped(target.value)}
            />
          </search>
          {q.trim() === "" ? (
            <Branches
              interests={tree.broadest}
              tree={tree}
              open={new Set(tree.above(id).map((above) => above.id))}
              here={id}
            />
          ) : (
            <Found found={found.slice(0, foundMax)} tree={tree} />
          )}
          {q.trim() !== "" && found.length === 0 && <p className="note">{t.interests.nothing(q)}</p>}
          {found.length > foundMax && <p className="note">{t.interests.more(format.count(found.length - foundMax))}</p>}
        </nav>
        {id !== "" && <InterestDetailPanel key={id} id={id} above={tree.above(id)} />}
      </div>
    </>
  );
}

/** Nothing came in yet, or nothing was learned from it. */
function NoTree() {
  const { t } = useTexts();
  const { data } = useHoldings();
  if (data === undefined) return <p className="note">{t.loading}</p>;
  const { items = 0, events = 0 } = data;
  if (items === 0 && events === 0) return <EmptyDatabase items={items} />;
  return (
    <>
      <h1 className="statement">{t.interests.title}</h1>
      <p className="lead">{t.data.noTree}</p>
    </>
  );
}

interface BranchesProps {
  readonly interests: readonly InterestSummary[];
  readonly tree: Tree;
  /** What is open at first: the way to the interest that is looked at. */
  readonly open: ReadonlySet<string>;
  readonly here: string;
}

function Branches({ interests, ...shared }: BranchesProps) {
  return (
    <ul className="outline">
      {interests.map((interest) => (
        <Branch key={interest.id} interest={interest} {...shared} />
      ))}
    </ul>
  );
}

function Branch({ interest, tree, open, here }: Omit<BranchesProps, "interests"> & { interest: InterestSummary }) {
  const { t, format } = useTexts();
  const [isOpen, setOpen] = useState(open.has(interest.id));
  const children = tree.childrenOf(interest.id);
  return (
    <li>
      <div className="row">
        {children.length > 0 ? (
          <button
            type="button"
            className="twist"
            aria-expanded={isOpen}
            aria-label={t.person.narrower(interest.label)}
            onClick={() => setOpen(!isOpen)}
          />
        ) : (
          <span className="twist" />
        )}
        <span className={interest.id === here ? "here" : undefined} aria-current={interest.id === here || undefined}>
          <Link to={addressOf("interest", interest.id)} className="label">
            {interest.label}
          </Link>
        </span>
        <span className="number">{format.count(interest.itemCount)}</span>
      </div>
      {isOpen && <Branches interests={children} tree={tree} open={open} here={here} />}
    </li>
  );
}

function Found({ found, tree }: { found: readonly InterestSummary[]; tree: Tree }) {
  const { format } = useTexts();
  return (
    <ul className="outline">
      {found.map((interest) => (
        <li key={interest.id}>
          <div className="row">
            <Link to={addressOf("interest", interest.id)} className="label">
              {interest.label}
            </Link>
            <span className="number">{format.count(interest.itemCount)}</span>
          </div>
          <p className="note">
            {[...tree.above(interest.id).map(({ label }) => label), interest.keywords.join(", ")]
              .filter((text) => text !== "")
              .join(" › ")}
          </p>
        </li>
      ))}
    </ul>
  );
}
