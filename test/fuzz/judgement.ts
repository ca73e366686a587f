/** Whether an answer is one that a client may get: documented, of the documented shape, and never a fault of the server. */
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import type { Answer, Exchange } from "./exchange.ts";
import type { FuzzRequest, OpenApi, Operation } from "./requests.ts";

export class Judge {
  readonly #document: OpenApi;
  readonly #ajv = new Ajv2020({ strict: false });
  readonly #validators = new Map<string, ValidateFunction>();
  /** Answers by operation and status. */
  readonly counts = new Map<string, number>();

  constructor(document: OpenApi) {
    this.#document = document;
    this.#ajv.addSchema(document, "openapi");
  }

  /** What is wrong, in words; undefined when all is well. */
  problem({ operation }: FuzzRequest, { answers, broken }: Exchange): string | undefined {
    if (broken !== undefined) return `the answer is broken: ${broken}`;
    // What is not HTTP may be answered by closing the connection.
    if (operation !== undefined && answers.length !== 1) return `${answers.length} answers to one request`;
    for (const answer of answers) {
      const name = `${operation === undefined ? "other" : `${operation.method} ${operation.template}`} ${answer.status}`;
      this.counts.set(name, (this.counts.get(name) ?? 0) + 1);
      const problem = faultOf(answer) ?? (operation && this.#undocumented(operation, answer)) ?? reportProblem(answer);
      if (problem !== undefined) return `${answer.status}: ${problem}; the body is ${answer.body.slice(0, 500)}`;
    }
    return undefined;
  }

  #undocumented({ method, template }: Operation, answer: Answer): string | undefined {
    const { status, headers, body } = answer;
    const operation = this.#document.paths[template][method.toLowerCase()] as unknown as {
      responses: Record<string, { content?: Record<string, unknown> }>;
    };
    const response = operation.responses[status];
    if (response === undefined) {
      // An id of dots, or none at all, asks for another path.
      return status === 404 && body.includes("PENCHANT_E_ROUTE_NOT_FOUND") ? undefined : "the status is not documented";
    }
    if (response.content === undefined) return body === "" ? undefined : "no body is documented";
    const mediaType = mediaTypeOf(headers);
    if (!(mediaType in response.content)) return `media type "${mediaType}" is not documented`;
    const pointer = ["paths", template, method.toLowerCase(), "responses", status, "content", mediaType, "schema"]
      .map((name) => `/${encodeURIComponent(String(name).replaceAll("~", "~0").replaceAll("/", "~1"))}`)
      .join("");
    let validate = this.#validators.get(pointer);
    if (validate === undefined) {
      validate = this.#ajv.compile({ $ref: `openapi#${pointer}` });
      this.#validators.set(pointer, validate);
    }
    return validate(mediaType.endsWith("json") ? JSON.parse(body) : body)
      ? undefined
      : `not as documented: ${this.#ajv.errorsText(validate.errors)}`;
  }
}

const mediaTypeOf = (headers: Answer["headers"]) => (headers["content-type"] ?? "").split(";")[0];

/** Faults of the server, and errors that are no problem documents. */
function faultOf({ status, headers, body }: Answer): string | undefined {
  if (status >= 500) return "a fault of the server";
  if (status < 400) return undefined;
  if (mediaTypeOf(headers) !== "application/problem+json") return "an error that is no problem document";
  const problem = JSON.parse(body) as Record<string, unknown>;
  const isWhole =
    problem.status === status &&
    typeof problem.detail === "string" &&
    problem.detail !== "" &&
    typeof problem.title === "string" &&
    problem.type === `urn:penchant:error:${String(problem.code)}` &&
    /^PENCHANT_E_[A-Z_]+$/.test(String(problem.code));
  return isWhole ? undefined : "a problem document that lacks something";
}

/** A report on events has to account for every one of them, in order. */
function reportProblem({ body }: Answer): string | undefined {
  if (!body.includes('"results":[')) return undefined;
  const report = JSON.parse(body) as {
    accepted: number;
    duplicates: number;
    rejected: number;
    unlisted?: number;
    results: { index: number }[];
  };
  const events = report.accepted + report.duplicates + report.rejected;
  const isWhole =
    events === report.results.length + (report.unlisted ?? 0) &&
    report.results.every(({ index }, place) => index === place);
  return isWhole ? undefined : "a report that does not account for every event";
}
