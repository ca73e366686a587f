/**
 * Which view is shown stands in the address, so that it can be linked, bookmarked and gone back to. An address is a path that
 * names the view and what it is about, and a query with what is looked at there: the moment, the interest.
 */
import { type MouseEvent, useSyncExternalStore } from "react";

export type View = "people" | "person" | "interests" | "interest" | "live" | "models" | "data";

export interface Route {
  readonly view: View | "nowhere";
  /** Of the person or the interest. */
  readonly id: string;
  readonly query: Readonly<Record<string, string>>;
}

/** A path and a query as a browser has them. */
export function routeOf(path: string, search: string): Route {
  const query = Object.fromEntries(new URLSearchParams(search));
  const [first = "", second, ...rest] = path.replace(/^\/|\/$/g, "").split("/");
  if (rest.length > 0) return { view: "nowhere", id: "", query };
  if (second !== undefined) {
    const view = { people: "person", interests: "interest" }[first] as View | undefined;
    return { view: view ?? "nowhere", id: decoded(second), query };
  }
  const view = { "": "people", people: "people", interests: "interests", live: "live", models: "models", data: "data" }[
    first
  ];
  return { view: (view as View | undefined) ?? "nowhere", id: "", query };
}

/** The address of a view; what is `undefined` in the query is left out. */
export function addressOf(view: View, id = "", query: Readonly<Record<string, string | undefined>> = {}): string {
  const paths: Record<View, string> = {
    people: "/",
    person: `/people/${encodeURIComponent(id)}`,
    interests: "/interests",
    interest: `/interests/${encodeURIComponent(id)}`,
    live: "/live",
    models: "/models",
    data: "/data",
  };
  const named = Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const search = new URLSearchParams(named).toString();
  return paths[view] + (search === "" ? "" : `?${search}`);
}

/** @param replace the address changes without a step to go back to, as while a slider is dragged */
export function go(address: string, { replace = false } = {}): void {
  if (replace) history.replaceState(null, "", address);
  else history.pushState(null, "", address);
  for (const listener of listeners) listener();
}

/** What a link to a view takes: an ordinary address for the browser, followed without loading the page anew. */
export function linkTo(address: string) {
  return {
    href: address,
    onClick: (event: MouseEvent) => {
      if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey) return;
      event.preventDefault();
      go(address);
      scrollTo(0, 0);
    },
  };
}

export function useRoute(): Route {
  const address = useSyncExternalStore(listen, () => location.pathname + location.search);
  const [path = "/", search = ""] = address.split("?");
  return routeOf(path, search);
}

const listeners = new Set<() => void>();

function listen(listener: () => void): () => void {
  listeners.add(listener);
  addEventListener("popstate", listener);
  return () => {
    listeners.delete(listener);
    removeEventListener("popstate", listener);
  };
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
