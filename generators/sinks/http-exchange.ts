import { exitCodes } from "#core/verdict";
import { SeedError, type SeedErrorCode } from "../errors.ts";
import { retryDelayMs } from "./retry-delay.ts";
import type { SinkIo } from "./sink.ts";

export interface HttpExchange {
  /** Whom errors speak of. */
  name: string;
  url: string;
  headers: Record<string, string>;
  body: string | Uint8Array;
  /** Removed from whatever an error quotes. */
  secrets?: readonly string[];
  /** A better code and hint for an answer this sink knows. */
  explain?: (status: number, text: string) => { code: SeedErrorCode; hint: string } | undefined;
}

/**
 * One POST, answered with 2xx: resolves to its text. 429 and 503 mean "nothing was taken" and are repeated after
 * Retry-After, or a doubling pause, six attempts in all. A connection that fails is not repeated, since the receiver
 * may have taken what it did not answer. Throws SeedError, or the signal's reason when aborted.
 */
export async function exchange(request: HttpExchange, io: SinkIo): Promise<string> {
  for (let attempt = 1; ; attempt++) {
    const { status, retryAfter, text } = await post(request, io.signal);
    if (status >= 200 && status < 300) return text;
    if (status !== 429 && status !== 503) throw refusal(request, status, text);
    const delayMs = retryDelayMs(attempt, retryAfter, io.clock.now());
    if (attempt === maxAttempts || delayMs > longestDelayMs) {
      throw new SeedError(
        `${request.name} is still busy after ${attempt} ${attempt === 1 ? "attempt" : "attempts"}: status ${status}${quote(request, text)}`,
        {
          code: "SEED_SINK_BUSY",
          hint: "lower seed.requestsPerMinute, raise the receiver's rate limit, or look at its log",
          exitCode: exitCodes.environment,
        },
      );
    }
    await io.clock.sleep(delayMs, io.signal);
  }
}

/** Parsed JSON of an answer; SeedError when it is none. */
export function parseAnswer(request: Pick<HttpExchange, "name" | "secrets">, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw unexpectedAnswer(request, `is not JSON${quote(request, text)}`, cause);
  }
}

export function unexpectedAnswer(
  request: Pick<HttpExchange, "name">,
  what: string,
  cause?: unknown,
): SeedError {
  return new SeedError(`the answer of ${request.name} ${what}`, {
    code: "SEED_UNEXPECTED_ANSWER",
    hint: "check service, path and field names of the seed section in the configuration",
    exitCode: exitCodes.usage,
    ...(cause === undefined ? {} : { cause }),
  });
}

const maxAttempts = 6;
const longestDelayMs = 30_000;
const answerTimeoutMs = 30_000;

async function post(
  { name, url, headers, body }: HttpExchange,
  signal: AbortSignal,
): Promise<{ status: number; retryAfter: string | null; text: string }> {
  try {
    const response = await fetch(url, {
      method: "POST",
      headers,
      // fetch wants a view of a plain ArrayBuffer; every array we make is one.
      body: body as string | Uint8Array<ArrayBuffer>,
      // A redirect would carry the credentials to an address nobody configured.
      redirect: "manual",
      signal: AbortSignal.any([signal, AbortSignal.timeout(answerTimeoutMs)]),
    });
    return {
      status: response.status,
      retryAfter: response.headers.get("retry-after"),
      text: await response.text(),
    };
  } catch (cause) {
    signal.throwIfAborted();
    throw connectionFailure(name, cause);
  }
}

function connectionFailure(name: string, cause: unknown): SeedError {
  if (cause instanceof Error && cause.name === "TimeoutError") {
    return new SeedError(`${name} did not answer within ${answerTimeoutMs / 1000} s`, {
      code: "SEED_SINK_TIMEOUT",
      hint: "look at the receiver's log with gauntlet env logs",
      exitCode: exitCodes.environment,
      cause,
    });
  }
  // fetch says "fetch failed"; what happened is in its cause.
  const detail = cause instanceof Error && cause.cause instanceof Error ? cause.cause.message : String(cause);
  return new SeedError(`${name} cannot be reached: ${detail}`, {
    code: "SEED_SINK_UNREACHABLE",
    hint: "check that the service runs and publishes its port: gauntlet env ls",
    exitCode: exitCodes.environment,
    cause,
  });
}

function refusal(request: HttpExchange, status: number, text: string): SeedError {
  const message = `${request.name} answered ${status}${quote(request, text)}`;
  const explained = request.explain?.(status, text);
  if (explained) return new SeedError(message, { ...explained, exitCode: exitCodes.environment });
  if (status === 401 || status === 403) {
    return new SeedError(message, {
      code: "SEED_UNAUTHORIZED",
      hint: "check the user, its role and the secret named in the seed section of the configuration",
      exitCode: exitCodes.usage,
    });
  }
  return new SeedError(message, {
    code: "SEED_REFUSED",
    hint: "check service and path in the seed section of the configuration, and the receiver's log",
    exitCode: exitCodes.environment,
  });
}

/** The start of an answer, on one line and without secrets the receiver may have echoed. */
function quote({ secrets = [] }: Pick<HttpExchange, "secrets">, text: string): string {
  const clean = secrets
    .filter((secret) => secret !== "")
    .reduce((rest, secret) => rest.replaceAll(secret, "[secret]"), text)
    .replace(/\s+/g, " ")
    .trim();
  return clean === "" ? "" : `: ${clean.slice(0, 300)}`;
}
