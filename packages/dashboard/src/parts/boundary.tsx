/**
 * What is shown where a view fails. Views are files of their own, loaded when they are first gone to; one that cannot be had is
 * asked for anew, once the server answers, by loading the document again: all that is looked at stands in the address, and
 * after an update of the server the files of before are no more. It is done once by itself, and then left to the reader.
 */
import { Component, type ComponentType, lazy, type ReactNode, useEffect, useState, useSyncExternalStore } from "react";
import { connection, request } from "../api/client.ts";
import { useTexts } from "../text/language.ts";
import { Trouble } from "./bits.tsx";

class Unloaded extends Error {}

/** A view that is loaded when it is first shown. */
export function loaded<Props extends object>(load: () => Promise<ComponentType<Props>>) {
  return lazy(async () => {
    try {
      return { default: await load() };
    } catch (error) {
      throw new Unloaded("A view could not be loaded.", { cause: error });
    }
  });
}

interface BoundaryProps {
  /** What is shown; something else is tried after a failure. */
  readonly of: string;
  readonly children: ReactNode;
}

export class Boundary extends Component<BoundaryProps, { error: unknown }> {
  override state = { error: undefined };

  static getDerivedStateFromError(error: unknown) {
    return { error };
  }

  override componentDidUpdate(before: BoundaryProps) {
    if (before.of !== this.props.of && this.state.error !== undefined) this.setState({ error: undefined });
  }

  override render() {
    const { error } = this.state;
    if (error === undefined) return this.props.children;
    return (error as unknown) instanceof Unloaded ? <LoadAgain /> : <Broken error={error} />;
  }
}

const reloadedName = "penchant.reloaded";
/** Two failures of an address within it are not helped by a third try. */
const patienceMs = 20_000;

function LoadAgain() {
  const { t } = useTexts();
  const [isInVain, setInVain] = useState(false);
  const standing = useSyncExternalStore(connection.listen, connection.get);
  useEffect(() => {
    // While it is lost, somebody else looks for it.
    if (standing === "lost") return;
    const answered = () => {
      const [address, time] = (sessionStorage.getItem(reloadedName) ?? "").split("\n");
      if (address === location.href && performance.timeOrigin - Number(time) < patienceMs) setInVain(true);
      else reload();
    };
    void request("/health/live").then(answered, () => undefined);
  }, [standing]);
  if (!isInVain) return <p className="note">{t.loading}</p>;
  return (
    <>
      <h1>{t.broken.unloaded}</h1>
      <Reload />
    </>
  );
}

function Broken({ error }: { error: unknown }) {
  const { t } = useTexts();
  return (
    <>
      <h1>{t.broken.title}</h1>
      <Trouble error={error} />
      <Reload />
    </>
  );
}

function Reload() {
  const { t } = useTexts();
  return (
    <p>
      <button type="button" onClick={reload}>
        {t.broken.again}
      </button>
    </p>
  );
}

function reload(): void {
  sessionStorage.setItem(reloadedName, `${location.href}\n${performance.timeOrigin + performance.now()}`);
  location.reload();
}
