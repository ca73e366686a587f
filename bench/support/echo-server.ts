/** A bare Fastify server that reads events as JSON, keeps nothing, and answers like the real one: the rival of intake. */
import { fastify } from "fastify";

const server = fastify({ bodyLimit: 16 * 1024 * 1024 });
server.post("/v1/events", (request, reply) => {
  const events = Array.isArray(request.body) ? request.body : [request.body];
  const results = events.map(({ id }: { id: string }, index) => ({ index, id, status: "accepted" }));
  return reply.send({ accepted: events.length, duplicates: 0, rejected: 0, results });
});
const url = await server.listen({ host: "127.0.0.1", port: 0 });
process.stdout.write(`${JSON.stringify({ url })}\n`);
