import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { dayMs } from "../base/time.ts";
import { KeyFile, keyFilePath } from "../server/key-file.ts";
import { folderWith } from "../testing/folder.ts";
import { runProgram } from "./program.ts";

/** Runs `penchant keys ...` on a folder. */
async function keys(folder: string, ...argv: string[]): Promise<{ code: number; out: string; err: string }> {
  let out = "";
  let err = "";
  const code = await runProgram(["keys", ...argv, "--data", folder], {
    stdout: { write: (text) => (out += text) },
    stderr: { write: (text) => (err += text) },
    environment: {},
  });
  return { code, out, err };
}

const json = async (folder: string, ...argv: string[]) => JSON.parse((await keys(folder, ...argv, "--json")).out);

const opened = (folder: string, now = Date.now()) =>
  new KeyFile(folder, {
    clock: { now: () => now },
    onError: (error) => {
      throw error;
    },
  });

describe("penchant keys", () => {
  test.each(["create", "list", "rotate", "revoke"])(
    "%s explains itself with an example and has --json",
    async (name) => {
      const { code, out } = await keys(folderWith(), name, "--help");
      expect(code).toBe(0);
      expect(out).toMatch(new RegExp(`Example:\n {2}\\$ penchant keys ${name} ?`));
      expect(out).toContain("--json");
    },
  );

  test("create shows the key, and keeps what it may do but not its secret, for its owner's eyes only", async () => {
    const folder = join(folderWith(), "new");
    const options = ["--rate", "50", "--burst", "200", "--origin", "https://a.example", "--tenant", "acme"];
    const made = await json(folder, "create", "shop", "--scopes", "read,ingest", "--expires", "90d", ...options);
    expect(made).toMatchObject({
      key: expect.stringMatching(/^pk_[0-9a-f]{12}_[\w-]{43}$/),
      name: "shop",
      tenant: "acme",
      scopes: ["ingest", "read"],
      rateLimit: { perSecond: 50, burst: 200 },
      origins: ["https://a.example"],
      expiresAt: made.createdAt + 90 * dayMs,
      status: "active",
    });
    expect(opened(folder).find(made.key)).toMatchObject({ id: made.id, name: "shop" });
    const stored = readFileSync(keyFilePath(folder), "utf8");
    expect(stored).not.toContain(made.key.slice(-43));
    expect(statSync(keyFilePath(folder)).mode & 0o777).toBe(0o600);
    const { keys: listed } = await json(folder, "list");
    const { key: _, ...rest } = made;
    expect(listed).toEqual([rest]);
    expect((await keys(folder, "list")).out).toContain(`${made.id}  shop  ingest, read  tenant acme\n`);
  });

  test("rotate makes a key with the same settings and lets the old one live for the grace period", async () => {
    const folder = folderWith();
    const old = await json(folder, "create", "shop", "--scopes", "ingest", "--rate", "5", "--expires", "30d");
    const made = await json(folder, "rotate", old.id, "--grace", "2h");
    expect(made).toMatchObject({ name: "shop", scopes: ["ingest"], rateLimit: { perSecond: 5, burst: 5 } });
    expect(made.expiresAt - made.createdAt).toBe(30 * dayMs);
    expect(made.replaces).toMatchObject({ id: old.id, replacedBy: made.id, expiresAt: made.createdAt + 2 * 3_600_000 });
    for (const { key, id } of [old, made]) expect(opened(folder, made.createdAt + 7_199_999).find(key).id).toBe(id);
    const later = opened(folder, made.createdAt + 7_200_000);
    expect(later.find(made.key).id).toBe(made.id);
    expect(() => later.find(old.key)).toThrow(/expired/);
    expect(await keys(folder, "rotate", old.id)).toMatchObject({
      code: 1,
      err: expect.stringMatching(/^PENCHANT_E_KEY_NOT_FOUND: .*was replaced by/),
    });
  });

  test("revoke ends a key at once and for ever", async () => {
    const folder = folderWith();
    const made = await json(folder, "create", "shop", "--scopes", "admin");
    const revoked = await json(folder, "revoke", made.id);
    expect(revoked).toMatchObject({ status: "revoked", revokedAt: expect.any(Number) });
    expect(await json(folder, "revoke", made.id)).toEqual(revoked);
    expect(() => opened(folder).find(made.key)).toThrow(/was revoked/);
    expect((await keys(folder, "rotate", made.id)).code).toBe(1);
    expect((await keys(folder, "list")).out).toContain("revoked");
  });

  test("say what is wrong with a key that is not there, a file that is not theirs, and one that another is changing", async () => {
    const folder = folderWith();
    expect(await keys(folder, "list")).toMatchObject({ code: 0, out: expect.stringContaining("No keys yet") });
    expect((await keys(folder, "revoke", "0123456789ab")).err).toMatch(/^PENCHANT_E_KEY_NOT_FOUND: /);
    expect(existsSync(keyFilePath(folder))).toBe(false);

    writeFileSync(keyFilePath(folder), '{"version":2,"keys":[]}');
    expect((await keys(folder, "list")).err).toMatch(/^PENCHANT_E_KEY_FILE: .*newer Penchant/);
    expect((await keys(folder, "create", "x", "--scopes", "read")).err).toMatch(/^PENCHANT_E_KEY_FILE: /);
    expect(readFileSync(keyFilePath(folder), "utf8")).toBe('{"version":2,"keys":[]}');

    writeFileSync(`${keyFilePath(folder)}.new`, "");
    expect((await keys(folder, "create", "x", "--scopes", "read")).err).toMatch(/another command is changing the keys/);
    expect(existsSync(`${keyFilePath(folder)}.new`)).toBe(true);
  });

  test.each([
    [["create", "x"], "Required option '--scopes <list>' not specified."],
    [["create", "x", "--scopes", "all"], "Expected one or several of ingest, read, admin"],
    [["create", "x", "--scopes", "read", "--tenant", "../up"], "Expected 1 to 63 lower-case letters"],
    [["create", "x", "--scopes", "read", "--origin", "https://a.example/"], "Expected an origin such as"],
    [["create", "x", "--scopes", "read", "--expires", "soon"], "Expected a length of time such as"],
    [["create", "x", "--scopes", "read", "--burst", "9"], "--burst needs --rate"],
    [["create", " ", "--scopes", "read"], "Expected a name"],
  ])("called wrongly (%j) they say how and exit with 2", async (argv, message) => {
    const folder = folderWith();
    const { code, err } = await keys(folder, ...argv);
    expect(code).toBe(2);
    expect(err).toContain(message);
    expect(existsSync(keyFilePath(folder))).toBe(false);
  });
});
