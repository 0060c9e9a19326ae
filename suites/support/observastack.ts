import { readFile } from "node:fs/promises";
import { connect } from "#suite";

export const system = connect();

export type Role = "viewer" | "editor" | "operator" | "admin";

export interface Session {
  token: string;
  tenant: string;
  /** A request through the edge with the session's token. */
  call(path: string, init?: RequestInit): Promise<Response>;
}

export const tenants = { ours: "acme", theirs: "globex" } as const;

/** Logs in as the tenant's person of that role, through the edge, as people do. */
export async function login(role: Role, tenant: string = tenants.ours): Promise<Session> {
  const answer = await fetch(system.url("edge", "/api/auth/login"), {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ tenant, username: role, password: system.secret("users_password") }),
  });
  if (!answer.ok) throw new Error(`cannot log in as ${role} of ${tenant}: HTTP ${answer.status}`);
  const { token } = (await answer.json()) as { token: string };
  return {
    token,
    tenant,
    call: (path, init = {}) =>
      fetch(system.url("edge", path), {
        ...init,
        headers: { ...init.headers, authorization: `Bearer ${token}` },
      }),
  };
}

export interface LogRecord {
  timestamp: string;
  service: string;
  level: "trace" | "debug" | "info" | "warn" | "error" | "fatal";
  message: string;
  trace_id?: string;
  attributes?: Record<string, string | number | boolean>;
}

export interface LogPage {
  total: number;
  items: {
    id: string;
    timestamp: string;
    service: string;
    level: string;
    message: string;
    traceId?: string | null;
  }[];
  nextCursor: string | null;
}

/** A word that no other test and no seed uses, so that tests are isolated by their data. */
export function uniqueWord(prefix = "word"): string {
  return `${prefix}${crypto.randomUUID().replaceAll("-", "")}`;
}

/** Ingests and waits until the records can be found. */
export async function ingest(session: Session, records: readonly LogRecord[]): Promise<void> {
  const answer = await session.call("/api/logs?wait=true", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ records }),
  });
  if (answer.status !== 202) throw new Error(`ingest: HTTP ${answer.status} ${await answer.text()}`);
}

export async function search(session: Session, parameters: Record<string, string>): Promise<LogPage> {
  const answer = await session.call(`/api/logs?${new URLSearchParams(parameters)}`);
  if (answer.status !== 200) throw new Error(`search: HTTP ${answer.status} ${await answer.text()}`);
  return (await answer.json()) as LogPage;
}

/** A record just after the seeded window, which ends at the anchor, for tests that only care about some of it. */
export function logRecord(part: Partial<LogRecord> & { message: string }): LogRecord {
  return {
    timestamp: new Date(Date.parse(system.environment.anchor) + 1000).toISOString(),
    service: "checkout",
    level: "info",
    ...part,
  };
}

export async function upload(
  session: Session,
  name: string,
  content: string | Uint8Array<ArrayBuffer>,
  type = "text/plain",
): Promise<Response> {
  const form = new FormData();
  form.set("file", new Blob([content], { type }), name);
  return session.call("/api/files/upload", { method: "POST", body: form });
}

/** What the seed stage put into the system, as far as suites compare with it. */
export interface GroundTruth {
  window: { from: string; to: string };
  tenants: Record<string, { canary: string; logs: { total: number; byLevel: Record<string, number> } }>;
}

export async function groundTruth(): Promise<GroundTruth> {
  const file = Object.values(system.environment.groundTruth).find((path) =>
    path.endsWith("ground-truth.json"),
  );
  if (file === undefined) throw new Error("the environment was not seeded");
  return JSON.parse(await readFile(file, "utf8")) as GroundTruth;
}
