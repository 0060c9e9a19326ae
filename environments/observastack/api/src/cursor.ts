import { createHash } from "node:crypto";
import { z } from "zod";
import { badRequest } from "./problems.ts";

/** Where the next page starts: the sort values (time in ms, record id) of the last row of this one. */
export type Position = readonly [timestampMs: number, id: string];

const Payload = z.strictObject({
  after: z.tuple([z.int(), z.string().min(1).max(64)]),
  scope: z.string().length(16),
});

/** An opaque cursor, good only for the search it came from: `scope` is whatever makes that search what it is. */
export function encodeCursor(after: Position, scope: unknown): string {
  return Buffer.from(JSON.stringify({ after, scope: digest(scope) })).toString("base64url");
}

/** Throws a 400 problem for anything {@link encodeCursor} did not make for this very search. */
export function decodeCursor(cursor: string, scope: unknown): Position {
  const payload = Payload.safeParse(parseJson(Buffer.from(cursor, "base64url").toString("utf8")));
  if (!payload.success || payload.data.scope !== digest(scope))
    throw badRequest("querystring/cursor is not a cursor of this search; start again without it");
  return payload.data.after;
}

function digest(scope: unknown): string {
  return createHash("sha256").update(JSON.stringify(scope)).digest("base64url").slice(0, 16);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
