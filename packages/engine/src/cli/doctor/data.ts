/** What is in a data folder: damage, and what the next start will have to do. Nothing is changed by looking. */
import { PenchantError } from "../../base/errors.ts";
import { parseConfig } from "../../config.ts";
import { type DataContent, inspectDatabase } from "../../engine.ts";
import { loadModels } from "../../runtime/models-file.ts";
import { defaultTenant } from "../../server/tenants.ts";
import { folderOf, hasDatabase, tenantsIn } from "../backup/layout.ts";
import { unfinishedRestores } from "../backup/restore.ts";
import { count, counted } from "../view/text.ts";
import { bad, type Finding, good } from "./finding.ts";
import { keyFindings } from "./keys.ts";
import { accessFindings } from "./system.ts";

export interface DataStatus {
  readonly events: number;
  readonly users: number;
  readonly items: number;
  readonly treeVersion: number;
  readonly eventsBehind: number;
  /** A server or another command has the folder. */
  readonly isInUse: boolean;
}

export interface DataDiagnosis {
  readonly findings: readonly Finding[];
  /** Of the default tenant; null where it cannot be read. */
  readonly status: DataStatus | null;
}

/** @param settings of the engine, for the weights of the types */
export function diagnoseData(dataDir: string, settings: Readonly<Record<string, unknown>>): DataDiagnosis {
  const findings = [...accessFindings(dataDir), ...keyFindings(dataDir, Date.now()), ...restoreFindings(dataDir)];
  const { eventWeights } = parseConfig(settings);
  let status: DataStatus | null = null;
  if (!hasDatabase(dataDir)) {
    const message = `${dataDir} has no database yet; penchant import or serve creates it`;
    findings.push(good("data", message));
  }
  for (const tenant of tenantsIn(dataDir)) {
    const isDefault = tenant === defaultTenant;
    const seen = diagnoseDatabase(`${dataDir}${isDefault ? "" : `/${folderOf(tenant)}`}`, eventWeights);
    findings.push(...seen.findings.map((finding) => (isDefault ? finding : of(tenant, finding))));
    if (isDefault) status = seen.status;
  }
  return { findings, status };
}

function diagnoseDatabase(folder: string, weights: Readonly<Record<string, unknown>>): DataDiagnosis {
  try {
    const { isInUse, damage, content } = inspectDatabase(folder);
    const findings = damage.map((message) => bad("data", message));
    if (content === undefined) return { findings, status: null };
    const { events, users, items, eventsBehind } = content;
    if (damage.length === 0) findings.push(good("data", contentText(content, isInUse)));
    const tree = treeFinding(content, isInUse);
    findings.push(...tree.findings, ...pendingFindings(content, isInUse), ...typeFindings(content, weights));
    return { findings, status: { events, users, items, treeVersion: tree.version, eventsBehind, isInUse } };
  } catch (error) {
    if (!PenchantError.isInstance(error)) throw error;
    return { findings: [bad("data", `${error.code}: ${error.message}`)], status: null };
  }
}

function contentText({ events, users, items }: DataContent, isInUse: boolean): string {
  const what = `${counted(events, "event")} of ${counted(users, "user")}, ${counted(items, "item")}`;
  return isInUse ? `${what}; in use by another penchant, which goes on` : what;
}

/** What a crash leaves to the next start, and a running engine to its next moment. */
function pendingFindings({ eventsBehind, itemsWaitedFor }: DataContent, isInUse: boolean): Finding[] {
  const when = isInUse ? "the running penchant will write them soon" : "the next start replays them";
  const findings: Finding[] = [];
  if (eventsBehind > 0) {
    findings.push(
      good("states", `${counted(eventsBehind, "event")} of the log are not in the stored states yet; ${when}`),
    );
  }
  if (itemsWaitedFor > 0) {
    const doing = isInUse ? "the running penchant is at it" : "the next start counts them";
    findings.push(
      good(
        "states",
        `${counted(itemsWaitedFor, "item")} came after events on them, which no state counts yet; ${doing}`,
      ),
    );
  }
  return findings;
}

/** Items are placed in the tree that is stored, unless a rebuild was cut off between the two. */
function treeFinding({ models, itemsByTree }: DataContent, isInUse: boolean): { version: number; findings: Finding[] } {
  const version = models === undefined ? 1 : loadModels(models).tree.version;
  const elsewhere = [...itemsByTree].filter(([other]) => other !== version);
  if (elsewhere.length === 0) return { version, findings: [] };
  const items = elsewhere.reduce((sum, [, items]) => sum + items, 0);
  const versions = elsewhere.map(([other]) => other).join(", ");
  const message = `${counted(items, "item")} are placed in tree version ${versions}, and the stored tree has version ${version}`;
  if (isInUse) return { version, findings: [good("tree", `${message}; a rebuild is under way`)] };
  return {
    version,
    findings: [bad("tree", `${message}: a rebuild was cut off; run penchant rebuild, or start: that rebuilds too`)],
  };
}

/** Types without a weight change no profile, which is seldom what was meant. */
function typeFindings({ types }: DataContent, weights: Readonly<Record<string, unknown>>): Finding[] {
  const unknown = types.filter((type) => !Object.hasOwn(weights, type));
  if (unknown.length === 0) return [];
  const shown = unknown.slice(0, 10).join(", ");
  const more = unknown.length > 10 ? ` and ${count(unknown.length - 10)} more` : "";
  return [good("types", `events of types without a weight (eventWeights), which change no profile: ${shown}${more}`)];
}

function restoreFindings(dataDir: string): Finding[] {
  return unfinishedRestores(dataDir).map((name) =>
    bad(
      "restore",
      `${dataDir}/${name} is left over from a restore that was cut off: run it again, then delete this folder`,
    ),
  );
}

function of(tenant: string, { message, ...finding }: Finding): Finding {
  return { ...finding, message: `tenant ${tenant}: ${message}` };
}
