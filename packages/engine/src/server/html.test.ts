import * as fc from "fast-check";
import { expect, test } from "vitest";
import { html } from "./html.ts";

test("values are escaped, markup is not", () => {
  expect(html`<b title="${'"&'}">${"<script>"}${html`<i>${"'"}</i>`}${[1, "<", null]}${undefined}</b>`.text).toBe(
    '<b title="&quot;&amp;">&lt;script&gt;<i>&#39;</i>1&lt;</b>',
  );
});

test("no text leaves its place", () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      expect(html`${text}`.text).not.toMatch(/[<>"']/);
    }),
    { seed: 1 },
  );
});
