/** The colours of charts, read from the stylesheet, so that they are named in one place and follow light and dark. */
import { useSyncExternalStore } from "react";

export interface Colours {
  readonly ground: string;
  readonly card: string;
  readonly ink: string;
  readonly muted: string;
  readonly line: string;
  readonly accent: string;
  readonly emerging: string;
  readonly core: string;
  readonly fading: string;
  readonly dormant: string;
  readonly revived: string;
  /** What texts are set in: a chart knows no inheritance. */
  readonly font: string;
  /** Bands of a stream, strongest first. */
  readonly bands: readonly string[];
}

const dark = matchMedia("(prefers-color-scheme: dark)");
let known: { isDark: boolean; colours: Colours } | undefined;

export function useColours(): Colours {
  return useSyncExternalStore(listen, () => {
    if (known?.isDark !== dark.matches) known = { isDark: dark.matches, colours: read() };
    return known.colours;
  });
}

function listen(listener: () => void): () => void {
  dark.addEventListener("change", listener);
  return () => dark.removeEventListener("change", listener);
}

const bandCount = 9;

/** A browser resolves `light-dark()` where a colour is used, not where it is named. */
function read(): Colours {
  const probe = document.body.appendChild(document.createElement("i"));
  const colour = (name: string) => {
    probe.style.color = `var(--${name})`;
    return getComputedStyle(probe).color;
  };
  const names = [
    "ground",
    "card",
    "ink",
    "muted",
    "line",
    "accent",
    "emerging",
    "core",
    "fading",
    "dormant",
    "revived",
  ] as const;
  const named = Object.fromEntries(names.map((name) => [name, colour(name)])) as Record<(typeof names)[number], string>;
  const bands = Array.from({ length: bandCount }, (_, index) => colour(`band-${index + 1}`));
  probe.remove();
  return { ...named, bands, font: getComputedStyle(document.body).fontFamily };
}
