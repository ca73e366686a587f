/** One interest: where it stands in the tree, what marks it, and its most popular items. */
import type { InterestSummary } from "../../core/profile.ts";
import type { InterestDetail } from "../../engine.ts";
import { html } from "./html.ts";
import { count, layout, pathTo } from "./layout.ts";

/** @param path The interests above it, broadest first, without the root. */
export function interestPage(interest: InterestDetail, path: readonly InterestSummary[]): string {
  return layout(
    `${interest.label}: Penchant`,
    html`${path.length === 0 ? "" : html`<p class="muted">${path.map((above) => html`<a href="${pathTo("interests", above.id)}">${above.label}</a> › `)}</p>`}
<h1>${interest.label}</h1>
<p class="muted">${interest.description ?? interest.keywords.join(", ")}</p>
<ul class="facts"><li><b>${count(interest.itemCount)}</b> items</li><li><b>${count(interest.children.length)}</b> narrower interests</li></ul>
<div class="columns">
<section class="card"><h2>Most popular</h2><ol class="plain">${interest.items.map(
      (item) => html`<li><a href="${pathTo("v1/items", item.id)}">${item.title}</a></li>`,
    )}</ol></section>
${
  interest.children.length === 0
    ? ""
    : html`<section class="card"><h2>Narrower</h2><ul class="plain">${interest.children
        .toSorted((a, b) => b.itemCount - a.itemCount)
        .map(
          (child) =>
            html`<li><div class="row"><a href="${pathTo("interests", child.id)}">${child.label}</a><small class="number">${count(child.itemCount)} items</small></div><small>${child.keywords.join(", ")}</small></li>`,
        )}</ul></section>`
}
</div>`,
  );
}
