import { expect, test } from "vitest";
import { testApi } from "../test-client.ts";

const { ask } = testApi();

interface Interest {
  readonly id: string;
  readonly halfLife?: { readonly days: number };
}

test("how interests fade is learned when it is asked for, and then shown of interests and people", async () => {
  const before = await ask("GET", "/v1/users/ada/profile");
  expect(before.body.returnDays).toBeUndefined();
  const learned = await ask("POST", "/v1/train/intensity");
  expect(learned).toMatchObject({ status: 200, body: { users: expect.any(Number) as number } });
  const { body } = await ask("GET", "/v1/interests");
  const told = (body.interests as Interest[]).filter(({ halfLife }) => halfLife !== undefined);
  expect(told.length).toBeGreaterThan(0);
  const [{ id, halfLife }] = told;
  const one = await ask("GET", `/v1/interests/${encodeURIComponent(id)}`);
  expect(one.body.halfLife).toEqual(halfLife);
  const profile = await ask("GET", "/v1/users/ada/profile?returnDays=7");
  expect(profile.body.returnDays).toBe(7);
  const { returnProbability } = profile.body.interests[0] as { returnProbability: number };
  expect(returnProbability).toBeGreaterThan(0);
  expect(returnProbability).toBeLessThan(1);
});

test.each(["0", "1000", "soon"])("a return within %s days is not told", async (days) => {
  const { status, body } = await ask("GET", `/v1/users/ada/profile?returnDays=${days}`);
  expect([status, body.code]).toEqual([400, "PENCHANT_E_REQUEST_INVALID"]);
});
