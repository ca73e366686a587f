/** What all pages share: the frame, the stylesheet, and how numbers and moments are written. */
import { createHash } from "node:crypto";
import { Html, html } from "./html.ts";

/** The tree of the name, in three strokes. */
export const icon =
  "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16' fill='none' stroke='%231f8a70' stroke-width='2' stroke-linecap='round'%3E%3Cpath d='M8 15V6M8 10 3 5M8 7l4-4'/%3E%3C/svg%3E";

const stylesheet = `
:root {
  color-scheme: light dark;
  --ground: light-dark(#fbfaf7, #15181a);
  --card: light-dark(#ffffff, #1d2124);
  --ink: light-dark(#1c2326, #e7e9e6);
  --muted: light-dark(#66706f, #97a19e);
  --line: light-dark(#e4e2db, #2e3437);
  --accent: light-dark(#146c57, #5cc7a8);
  --long: light-dark(#1f8a70, #38a687);
  --short: light-dark(#e0a03a, #e3ab4f);
  --rest: light-dark(#c9cec9, #4a5355);
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 16px/1.55 system-ui, sans-serif; }
header, main, footer { max-width: 64rem; margin: 0 auto; padding: 0 1.25rem; }
header { display: flex; flex-wrap: wrap; gap: .25rem 1.5rem; align-items: baseline; padding-block: 1.25rem; }
header strong { font-size: 1.15rem; letter-spacing: -.01em; }
header nav { display: flex; gap: 1.1rem; margin-left: auto; white-space: nowrap; }
footer { color: var(--muted); font-size: .85rem; padding-block: 2rem; }
a { color: var(--accent); text-decoration: none; }
a:hover { text-decoration: underline; }
h1 { font-size: 1.9rem; line-height: 1.2; letter-spacing: -.02em; margin: .5rem 0; overflow-wrap: anywhere; }
h2 { font-size: 1.1rem; margin: 0 0 .75rem; }
p { margin: .25rem 0 1rem; }
.muted, small { color: var(--muted); }
.columns { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(26rem, 100%), 1fr)); gap: 1.25rem; align-items: start; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: .75rem; padding: 1.1rem 1.25rem; min-width: 0; }
.facts { display: flex; flex-wrap: wrap; gap: .5rem 2rem; margin: 1rem 0 1.5rem; padding: 0; list-style: none; }
.facts b { display: block; font-size: 1.35rem; font-weight: 600; line-height: 1.2; font-variant-numeric: tabular-nums; }
ul.plain, ol.plain { list-style: none; margin: 0; padding: 0; }
ul.plain > li, ol.plain > li { padding: .45rem 0; border-top: 1px solid var(--line); overflow-wrap: anywhere; }
ul.plain > li:first-child, ol.plain > li:first-child { border-top: 0; }
.row { display: flex; flex-wrap: wrap; gap: .1rem .6rem; align-items: baseline; }
small { line-height: 1.45; }
.row > :last-child:not(:first-child) { margin-left: auto; }
.number { font-variant-numeric: tabular-nums; white-space: nowrap; }
details { border-top: 1px solid var(--line); padding: .4rem 0; }
details:first-of-type { border-top: 0; }
summary { cursor: pointer; }
details ul { margin: .4rem 0 .4rem 1.1rem; padding: 0; }
.tree, .tree ul { list-style: none; margin: 0; padding: 0; }
.tree ul { margin-left: .35rem; padding-left: .9rem; border-left: 1px solid var(--line); }
.tree li { padding: .35rem 0 .1rem; }
.bar { display: block; width: 100%; height: .4rem; margin: .25rem 0 .2rem; border-radius: .2rem; overflow: hidden; background: var(--line); }
.long { fill: var(--long); } .short { fill: var(--short); } .rest { fill: var(--rest); }
.key { display: inline-block; width: .7rem; height: .7rem; border-radius: .2rem; vertical-align: -.05rem; }
.key.long { background: var(--long); } .key.short { background: var(--short); } .key.rest { background: var(--rest); }
.phase { font-size: .75rem; padding: .05rem .5rem; border-radius: 1rem; border: 1px solid var(--line); color: var(--muted); }
.phase.emerging, .phase.revived { color: light-dark(#8a5a00, #e3ab4f); border-color: currentColor; }
.phase.core { color: var(--accent); border-color: currentColor; }
form { display: flex; flex-wrap: wrap; gap: .5rem; margin: 0 0 .75rem; align-items: center; }
input, button { font: inherit; color: inherit; background: var(--ground); border: 1px solid var(--line); border-radius: .5rem; padding: .35rem .7rem; min-width: 0; }
input[type=search] { flex: 1; }
button { cursor: pointer; }
button:hover, input:hover { border-color: var(--accent); }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 1px; }
`;

/** How the content security policy names the one stylesheet that the pages may have. */
export const stylesheetHash = `'sha256-${createHash("sha256").update(stylesheet).digest("base64")}'`;

/** A whole page. */
export function layout(title: string, content: Html): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<link rel="icon" href="${icon}">
<style>${new Html(stylesheet)}</style>
</head>
<body>
<header><strong><a href="/">Penchant</a></strong><nav><a href="/">People and interests</a><a href="/docs">HTTP API</a></nav></header>
<main>
${content}
</main>
<footer>Everything on this page is also at <a href="/docs">the HTTP API</a>.</footer>
</body>
</html>
`.text;
}

const whole = new Intl.NumberFormat("en");
const share = new Intl.NumberFormat("en", { style: "percent", maximumSignificantDigits: 2 });

/** `12,345`. */
export const count = (value: number) => whole.format(Math.round(value));

/** `34%` of a number between 0 and 1. */
export const percent = (value: number) => share.format(value);

/** The day of a moment, in UTC. */
export function day(time: number): Html {
  const iso = new Date(time).toISOString();
  return html`<time datetime="${iso}" title="${iso}">${iso.slice(0, 10)}</time>`;
}

/** The path of the page or resource of a thing with an id. */
export const pathTo = (collection: "people" | "interests" | "v1/items" | "v1/users", id: string) =>
  `/${collection}/${encodeURIComponent(id)}`;
