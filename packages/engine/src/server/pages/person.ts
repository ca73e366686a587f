/** One person: their interests as a tree with bars, phases and evidence, and what is recommended to them and why. */
import type { Evidence, Profile, ProfileInterest } from "../../core/profile.ts";
import type { Reason, Recommendation } from "../../core/recommendation.ts";
import { type Html, html } from "./html.ts";
import { count, day, layout, pathTo, percent } from "./layout.ts";

const reasonsShownMax = 3;

export function personPage(profile: Profile, recommendations: readonly Recommendation[]): string {
  const { user } = profile;
  const at = new Date(profile.at).toISOString().slice(0, 10);
  return layout(
    `${user}: Penchant`,
    html`<h1>${user}</h1>
<ul class="facts">
<li><b>${count(profile.events)}</b> events</li>
${profile.firstSeen === null ? "" : html`<li><b>${day(profile.firstSeen)}</b> first seen</li>`}
${profile.lastSeen === null ? "" : html`<li><b>${day(profile.lastSeen)}</b> last seen</li>`}
<li><b>${rate(profile.intensity)}</b> expected</li>
</ul>
<form action="${pathTo("people", user)}"><label for="at">As it was on</label><input id="at" type="date" name="at" value="${at}"><button>Show</button><a href="${pathTo("people", user)}">Today</a></form>
<div class="columns">
<section class="card"><h2>Interests</h2>
<p><small><span class="key long"></span> lasting <span class="key short"></span> of the last days <span class="key rest"></span> what one would expect of anybody</small></p>
${profile.interests.length === 0 ? html`<p class="muted">None on this day.</p>` : html`<ul class="tree">${profile.interests.map(branch)}</ul>`}
${profile.other >= 0.005 ? html`<p class="muted">${percent(profile.other)} under no interest of the tree.</p>` : ""}
</section>
<section class="card"><h2>Recommended</h2>
${recommendations.length === 0 ? html`<p class="muted">Nothing left to recommend.</p>` : html`<ol class="plain">${recommendations.map(line)}</ol>`}
</section>
</div>`,
  );
}

function branch(node: ProfileInterest): Html {
  const { interest, phase, strength, evidence, children } = node;
  return html`<li>
<div class="row"><a href="${pathTo("interests", interest.id)}">${interest.label}</a><span class="phase ${phase}">${phase}</span><small>${trendOf(node)}</small><span class="number">${percent(strength)}</span></div>
${bar(node)}
${evidence.length === 0 ? "" : html`<small>${evidence.map((piece, index) => html`${index === 0 ? "" : " · "}${evidenceOf(piece)}`)}</small>`}
${children.length === 0 ? "" : html`<ul>${children.map(branch)}</ul>`}
</li>`;
}

/** The strength as a bar, in the parts that it is made of. */
function bar({ strength, longTerm, shortTerm, interest }: ProfileInterest): Html {
  const part = (from: number, to: number, kind: string) =>
    html`<rect class="${kind}" x="${(100 * from).toFixed(2)}" width="${(100 * Math.max(0, to - from)).toFixed(2)}" height="1"/>`;
  const own = Math.min(strength, longTerm + shortTerm);
  return html`<svg class="bar" viewBox="0 0 100 1" preserveAspectRatio="none" role="img" aria-label="${interest.label}: ${percent(strength)}">${part(0, Math.min(longTerm, own), "long")}${part(Math.min(longTerm, own), own, "short")}${part(own, strength, "rest")}</svg>`;
}

function evidenceOf({ type, item, time, value }: Evidence): Html {
  return html`${item?.title ?? ""} (${type}${value === undefined ? "" : ` ${value}`}, ${day(time)})`;
}

/** Beyond a factor of e in either direction the change is worth a word. */
function trendOf({ trend }: ProfileInterest): string {
  return trend > 1 ? "growing" : trend < -1 ? "waning" : "";
}

function rate(perDay: number): string {
  if (perDay >= 1) return `${perDay.toFixed(1)} a day`;
  const perMonth = perDay * 30.44;
  return perMonth >= 1 ? `${perMonth.toFixed(1)} a month` : `${(perDay * 365.25).toFixed(1)} a year`;
}

function line({ item, score, reasons = [] }: Recommendation): Html {
  const shown = reasons.filter(({ source }) => source !== "rest").slice(0, reasonsShownMax);
  return html`<li><a href="${pathTo("v1/items", item.id)}">${item.title}</a>
${shown.map((reason) => html`<div class="row"><small>${because(reason)}</small><small class="number">${score > 0 ? percent(reason.contribution / score) : ""}</small></div>`)}</li>`;
}

/** Reads a reason from its event over its interest to the item. */
function because({ source, event, interest }: Reason): Html {
  const did = event === undefined ? "" : html`${event.type} of ${event.item?.title ?? "something"} → `;
  if (source === "neighbour") return html`${did}who took it also took this`;
  if (source === "popularity") return html`many took it`;
  return html`${did}${interest?.label ?? "the other interests"}`;
}
