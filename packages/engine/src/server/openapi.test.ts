import { Validator } from "@seriousme/openapi-schema-validator";
import { describe, expect, test } from "vitest";
import { testApi } from "./test-client.ts";

const api = testApi();

describe("the OpenAPI document", () => {
  test("is valid OpenAPI 3.1, and every operation has a name of its own", async () => {
    const document = (await api.server.inject("/openapi.json")).json();
    const result = await new Validator().validate(document);
    expect(result.errors ?? []).toEqual([]);
    expect(document.openapi).toBe("3.1.0");
    const names = Object.values(document.paths).flatMap((methods) =>
      Object.values(methods as object).map(({ operationId }) => operationId as string),
    );
    expect(new Set(names).size).toBe(names.length);
  });

  test("has every route", async () => {
    const document = (await api.server.inject("/openapi.json")).json();
    const routes = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.keys(methods as object).map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect(routes.toSorted()).toEqual(
      [
        "POST /v1/events",
        "GET /v1/items",
        "POST /v1/items",
        "GET /v1/items/{id}",
        "PUT /v1/items/{id}",
        "PATCH /v1/items/{id}",
        "DELETE /v1/items/{id}",
        "GET /v1/items/{id}/similar",
        "GET /v1/users",
        "GET /v1/users/{id}",
        "PUT /v1/users/{id}",
        "DELETE /v1/users/{id}",
        "GET /v1/users/{id}/events",
        "GET /v1/users/{id}/profile",
        "GET /v1/users/{id}/profile/history",
        "GET /v1/users/{id}/profile/prompt",
        "GET /v1/users/{id}/profile/changes",
        "GET /v1/users/{id}/profile/series",
        "GET /v1/users/{id}/profile/stream",
        "PATCH /v1/users/{id}/interests/{node}",
        "POST /v1/users/{id}/merge",
        "POST /v1/users/{id}/statements",
        "GET /v1/users/{id}/proposals",
        "POST /v1/users/{id}/proposals/{proposal}",
        "GET /v1/users/{id}/recommendations",
        "POST /v1/users/{id}/recommendations",
        "POST /v1/sessions/recommendations",
        "POST /v1/rank",
        "GET /v1/train",
        "POST /v1/train",
        "POST /v1/train/intensity",
        "GET /v1/jobs",
        "GET /v1/jobs/{id}",
        "DELETE /v1/jobs/{id}",
        "GET /v1/models",
        "GET /v1/models/{id}",
        "POST /v1/models/{id}/promote",
        "POST /v1/models/rollback",
        "GET /v1/interests",
        "GET /v1/interests/{id}",
        "GET /v1/interests/{id}/activity",
        "GET /v1/interests/{id}/audience",
        "GET /health/live",
        "GET /health/ready",
        "GET /metrics",
      ].toSorted(),
    );
  });
});
