import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { cpus, homedir } from "node:os";
import { join } from "node:path";
import Docker from "dockerode";
import { GauntletError } from "#core/errors";
import { EnvironmentError } from "./errors.ts";

/** What kind of machine runs the containers: part of the fingerprint. */
export interface EngineFacts {
  version: string;
  apiVersion: string;
  kernel: string;
  cpuModel: string;
  cpuCount: number;
}

/** The Docker API client for the engine the `docker` command line would use. */
export function connectEngine(): Docker {
  const address = engineAddress();
  if (address?.startsWith("unix://")) return new Docker({ socketPath: address.slice("unix://".length) });
  return new Docker();
}

/** `DOCKER_HOST`, else the endpoint of the current context, else undefined (the default socket). */
export function engineAddress(): string | undefined {
  if (process.env["DOCKER_HOST"]) return process.env["DOCKER_HOST"];
  try {
    const folder = process.env["DOCKER_CONFIG"] ?? join(homedir(), ".docker");
    const config = JSON.parse(readFileSync(join(folder, "config.json"), "utf8"));
    const context = process.env["DOCKER_CONTEXT"] ?? config.currentContext;
    if (typeof context !== "string" || context === "default") return undefined;
    const digest = createHash("sha256").update(context).digest("hex");
    const meta = JSON.parse(readFileSync(join(folder, "contexts/meta", digest, "meta.json"), "utf8"));
    return meta.Endpoints?.docker?.Host;
  } catch {
    return undefined;
  }
}

/** Throws EnvironmentError NO_ENGINE when no engine answers. */
export async function readEngineFacts(docker: Docker): Promise<EngineFacts> {
  const version = await callEngine("ask the engine for its version", () => docker.version());
  const processors = cpus();
  return {
    version: version.Version,
    apiVersion: version.ApiVersion,
    kernel: version.KernelVersion ?? "unknown",
    cpuModel: processors[0]?.model ?? "unknown",
    cpuCount: processors.length,
  };
}

/** Runs one API call; what it throws is an EnvironmentError that says what was tried, on which thing. */
export async function callEngine<T>(doing: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw describeEngineError(doing, error);
  }
}

export function describeEngineError(doing: string, error: unknown): GauntletError {
  if (error instanceof GauntletError) return error;
  const { code, message } = error as NodeJS.ErrnoException;
  const text = message ?? String(error);
  if (["ECONNREFUSED", "ENOENT", "ENOTFOUND", "EACCES", "EHOSTUNREACH", "ETIMEDOUT"].includes(code ?? "")) {
    return noEngine(error, code === "EACCES");
  }
  if (code === "ECONNRESET" || code === "EPIPE" || /socket hang up|aborted/.test(text)) {
    return engineLost(doing, error);
  }
  if (/no space left on device/.test(text)) return engineDiskFull(doing, error);
  return new EnvironmentError(`could not ${doing}: ${text.replace(/^\(HTTP code \d+\) /, "")}`, {
    code: "ENGINE_REFUSED",
    hint: "the engine's own message is above; its log says more",
    cause: error,
  });
}

export function noEngine(cause: unknown, isForbidden = false): EnvironmentError {
  const where = engineAddress() ?? "its default socket";
  return new EnvironmentError(
    isForbidden
      ? `this user may not use the Docker engine at ${where}`
      : `no Docker engine answers at ${where}`,
    { code: "NO_ENGINE", hint: "run `gauntlet doctor --install`, or check DOCKER_HOST", cause },
  );
}

export function engineLost(doing: string, cause: unknown): EnvironmentError {
  return new EnvironmentError(`the Docker engine stopped answering (while trying to ${doing})`, {
    code: "ENGINE_LOST",
    hint: "start the engine again, then run `gauntlet env gc` to remove what is left",
    cause,
  });
}

export function engineDiskFull(doing: string, cause: unknown): EnvironmentError {
  return new EnvironmentError(`the engine has no disk space left (could not ${doing})`, {
    code: "DISK_FULL",
    hint: "free some space: `docker system df` shows what takes it, `docker builder prune` frees build cache",
    cause,
  });
}
