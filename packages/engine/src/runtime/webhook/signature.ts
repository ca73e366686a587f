/**
 * Signatures as Standard Webhooks has them (https://www.standardwebhooks.com), so that its libraries verify them: HMAC-SHA256
 * over `id.timestamp.body` with the bytes that follow `whsec_` in base64. The timestamp is signed with the rest, so that a
 * delivery that somebody kept cannot be sent again later as a new one.
 */
import { createHmac } from "node:crypto";

/** @param timestamp seconds since 1970 */
export function signatureHeaders(
  secret: string,
  { id, timestamp, body }: { id: string; timestamp: number; body: string },
): Record<string, string> {
  const key = Buffer.from(secret.slice("whsec_".length), "base64");
  const signature = createHmac("sha256", key).update(`${id}.${timestamp}.${body}`).digest("base64");
  return { "webhook-id": id, "webhook-timestamp": String(timestamp), "webhook-signature": `v1,${signature}` };
}
