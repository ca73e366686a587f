/**
 * The plain pages at /, /people/{id} and /interests/{id}: rendered here, without a script, so that the content security
 * policy need not allow any. Each is one or two calls of the engine and a function from data to markup.
 */
import { idParameters } from "@penchant/protocol";
import { z } from "zod";
import { PenchantError } from "../../base/errors.ts";
import { dayMs } from "../../base/time.ts";
import type { InterestSummary } from "../../core/profile.ts";
import { sendPage } from "../security-headers.ts";
import type { Server } from "../wire.ts";
import { homePage } from "./home.ts";
import { html } from "./html.ts";
import { interestPage } from "./interest.ts";
import { layout, stylesheetHash } from "./layout.ts";
import { personPage } from "./person.ts";

/** Their own stylesheet, the icon in their head, and their own forms. */
const contentPolicy = `style-src ${stylesheetHash}; img-src data:; form-action 'self'`;
const peopleShown = 20;

/** An empty field of a form is the same as none. */
const field = z
  .string()
  .max(1_024)
  .optional()
  .transform((text) => text || undefined);
const homeQuery = z.object({ q: field, cursor: field });
const personQuery = z.object({ at: field });

export function pageRoutes(server: Server): void {
  server.get("/", { schema: { hide: true, querystring: homeQuery } }, async (request, reply) => {
    const { engine, query } = request;
    const { q, cursor } = query;
    const [status, { users, nextCursor }] = await Promise.all([
      engine.status(),
      engine.users({ limit: peopleShown, ...(q && { query: q }), ...(cursor && { cursor }) }),
    ]);
    const page = homePage({ status, users, nextCursor, query: q ?? "", interests: engine.interests() });
    return sendPage(reply, page, contentPolicy);
  });

  server.get(
    "/people/:id",
    { schema: { hide: true, params: idParameters, querystring: personQuery } },
    async (request, reply) => {
      const { engine } = request;
      const { id } = request.params;
      const at = endOfDay(request.query.at, engine.clock.now());
      if ((await engine.user(id)) === undefined) {
        const nobody = html`<h1>Nobody by that name</h1><p>Nothing is known of “${id}”. <a href="/">Find somebody else.</a></p>`;
        return sendPage(reply.code(404), layout("Penchant", nobody), contentPolicy);
      }
      const profile = await engine.profile(id, { ...at, minStrength: 0.03, evidence: 2 });
      const { recommendations } = await engine.recommend(id, { ...at, limit: 10, explain: true });
      return sendPage(reply, personPage(profile, recommendations), contentPolicy);
    },
  );

  server.get("/interests/:id", { schema: { hide: true, params: idParameters } }, async (request, reply) => {
    const { engine } = request;
    const interest = engine.interest(request.params.id);
    return sendPage(reply, interestPage(interest, pathAbove(interest, engine.interests())), contentPolicy);
  });
}

/** The last moment of a day that a form named, so that what happened on that day is part of it; of today, now. */
function endOfDay(date: string | undefined, now: number): { at: number } | undefined {
  if (date === undefined) return undefined;
  const at = Date.parse(`${date}T23:59:59.999Z`);
  if (Number.isNaN(at))
    throw new PenchantError("PENCHANT_E_REQUEST_INVALID", "at: expected a date such as 2026-01-31.");
  return at >= now && at < now + dayMs ? undefined : { at };
}

function pathAbove(interest: InterestSummary, interests: readonly InterestSummary[]): InterestSummary[] {
  const byId = new Map(interests.map((each) => [each.id, each]));
  const path: InterestSummary[] = [];
  for (
    let above = byId.get(interest.parent ?? "");
    above !== undefined && above.level > 0;
    above = byId.get(above.parent ?? "")
  ) {
    path.unshift(above);
  }
  return path;
}
