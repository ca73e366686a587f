/** The first page: how much there is, the people, and the two upper levels of the interest tree. */
import type { InterestSummary } from "../../core/profile.ts";
import type { EngineStatus } from "../../engine.ts";
import { type Html, html } from "./html.ts";
import { count, layout, pathTo } from "./layout.ts";

const childrenShownMax = 30;

export interface HomeData {
  readonly status: EngineStatus;
  readonly interests: readonly InterestSummary[];
  readonly users: readonly { readonly id: string; readonly events: number }[];
  readonly nextCursor: string | null;
  /** What the people shown were searched for; empty for everybody. */
  readonly query: string;
}

export function homePage(data: HomeData): string {
  const { status } = data;
  return layout(
    "Penchant",
    html`<h1>Who is interested in what</h1>
<ul class="facts">
<li><b>${count(status.events)}</b> events</li>
<li><b>${count(status.users)}</b> people</li>
<li><b>${count(status.items)}</b> items</li>
<li><b>${count(status.interests)}</b> interests</li>
</ul>
<div class="columns">
<section class="card"><h2>People</h2>${people(data)}</section>
<section class="card"><h2>Interests</h2>${tree(data.interests)}</section>
</div>`,
  );
}

function people({ users, nextCursor, query }: HomeData): Html {
  const next =
    nextCursor === null ? undefined : `/?${new URLSearchParams({ q: query, cursor: nextCursor }).toString()}`;
  return html`<form action="/" role="search"><input type="search" name="q" value="${query}" maxlength="128" placeholder="Part of an id" aria-label="Find people by a part of their id"><button>Find</button></form>
<ul class="plain">${users.map(
    ({ id, events }) =>
      html`<li class="row"><a href="${pathTo("people", id)}">${id}</a><small class="number">${count(events)} events</small></li>`,
  )}</ul>
${users.length === 0 ? html`<p class="muted">Nobody${query === "" ? " yet: send events to POST /v1/events." : ` whose id contains “${query}”.`}</p>` : ""}
${next === undefined ? "" : html`<p><a href="${next}">More people</a></p>`}`;
}

function tree(interests: readonly InterestSummary[]): Html {
  const broadest = interests.filter(({ level }) => level === 1).toSorted((a, b) => b.itemCount - a.itemCount);
  if (broadest.length === 0) return html`<p class="muted">None yet: put items at POST /v1/items.</p>`;
  const childrenOf = Map.groupBy(interests, ({ parent }) => parent);
  return html`${broadest.map((interest) => {
    const children = (childrenOf.get(interest.id) ?? []).toSorted((a, b) => b.itemCount - a.itemCount);
    const rest = children.length - childrenShownMax;
    return html`<details><summary><a href="${pathTo("interests", interest.id)}">${interest.label}</a> <small class="number">${count(interest.itemCount)} items</small></summary>
<ul>${children
      .slice(0, childrenShownMax)
      .map(
        (child) =>
          html`<li><a href="${pathTo("interests", child.id)}">${child.label}</a> <small class="number">${count(child.itemCount)}</small></li>`,
      )}${rest > 0 ? html`<li class="muted">and ${count(rest)} more</li>` : ""}${children.length === 0 ? html`<li class="muted">Not divided further.</li>` : ""}</ul></details>`;
  })}`;
}
