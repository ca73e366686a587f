/**
 * GET /v1/users/{id}/profile/stream: server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html).
 * First the profile, then what changes in it. A stream ends when its reader goes away or the server stops; an
 * `EventSource` then comes again by itself and begins with the profile as it is by then, so nothing needs to be replayed.
 */
import { once } from "node:events";
import { Readable } from "node:stream";
import { idParameters, profileStreamMediaType, streamQuery } from "@penchant/protocol";
import { z } from "zod";
import type { ProfileUpdate } from "../../engine.ts";
import type { Server } from "../wire.ts";

const description = `Server-sent events. \`profile\`: the whole profile, once, at the beginning; \`changes\`: what changed since the last of these, like \`profile/changes\`; \`phase\`: an interest went from one phase to another, told once it clearly has. Events that come together are one change. A comment is sent when nothing happens for half a minute.`;

/** @param stopping given when the server stops: no answer may be longer than that */
export function profileStreamRoutes(server: Server, stopping: AbortSignal): void {
  server.get(
    "/v1/users/:id/profile/stream",
    {
      schema: {
        operationId: "streamProfile",
        tags: ["Profiles"],
        summary: "A user's profile as it changes",
        description,
        params: idParameters,
        querystring: streamQuery,
        response: { 200: { content: { [profileStreamMediaType]: { schema: z.string() } } } },
      },
    },
    async (request, reply) => {
      const gone = new AbortController();
      reply.raw.once("close", () => gone.abort());
      const signal = AbortSignal.any([stopping, gone.signal]);
      const updates = request.engine.watchProfile(request.params.id, { ...request.query, signal });
      // What keeps the stream from beginning gets an answer of its own.
      const first = await updates.next();
      const stream = Readable.from(framesOf(first, updates));
      // The schema speaks of the whole text, which comes piece by piece.
      reply.type(profileStreamMediaType).send(stream as unknown as string);
      // The engine stays open as long as the handler is at work.
      await once(stream, "close");
      return reply;
    },
  );
}

async function* framesOf(
  first: IteratorResult<ProfileUpdate, void>,
  updates: AsyncGenerator<ProfileUpdate, void>,
): AsyncGenerator<string> {
  try {
    for (let next = first; next.done !== true; next = await updates.next()) yield frameOf(next.value);
  } finally {
    await updates.return();
  }
}

function frameOf(update: ProfileUpdate): string {
  const frame = (data: object) => `event: ${update.kind}\ndata: ${JSON.stringify(data)}\n\n`;
  switch (update.kind) {
    case "profile":
      return frame(update.profile);
    case "changes":
      return frame(update.changes);
    case "phase":
      return frame(update.transition);
    case "quiet":
      return ": quiet\n\n";
  }
}
