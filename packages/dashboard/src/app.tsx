/** The frame around every view: where one can go, in which language, and what is wrong with the connection. */
import { type FormEvent, Suspense, useEffect, useState, useSyncExternalStore } from "react";
import { connection, opensWith, request } from "./api/client.ts";
import { queryClient } from "./api/queries.ts";
import icon from "./icon.svg";
import { Link } from "./parts/bits.tsx";
import { Boundary, loaded } from "./parts/boundary.tsx";
import { PeopleView } from "./person/people-view.tsx";
import { addressOf, type Route, useRoute } from "./router.ts";
import { speak, useTexts } from "./text/language.ts";

const HoldingsView = loaded(async () => (await import("./data/holdings-view.tsx")).HoldingsView);
const InterestsView = loaded(async () => (await import("./interests/interests-view.tsx")).InterestsView);
const LiveView = loaded(async () => (await import("./live/live-view.tsx")).LiveView);
const ModelsView = loaded(async () => (await import("./models/models-view.tsx")).ModelsView);
const PersonView = loaded(async () => (await import("./person/person-view.tsx")).PersonView);

export function App() {
  const { t, language } = useTexts();
  const route = useRoute();
  const standing = useSyncExternalStore(connection.listen, connection.get);
  useEffect(() => {
    document.title = route.id === "" ? "Penchant" : `${route.id} · Penchant`;
  }, [route.id]);
  return (
    <>
      <a className="skip" href="#content">
        {t.skip}
      </a>
      <header className="frame">
        <a className="mark" href="/">
          <img src={icon} alt="" width="22" height="22" />
          Penchant
        </a>
        <nav aria-label={t.nav.label}>
          <NavLink route={route} to={addressOf("people")} views={["people", "person"]} text={t.nav.people} />
          <NavLink route={route} to={addressOf("interests")} views={["interests", "interest"]} text={t.nav.interests} />
          <NavLink route={route} to={addressOf("live")} views={["live"]} text={t.nav.live} />
          <NavLink route={route} to={addressOf("models")} views={["models"]} text={t.nav.models} />
          <NavLink route={route} to={addressOf("data")} views={["data"]} text={t.nav.data} />
        </nav>
        <div className="aside">
          <a href="/docs">{t.nav.api}</a>
          <button
            type="button"
            className="quiet"
            onClick={() => speak(language === "en" ? "zh" : "en")}
            lang={language === "en" ? "zh" : "en"}
          >
            {t.otherLanguage}
          </button>
        </div>
      </header>
      {standing === "lost" && <Lost />}
      <main id="content" tabIndex={-1}>
        {standing === "key needed" ? (
          <KeyForm />
        ) : (
          <Boundary of={`${route.view} ${route.id}`}>
            <Suspense fallback={<p className="note">{t.loading}</p>}>
              <Content route={route} />
            </Suspense>
          </Boundary>
        )}
      </main>
    </>
  );
}

function Content({ route }: { route: Route }) {
  const { t } = useTexts();
  switch (route.view) {
    case "people":
      return <PeopleView query={route.query} />;
    case "person":
      return <PersonView key={route.id} user={route.id} query={route.query} />;
    case "interests":
    case "interest":
      return <InterestsView id={route.id} />;
    case "live":
      return <LiveView key={route.query.user} query={route.query} />;
    case "models":
      return <ModelsView />;
    case "data":
      return <HoldingsView />;
    default:
      return (
        <>
          <h1>{t.nowhere}</h1>
          <p>
            <Link to={addressOf("people")}>{t.nav.people}</Link>
          </p>
        </>
      );
  }
}

function NavLink({ route, to, views, text }: { route: Route; to: string; views: readonly string[]; text: string }) {
  const isHere = views.includes(route.view);
  return (
    <span aria-current={isHere ? "page" : undefined}>
      <Link to={to}>{text}</Link>
    </span>
  );
}

const againMs = 1_500;

/** Says that the server is gone, and looks for it until it is back. */
function Lost() {
  const { t } = useTexts();
  useEffect(() => {
    const timer = setInterval(() => {
      void request("/health/live").then(
        () => queryClient.invalidateQueries(),
        () => undefined,
      );
    }, againMs);
    return () => clearInterval(timer);
  }, []);
  return (
    <p className="banner" role="alert">
      {t.lost}
    </p>
  );
}

function KeyForm() {
  const { t } = useTexts();
  const [isWrong, setWrong] = useState(false);
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const key = new FormData(event.currentTarget).get("key");
    if (typeof key !== "string") return;
    setWrong(!(await opensWith(key.trim())));
    void queryClient.resetQueries();
  };
  return (
    <form className="key" onSubmit={(event) => void submit(event)}>
      <h1>{t.key.title}</h1>
      <p className="note">{t.key.note}</p>
      <label htmlFor="key">{t.key.label}</label>
      <div className="field">
        <input id="key" name="key" type="password" autoComplete="off" required placeholder="pk_…" />
        <button type="submit">{t.key.open}</button>
      </div>
      {isWrong && (
        <p className="trouble" role="alert">
          {t.key.wrong}
        </p>
      )}
    </form>
  );
}
