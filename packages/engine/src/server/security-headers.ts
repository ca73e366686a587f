/**
 * What answers tell browsers to make of them. The headers are constants, because they are written with every answer; what
 * only a page in a browser understands is sent with pages only.
 */
import type { FastifyReply } from "fastify";

/** For every answer: it is what its type says, it is not for other sites to embed, and where one was stays unsaid. */
export const securityHeaders = {
  "x-content-type-options": "nosniff",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
} as const;

/**
 * Answers with a page that no other site can frame or reach into.
 *
 * @param contentPolicy what the page may load beside itself, as directives of a content security policy
 */
export function sendPage(reply: FastifyReply, page: string, contentPolicy: string): FastifyReply {
  return reply
    .type("text/html; charset=utf-8")
    .header("content-security-policy", `default-src 'none'; ${contentPolicy}; base-uri 'none'; frame-ancestors 'none'`)
    .header("cross-origin-opener-policy", "same-origin")
    .header("origin-agent-cluster", "?1")
    .header("x-frame-options", "DENY")
    .send(page);
}
