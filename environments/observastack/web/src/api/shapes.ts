import { ApiError } from "./api-error.ts";

export const LEVELS = ["fatal", "error", "warn", "info", "debug", "trace"] as const;
export type Level = (typeof LEVELS)[number];

export interface User {
  readonly id: string;
  readonly username: string;
  readonly displayName: string;
  readonly roles: readonly string[];
  readonly tenant: string;
}

export interface Session {
  readonly token: string;
  readonly expiresAt: string;
  readonly user: User;
}

export interface LogItem {
  readonly id: string;
  readonly timestamp: string;
  readonly service: string;
  readonly level: Level;
  readonly message: string;
  readonly traceId: string | null;
  readonly attributes: Readonly<Record<string, unknown>>;
}

export interface LogPage {
  readonly total: number;
  readonly items: readonly LogItem[];
  readonly nextCursor: string | null;
  readonly tookMs: number | null;
}

export interface FileRecord {
  readonly id: string;
  readonly originalName: string;
  readonly mimeType: string;
  readonly size: number;
  readonly sha256: string;
  readonly createdAt: string;
}

export interface FilePage {
  readonly total: number;
  readonly items: readonly FileRecord[];
}

export function isLevel(value: unknown): value is Level {
  return LEVELS.some((level) => level === value);
}

/** Each reader throws ApiError `malformed` when a field the page needs is absent or of another type. */
export function readSession(value: unknown): Session {
  const body = record(value);
  const user = record(body["user"]);
  return {
    token: string(body["token"]),
    expiresAt: instant(body["expiresAt"]),
    user: {
      id: string(user["id"]),
      username: string(user["username"]),
      displayName: string(user["displayName"]),
      roles: list(user["roles"], string),
      tenant: string(user["tenant"]),
    },
  };
}

export function readLogPage(value: unknown): LogPage {
  const body = record(value);
  return {
    total: count(body["total"]),
    items: list(body["items"], readLogItem),
    nextCursor: optional(body["nextCursor"], string),
    tookMs: optional(body["tookMs"], count),
  };
}

export function readFileRecord(value: unknown): FileRecord {
  const body = record(value);
  return {
    id: string(body["id"]),
    originalName: string(body["originalName"]),
    mimeType: string(body["mimeType"]),
    size: count(body["size"]),
    sha256: string(body["sha256"]),
    createdAt: instant(body["createdAt"]),
  };
}

export function readFilePage(value: unknown): FilePage {
  const body = record(value);
  return { total: count(body["total"]), items: list(body["items"], readFileRecord) };
}

function readLogItem(value: unknown): LogItem {
  const body = record(value);
  const level = body["level"];
  if (!isLevel(level)) throw malformed("a level");
  return {
    id: string(body["id"]),
    timestamp: instant(body["timestamp"]),
    service: string(body["service"]),
    level,
    message: string(body["message"]),
    traceId: optional(body["traceId"], string),
    attributes: optional(body["attributes"], record) ?? {},
  };
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw malformed("an object");
  return value as Record<string, unknown>;
}

function string(value: unknown): string {
  if (typeof value !== "string") throw malformed("a string");
  return value;
}

function instant(value: unknown): string {
  const text = string(value);
  if (Number.isNaN(Date.parse(text))) throw malformed("a date");
  return text;
}

function count(value: unknown): number {
  if (typeof value !== "number" || !Number.isFinite(value) || value < 0) throw malformed("a count");
  return value;
}

function list<T>(value: unknown, read: (item: unknown) => T): readonly T[] {
  if (!Array.isArray(value)) throw malformed("a list");
  return value.map((item: unknown) => read(item));
}

function optional<T>(value: unknown, read: (present: unknown) => T): T | null {
  return value === null || value === undefined ? null : read(value);
}

function malformed(expected: string): ApiError {
  return new ApiError({ kind: "malformed", detail: `Expected ${expected} in the answer.` });
}
