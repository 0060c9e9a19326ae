import { STATUS_CODES } from "node:http";
import type { FastifyError, FastifyReply, FastifyRequest } from "fastify";
import { currentContext } from "./request-context.ts";

/** An outcome the caller is told about as it stands: thrown anywhere, answered as an RFC 9457 problem. */
export class ProblemError extends Error {
  override readonly name = "ProblemError";
  readonly statusCode: number;
  readonly slug: string;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    statusCode: number,
    slug: string,
    detail: string,
    options: { cause?: unknown; headers?: Readonly<Record<string, string>> } = {},
  ) {
    super(detail, { cause: options.cause });
    this.statusCode = statusCode;
    this.slug = slug;
    this.headers = options.headers ?? {};
  }
}

export const unauthorized = (detail: string) =>
  new ProblemError(401, "unauthorized", detail, {
    headers: { "www-authenticate": 'Bearer realm="observastack"' },
  });
export const unavailable = (detail: string, cause: unknown) =>
  new ProblemError(503, "upstream-unavailable", detail, { cause, headers: { "retry-after": "1" } });
export const timedOut = (detail: string, cause: unknown) =>
  new ProblemError(504, "upstream-timeout", detail, { cause });

/** The app's error handler. Only what nobody foresaw becomes a 500, and then nothing of it leaves the house. */
export function sendError(
  error: FastifyError | Error,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const problem = toProblem(error);
  if (problem.statusCode >= 500) request.log.error({ error: problem.cause ?? error }, error.message);
  return reply
    .code(problem.statusCode)
    .headers(problem.headers)
    .type("application/problem+json")
    .send(
      JSON.stringify({
        type: `urn:observastack:problem:${problem.slug}`,
        title: STATUS_CODES[problem.statusCode] ?? "Error",
        status: problem.statusCode,
        detail: problem.message,
        instance: request.url.split("?", 1)[0],
        traceId: currentContext()?.traceId,
      }),
    );
}

function toProblem(error: FastifyError | Error): ProblemError {
  if (error instanceof ProblemError) return error;
  const { statusCode } = error as Partial<FastifyError>;
  const slug = { 400: "invalid-request", 413: "too-large", 414: "address-too-long" }[statusCode ?? 500];
  return statusCode !== undefined && statusCode >= 400 && statusCode < 500
    ? new ProblemError(statusCode, slug ?? "invalid-request", error.message, { cause: error })
    : new ProblemError(500, "internal", "The request failed for a reason of our own.", { cause: error });
}
