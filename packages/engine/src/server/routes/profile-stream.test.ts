import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type RunningServer, startServer } from "../server.ts";
import { openTestEngine, silent, type TestEngine } from "../test-client.ts";

interface Frame {
  readonly event: string;
  // biome-ignore lint/suspicious/noExplicitAny: each kind of event has its own data
  readonly data: any;
}

let opened: TestEngine;
let server: RunningServer;
beforeAll(async () => {
  opened = await openTestEngine();
  server = await startServer(opened.engine, { port: 0, logger: silent });
});
afterAll(async () => {
  await server.close();
  await opened.close();
});

/** A reader of a stream, as `EventSource` is one. */
async function follow(url: string) {
  const leave = new AbortController();
  const response = await fetch(url, { signal: leave.signal });
  const texts = response.body!.pipeThrough(new TextDecoderStream())[Symbol.asyncIterator]();
  let text = "";
  const next = async (): Promise<Frame | undefined> => {
    for (;;) {
      const end = text.indexOf("\n\n");
      if (end >= 0) {
        const frame = text.slice(0, end);
        text = text.slice(end + 2);
        const [, event, data] = /^event: (\w+)\ndata: (.*)$/.exec(frame) ?? [];
        if (event !== undefined) return { event, data: JSON.parse(data) };
        continue;
      }
      const { done, value } = await texts.next();
      if (done === true) return undefined;
      text += value;
    }
  };
  /** The next frame of a kind. */
  const nextOf = async (kind: string): Promise<Frame> => {
    for (let frame = await next(); frame !== undefined; frame = await next()) if (frame.event === kind) return frame;
    throw new Error(`The stream ended before there was a ${kind}`);
  };
  return { response, next, nextOf, leave: () => leave.abort() };
}

const urlOf = (user: string) => `${server.url}/v1/users/${user}/profile/stream`;
const view = (user: string, item: string) => opened.engine.track([{ user, type: "view", item }]);

describe("the stream of a profile", () => {
  test("begins with the profile, and tells what changes and which phases turn, as soon as an event is in", async () => {
    const { response, next, nextOf, leave } = await follow(urlOf("bert"));
    expect(response.headers.get("content-type")).toContain("text/event-stream");
    const first = await next();
    expect(first).toMatchObject({ event: "profile", data: { user: "bert", events: 5 } });
    // Romance was years ago, and is back.
    for (const index of [5, 6, 7]) await view("bert", `romance-${index}`);
    const { data: changes } = await nextOf("changes");
    expect(changes.events).toBeGreaterThan(0);
    expect(changes.text).toMatch(/\d events? came\. .*Romance/);
    const turned = await nextOf("phase");
    expect(turned.data).toMatchObject({ before: "dormant", after: "revived" });
    leave();
  });

  test("is about its own user, by whichever of their ids, and shows what they ask for", async () => {
    const { next, nextOf, leave } = await follow(urlOf("guest"));
    expect((await next())?.data.events).toBe(0);
    await view("somebody else", "crime-1");
    await opened.engine.merge("dora", "guest");
    await view("dora", "crime-1");
    let seen = 0;
    while (seen < 1) seen += (await nextOf("changes")).data.events;
    await opened.engine.steer("dora", "film.crime", { action: "mute" });
    for (;;) {
      const { data } = await nextOf("changes");
      const crime = data.changes.find(({ interest }: { interest: { id: string } }) => interest.id === "film.crime");
      if (crime?.strength.after === 0) break;
    }
    leave();
  });

  test("ends when the server stops, without anybody having to wait for it", async () => {
    const stopping = await startServer(opened.engine, { port: 0, logger: silent, graceSeconds: 30 });
    const { next } = await follow(`${stopping.url}/v1/users/ada/profile/stream`);
    expect((await next())?.event).toBe("profile");
    const closed = stopping.close();
    expect(await next()).toBeUndefined();
    await closed;
  });

  test("is refused like any other question that does not fit", async () => {
    const response = await fetch(`${urlOf("ada")}?depth=9`);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ code: "PENCHANT_E_REQUEST_INVALID" });
  });
});
