import { spawn } from "node:child_process";
import { createHmac } from "node:crypto";
import { once } from "node:events";
import { afterEach, describe, expect, test, vi } from "vitest";
import { PenchantError } from "../../base/errors.ts";
import { dayMs } from "../../base/time.ts";
import { type Engine, type EngineOptions, openEngine } from "../../engine.ts";
import { fakeClock } from "../../testing/builders.ts";
import { folderWith } from "../../testing/folder.ts";
import { type Answer, endpoint, type Received } from "./test-endpoint.ts";

const secret = `whsec_${Buffer.from("thirty-two bytes of a test secret").toString("base64")}`;
const items = ["Film", "Music"].flatMap((category) =>
  [1, 2].map((index) => ({ id: `${category}-${index}`, title: `${category} ${index}`, categories: [[category]] })),
);
const liked = (user: string, item: string, fields: object = {}) => ({ user, type: "like", item, ...fields });

const opened: Engine[] = [];
afterEach(async () => {
  for (const engine of opened.splice(0)) await engine.close();
});

async function engineTelling(url: string, options: EngineOptions = {}): Promise<Engine> {
  const webhook = { url, secret, retrySeconds: 0.01 };
  const engine = await openEngine({ dataDir: folderWith(), onBackgroundError: () => {}, webhook, ...options });
  opened.push(engine);
  await engine.putItems(items);
  return engine;
}

/** An endpoint, and an engine that tells it. */
async function telling({ answers = [], ...options }: EngineOptions & { answers?: readonly Answer[] } = {}) {
  const there = await endpoint(answers);
  return { there, engine: await engineTelling(there.url, options) };
}

const soon = { timeout: 25_000, interval: 5 };
const arrived = (received: readonly Received[], count: number) =>
  vi.waitFor(() => expect(received.length).toBeGreaterThanOrEqual(count), soon);
const settled = (engine: Engine) =>
  vi.waitFor(() => expect(engine.figures().webhook!.position).toBe(engine.figures().log.position), soon);
const profilesOf = (received: readonly Received[]) => received.flatMap(({ delivery }) => delivery.profiles);

describe("a webhook", () => {
  test("tells how a profile changed and which interests changed their phase, signed as Standard Webhooks has it", async () => {
    const clock = fakeClock();
    const { there, engine } = await telling({ clock });
    await engine.track([liked("ada", "Film-1")]);
    await arrived(there.received, 1);
    const [{ headers, body, delivery }] = there.received;
    expect(delivery).toMatchObject({ cause: "events", at: clock.now() });
    const [{ changes, transitions }] = delivery.profiles;
    expect(changes).toMatchObject({ user: "ada", events: 1 });
    expect(changes.text).toContain("Film is new");
    expect(transitions).toMatchObject([{ interest: { label: "Film" }, before: null, after: "emerging" }]);

    expect(headers["content-type"]).toBe("application/json");
    expect(headers["webhook-id"]).toBe(delivery.id);
    const timestamp = headers["webhook-timestamp"] as string;
    expect(Number(timestamp)).toBe(clock.now() / 1_000);
    const key = Buffer.from(secret.slice(6), "base64");
    const signed = createHmac("sha256", key).update(`${delivery.id}.${timestamp}.${body}`).digest("base64");
    expect(headers["webhook-signature"]).toBe(`v1,${signed}`);
  });

  test("says nothing of what was there before it, nor where nothing noticeable changes", async () => {
    const dataDir = folderWith();
    const before = await openEngine({ dataDir });
    await before.putItems(items);
    await before.track([liked("ada", "Film-1")]);
    await before.close();
    const { there, engine } = await telling({ dataDir });
    await engine.track([{ user: "ada", type: "impression", item: "Music-1" }]);
    await settled(engine);
    expect(there.received).toEqual([]);
    await engine.track([liked("bob", "Music-1")]);
    await settled(engine);
    expect(profilesOf(there.received).map(({ changes }) => changes.user)).toEqual(["bob"]);
  });

  test.each([[500], [302], [null]])("sends a delivery that is answered %s again until it is taken", async (bad) => {
    const errors: unknown[] = [];
    // An endpoint that does not answer hangs up.
    const answer: Answer = bad ?? ((response) => void response.destroy());
    const { there, engine } = await telling({
      answers: [answer, answer],
      onBackgroundError: (error) => errors.push(error),
    });
    await engine.track([liked("ada", "Film-1")]);
    await settled(engine);
    expect(there.received).toHaveLength(3);
    expect(new Set(there.received.map(({ body }) => body)).size).toBe(1);
    expect(engine.figures().webhook).toMatchObject({ delivered: 1, failures: 2, failingSince: null });
    // A series of failures is told once.
    expect(errors).toHaveLength(1);
    expect(PenchantError.isInstance(errors[0]) && errors[0].code).toBe("PENCHANT_E_WEBHOOK");
    expect(String(errors[0])).not.toContain(secret);
  });

  test("keeps what comes while its endpoint is away in the log, and tells all of it in few deliveries", async () => {
    const { there, engine } = await telling({ answers: Array.from({ length: 40 }, () => 503) });
    for (let round = 0; round < 10; round++) {
      await engine.track([liked("ada", "Film-1"), liked(`user ${round}`, "Music-1")]);
    }
    await vi.waitFor(() => expect(engine.figures().webhook!.failures).toBeGreaterThan(2), soon);
    expect(engine.figures().webhook!.failingSince).not.toBeNull();
    there.answer([]);
    const failed = there.received.length;
    await engine.track([liked("ada", "Music-2")]);
    await settled(engine);
    const taken = profilesOf(there.received.slice(failed));
    const rounds = Array.from({ length: 10 }, (_, round) => `user ${round}`);
    expect(new Set(taken.map(({ changes }) => changes.user))).toEqual(new Set(["ada", ...rounds]));
    // One that was begun before, what gathered meanwhile, and the last.
    expect(there.received.length - failed).toBeLessThanOrEqual(3);
  });

  test("sends after kill -9 what was not taken for sure, under the same id", async () => {
    const there = await endpoint([null]);
    const dataDir = folderWith();
    const program = new URL("./test-crashing.ts", import.meta.url).pathname;
    const child = spawn(process.execPath, [program, dataDir, there.url, secret], { stdio: "inherit" });
    await arrived(there.received, 1);
    child.kill("SIGKILL");
    await once(child, "exit");
    const engine = await engineTelling(there.url, { dataDir });
    await arrived(there.received, 2);
    const [first, second] = there.received;
    expect(second.headers["webhook-id"]).toBe(first.headers["webhook-id"]);
    expect(second.delivery.profiles.map(({ changes }) => changes.events)).toEqual([1]);
    await settled(engine);
    await engine.track([liked("ada", "Music-1")]);
    await settled(engine);
    expect(there.received).toHaveLength(3);
    expect(there.received[2].delivery.profiles[0].changes.events).toBe(1);
  });

  test("tells once a day which interests fell asleep as time passed", async () => {
    const clock = fakeClock();
    const { there, engine } = await telling({ clock, answers: [204, 500] });
    const users = Array.from({ length: 130 }, (_, index) => `user ${String(index).padStart(3, "0")}`);
    await engine.track(users.map((user) => liked(user, "Film-1")));
    await settled(engine);
    const told = there.received.length;
    clock.advance(200 * dayMs);
    await engine.track([{ user: "nobody", type: "impression" }]);
    await vi.waitFor(() => expect(profilesOf(there.received.slice(told)).length).toBeGreaterThanOrEqual(130), soon);
    const asleep = profilesOf(there.received.filter(({ delivery }) => delivery.cause === "time"));
    expect([...new Set(asleep.map(({ changes }) => changes.user))]).toEqual(users);
    for (const { transitions } of asleep) {
      expect(transitions).toMatchObject([{ interest: { label: "Film" }, before: "emerging", after: "dormant" }]);
    }
    const ids = new Set(there.received.map(({ delivery }) => delivery.id));
    await engine.track([liked("ada", "Film-1")]);
    await settled(engine);
    expect(there.received.slice(-1)[0].delivery.cause).toBe("events");
    expect(ids.has(there.received.slice(-1)[0].delivery.id)).toBe(false);
  });

  test("tells nobody of whoever was erased meanwhile, and everybody by who they are", async () => {
    const { there, engine } = await telling({ answers: Array.from({ length: 400 }, () => 503) });
    await engine.track([liked("ada", "Film-1"), liked("bob", "Music-1"), liked("guest", "Film-2")]);
    await arrived(there.received, 1);
    await engine.erase("ada");
    await engine.merge("bob", "guest");
    // One may be on its way that was made before.
    await arrived(there.received, there.received.length + 2);
    there.answer([]);
    const made = there.received.length;
    await settled(engine);
    const told = profilesOf(there.received.slice(made)).map(({ changes }) => changes.user);
    expect(told).toContain("bob");
    expect(told).not.toContain("ada");
    expect(told).not.toContain("guest");
  });

  test.each([
    [{ url: "ftp://example.org", secret }, /webhook\.url: expected an address/],
    [{ url: "https://example.org", secret: "whsec_short" }, /webhook\.secret: expected whsec_ and 24 to 64 bytes/],
    [{ url: "https://example.org", secret, often: true }, /often/],
  ])("refuses the configuration %j without repeating the secret", async (webhook, message) => {
    const refused = openEngine({ dataDir: folderWith(), webhook }).catch((error: unknown) => error);
    const error = (await refused) as PenchantError;
    expect(error.code).toBe("PENCHANT_E_CONFIG");
    expect(error.message).toMatch(message);
    expect(error.message).not.toContain(webhook.secret);
  });
});
