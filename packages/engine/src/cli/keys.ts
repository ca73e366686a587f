/** `penchant keys`: makes, lists, replaces and ends the keys of a server. One that runs notices within a second. */
import { type Command, InvalidArgumentError } from "commander";
import { PenchantError } from "../base/errors.ts";
import { dayMs } from "../base/time.ts";
import { changeKeys, readKeys } from "../server/key-file.ts";
import { endOf, type Key, keyLimits, newKey, originSchema, rotate, type Scope, scopes } from "../server/keys.ts";
import { defaultTenant, tenantPattern } from "../server/tenants.ts";
import { duration, wholeNumber } from "./arguments.ts";
import { type CommonOptions, engineSettings, printResult, withCommonOptions } from "./session.ts";
import type { Terminal } from "./terminal.ts";
import { keyLines, keysView, type ShownKey } from "./view/keys.ts";

interface CreateOptions extends CommonOptions {
  readonly scopes: readonly Scope[];
  readonly tenant: string;
  readonly rate?: number;
  readonly burst?: number;
  readonly origin?: readonly string[];
  readonly expires?: number;
}

export function addKeys(program: Command, terminal: Terminal): void {
  const keys = program
    .command("keys")
    .description("Make, list, replace and end the keys that a server asks for. One that runs notices within a second.")
    // Only the commands below have --json: here it would be taken for this command's own.
    .addHelpText("after", "\nExample:\n  $ penchant keys create shop --scopes ingest,read --json");
  addCreate(keys, terminal);
  addList(keys, terminal);
  addRotate(keys, terminal);
  addRevoke(keys, terminal);
}

function addCreate(keys: Command, terminal: Terminal): void {
  const command = keys
    .command("create <name>")
    .description("Make a key and show it, this once. From the first key on, the server answers nobody without one.")
    .requiredOption("--scopes <list>", `what it may do: ${scopes.join(", ")}; several with commas`, scopeList)
    .option("--tenant <name>", "whose data it is for", tenant, defaultTenant)
    .option("--rate <number>", "requests or events per second", wholeNumber(1, keyLimits.perSecond))
    .option("--burst <number>", "as many at once after a pause (default: the rate)", wholeNumber(1, keyLimits.burst))
    .option("--origin <url>", "a web page's origin that may use it; may be given several times", addOrigin)
    .option("--expires <duration>", "how long it lives, such as 90d (default: until revoked)", duration);
  withCommonOptions(command, "penchant keys create web --scopes ingest --rate 50 --origin https://www.example.com");
  command.action((name: string, options: CreateOptions) => {
    const now = Date.now();
    const made = newKey(settingsOf(name, options, now), now);
    changeKeys(engineSettings(options).dataDir, (known) => ({ keys: [...known, made.key], result: undefined }));
    const result = { key: made.text, ...shown(made.key, now) };
    printResult(terminal, options, result, (result, view) => `${secretText(result.key)}\n${keyLines(result, view)}`);
  });
}

function addList(keys: Command, terminal: Terminal): void {
  const command = keys.command("list").description("Show all keys, without their secrets, which nobody has.");
  withCommonOptions(command, "penchant keys list");
  command.action((options: CommonOptions) => {
    const now = Date.now();
    const all = readKeys(engineSettings(options).dataDir).map((key) => shown(key, now));
    printResult(terminal, options, { keys: all }, ({ keys }, view) => keysView(keys, view));
  });
}

function addRotate(keys: Command, terminal: Terminal): void {
  const command = keys
    .command("rotate <id>")
    .description("Make a key that takes another one's place, and let the old one live until everybody has the new one.")
    .option("--grace <duration>", "how long the old one is valid yet", duration, dayMs);
  withCommonOptions(command, "penchant keys rotate 3f0a9c51d27e --grace 7d");
  command.action((id: string, options: CommonOptions & { grace: number }) => {
    const now = Date.now();
    const { dataDir } = engineSettings(options);
    const { old, key, text } = changeKeys(dataDir, (known) => {
      const found = find(known, id);
      const end = found.replacedBy === undefined ? endOf(found, now) : `was replaced by ${found.replacedBy}`;
      if (end !== undefined) throw new PenchantError("PENCHANT_E_KEY_NOT_FOUND", `Key ${id} ${end}; make a new one.`);
      const rotation = rotate(found, options.grace, now);
      return { keys: [...known.map((each) => (each === found ? rotation.old : each)), rotation.key], result: rotation };
    });
    const result = { key: text, ...shown(key, now), replaces: shown(old, now) };
    printResult(
      terminal,
      options,
      result,
      (result, view) => `${secretText(result.key)}\n${keyLines(result, view)}${keyLines(result.replaces, view)}`,
    );
  });
}

function addRevoke(keys: Command, terminal: Terminal): void {
  const command = keys.command("revoke <id>").description("End a key now.");
  withCommonOptions(command, "penchant keys revoke 3f0a9c51d27e");
  command.action((id: string, options: CommonOptions) => {
    const now = Date.now();
    const revoked = changeKeys(engineSettings(options).dataDir, (known) => {
      const found = find(known, id);
      const ended = { ...found, revokedAt: found.revokedAt ?? now };
      return { keys: known.map((each) => (each === found ? ended : each)), result: ended };
    });
    printResult(terminal, options, shown(revoked, now), keyLines);
  });
}

function settingsOf(name: string, options: CreateOptions, now: number) {
  const { scopes, tenant, rate, burst, origin, expires } = options;
  if (name.length > keyLimits.nameLength || name.trim() === "") {
    throw new PenchantError("PENCHANT_E_USAGE", `Expected a name of 1 to ${keyLimits.nameLength} characters.`);
  }
  if (burst !== undefined && rate === undefined) {
    throw new PenchantError("PENCHANT_E_USAGE", "--burst needs --rate, at which it fills up again.");
  }
  return {
    name,
    tenant,
    scopes: [...scopes],
    ...(rate !== undefined && { rateLimit: { perSecond: rate, burst: burst ?? rate } }),
    ...(origin !== undefined && { origins: [...origin] }),
    ...(expires !== undefined && { expiresAt: now + expires }),
  };
}

function find(keys: readonly Key[], id: string): Key {
  const found = keys.find((key) => key.id === id);
  if (found !== undefined) return found;
  throw new PenchantError(
    "PENCHANT_E_KEY_NOT_FOUND",
    `There is no key with the id ${JSON.stringify(id.slice(0, 40))}.`,
  );
}

function shown(key: Key, now: number): ShownKey {
  const { hash: _hash, ...rest } = key;
  const status = key.revokedAt !== undefined ? "revoked" : endOf(key, now) === undefined ? "active" : "expired";
  return { ...rest, status };
}

function secretText(text: string): string {
  return `${text}\n\nKeep it now: it is not stored and cannot be shown again.\n`;
}

function scopeList(text: string): Scope[] {
  const names = new Set(text.split(",").map((name) => name.trim()));
  const known = scopes.filter((scope) => names.has(scope));
  if (known.length > 0 && known.length === names.size) return known;
  throw new InvalidArgumentError(`Expected one or several of ${scopes.join(", ")}, with commas.`);
}

function tenant(text: string): string {
  if (tenantPattern.test(text)) return text;
  throw new InvalidArgumentError(
    "Expected 1 to 63 lower-case letters, digits and hyphens, the first of them no hyphen.",
  );
}

function addOrigin(text: string, previous: readonly string[] = []): string[] {
  if (originSchema.safeParse(text).success) return [...new Set([...previous, text])];
  throw new InvalidArgumentError("Expected an origin such as https://www.example.com, without a path.");
}
