/**
 * The models on the network that are configured: whether their keys are there, and whether somebody answers. What they were
 * asked and what it cost is told by the process that asks: `/metrics` and `/health/ready`.
 */
import { parseConfig } from "../../config.ts";
import { bad, type Finding, good } from "./finding.ts";

const timeoutMs = 3_000;

interface Provider {
  readonly check: string;
  readonly url: string;
  readonly model: string;
  readonly keyFrom?: string | undefined;
}

export function providerFindings(settings: Readonly<Record<string, unknown>>): Promise<Finding[]> {
  const { languageModel, embedder } = parseConfig(settings);
  const embedders = embedder.parts.filter((setting) => setting.kind === "openai-compatible");
  const providers: Provider[] = [
    ...(languageModel === undefined ? [] : [{ check: "words", ...languageModel }]),
    ...embedders.map((setting) => ({ check: "texts", ...setting })),
  ];
  return Promise.all(providers.map(providerFinding));
}

async function providerFinding({ check, url, model, keyFrom }: Provider): Promise<Finding> {
  const where = `${model} at ${new URL(url).host}`;
  const key = keyFrom === undefined ? undefined : process.env[keyFrom];
  if (keyFrom !== undefined && key === undefined) {
    return bad(check, `${where}: ${keyFrom} is not set, and the engine does not start without the key: set it`);
  }
  try {
    const response = await fetch(`${url.replace(/\/$/, "")}/models`, {
      headers: key === undefined ? {} : { authorization: `Bearer ${key}` },
      redirect: "manual",
      signal: AbortSignal.timeout(timeoutMs),
    });
    await response.body?.cancel();
    if (response.status === 401 || response.status === 403) {
      return bad(
        check,
        `${where}: answers ${response.status}, so the key is refused: put the right one into ${keyFrom ?? "keyFrom"}`,
      );
    }
    return response.status < 500
      ? good(check, `${where} answers`)
      : bad(check, `${where}: answers ${response.status}; what it is asked for waits or goes without`);
  } catch {
    return bad(check, `${where} is not reached: start it, or correct the url; until then Penchant goes on without it`);
  }
}
