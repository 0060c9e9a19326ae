import type { Readable } from "node:stream";
import type { FastifyInstance } from "fastify";

const patienceMs = 10_000;

/**
 * Reads what is left of a body before a refusal is sent. A connection closed on somebody who is still sending loses the
 * refusal on the way, and a proxy in front then reports that the api is away.
 */
export function readBodiesToTheEnd(app: FastifyInstance): void {
  app.addHook("onSend", async (request, reply) => {
    if (reply.statusCode >= 400 && request.raw.headers["content-length"] !== "0") await drained(request.raw);
  });
}

function drained(stream: Readable): Promise<void> {
  return new Promise((resolve) => {
    if (stream.readableEnded || stream.destroyed) return resolve();
    const timer = setTimeout(resolve, patienceMs);
    const done = () => {
      clearTimeout(timer);
      resolve();
    };
    stream.once("end", done).once("close", done).once("error", done);
    stream.resume();
  });
}
