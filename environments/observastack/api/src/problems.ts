import { STATUS_CODES } from "node:http";
import type { FastifyError, FastifyReply, FastifyRequest } from "fastify";
import { hasZodFastifySchemaValidationErrors } from "fastify-type-provider-zod";
import { z } from "zod";
import { currentContext } from "./request-context.ts";

/** RFC 9457. `type` is stable and meant for programs, `detail` is meant for people and may change. */
export const Problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int().min(400).max(599),
    detail: z.string().optional(),
    instance: z.string().optional(),
    traceId: z.string().optional(),
    errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
  })
  .meta({
    id: "Problem",
    description: "A problem detail (RFC 9457).",
    examples: [
      {
        type: "urn:observastack:problem:invalid-request",
        title: "Bad Request",
        status: 400,
        detail: "querystring/limit Too big: expected number to be <=200",
        instance: "/api/logs",
        traceId: "4bf92f3577b34da6a3ce929d0e0e4736",
      },
    ],
  });
export type Problem = z.infer<typeof Problem>;

interface ProblemOptions {
  readonly cause?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** An outcome the caller is told about as it stands: thrown anywhere, answered as a problem by {@link sendError}. */
export class ProblemError extends Error {
  override readonly name = "ProblemError";
  readonly status: number;
  readonly slug: string;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, slug: string, detail: string, options: ProblemOptions = {}) {
    super(detail, { cause: options.cause });
    this.status = status;
    this.slug = slug;
    this.headers = options.headers ?? {};
  }
}

export const badRequest = (detail: string, cause?: unknown) =>
  new ProblemError(400, "invalid-request", detail, { cause });
export const unauthorized = (detail: string) =>
  new ProblemError(401, "unauthorized", detail, {
    headers: { "www-authenticate": 'Bearer realm="observastack"' },
  });
export const forbidden = (detail: string) => new ProblemError(403, "forbidden", detail);
export const notFound = (detail: string) => new ProblemError(404, "not-found", detail);
export const tooLarge = (detail: string) => new ProblemError(413, "too-large", detail);
export const unavailable = (store: string, cause: unknown) =>
  new ProblemError(503, "store-unavailable", `${store} cannot be reached at the moment`, {
    cause,
    headers: { "retry-after": "1" },
  });

const descriptions: Readonly<Record<number, string>> = {
  400: "The request does not match this description.",
  401: "No token, or one that is not valid (any more).",
  403: "The token's roles do not allow this.",
  404: "There is no such thing in the caller's tenant.",
  413: "The body is larger than allowed.",
  415: "The body's media type is not accepted here.",
  429: "Too many requests or attempts; Retry-After says when to come back.",
  503: "The api or a store behind it cannot be reached; Retry-After says when to come back.",
  504: "The api did not answer the gateway in time.",
};

/** What the gateway in front may answer on every route, the second also the api itself. */
const everywhere = [429, 503, 504];

/** A success for a route's schema, with the sentence OpenAPI wants. */
export function jsonResponse<T extends z.ZodType>(description: string, schema: T) {
  return { description, content: { "application/json": { schema } } };
}

/**
 * Error responses for a route's schema, those of every route included. Typed as adding nothing, so that a handler's `send` is checked against its
 * successes only: errors are thrown, never sent.
 */
export function problemResponses(...statuses: number[]): Record<never, never> {
  return Object.fromEntries(
    [...statuses, ...everywhere].map((status) => [
      status,
      {
        description: descriptions[status] ?? STATUS_CODES[status],
        content: { "application/problem+json": { schema: Problem } },
      },
    ]),
  );
}

/** The app's error handler. Only what nobody foresaw becomes a 500, and then nothing of it leaves the house. */
export function sendError(
  error: FastifyError | Error,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const known = toProblemError(error);
  if (known === undefined || known.status >= 500)
    request.log.error({ error: known?.cause ?? error }, error.message);
  else request.log.debug({ status: known.status }, known.message);

  const problem = known ?? new ProblemError(500, "internal", "The request failed for a reason of our own.");
  const body: Problem = {
    type: `urn:observastack:problem:${problem.slug}`,
    title: STATUS_CODES[problem.status] ?? "Error",
    status: problem.status,
    detail: problem.message,
    instance: request.url.split("?", 1)[0] ?? "/",
    traceId: currentContext()?.traceId,
  };
  if (hasZodFastifySchemaValidationErrors(error))
    body.errors = error.validation.map((issue) => ({
      path: issue.instancePath,
      message: issue.message ?? "",
    }));
  return reply.code(problem.status).headers(problem.headers).type("application/problem+json").send(body);
}

function toProblemError(error: FastifyError | Error): ProblemError | undefined {
  if (error instanceof ProblemError) return error;
  const { statusCode } = error as Partial<FastifyError>;
  if (statusCode === undefined || statusCode < 400 || statusCode >= 500) return undefined;
  const slug = slugs[statusCode] ?? "invalid-request";
  return new ProblemError(statusCode, slug, error.message, { cause: error });
}

/** For what Fastify itself refuses. */
const slugs: Readonly<Record<number, string>> = {
  413: "too-large",
  414: "address-too-long",
  415: "unsupported-media-type",
};
