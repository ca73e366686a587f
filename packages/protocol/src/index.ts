/** What server, SDK and page share: the schemas of everything that travels over HTTP, and the limits on it. */
export * from "./event.ts";
export * from "./health.ts";
export * from "./interest.ts";
export * from "./item.ts";
export { limits } from "./limits.ts";
export * from "./model.ts";
export * from "./problem.ts";
export * from "./profile.ts";
export * from "./profile-changes.ts";
export * from "./profile-prompt.ts";
export * from "./recommendation.ts";
export * from "./statement.ts";
export * from "./steering.ts";
export * from "./user.ts";
export { idParameters, moment, pageQuery } from "./values.ts";
export * from "./webhook.ts";
