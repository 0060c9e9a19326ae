import { createHash } from "node:crypto";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, vi } from "vitest";
import type { CommandError } from "#core/command";
import { buildFailure, pullFailure } from "./build-failure.ts";
import { describeCreateError } from "./create-containers.ts";
import { describeEngineError, engineAddress } from "./engine.ts";
import { describeFileError, EnvironmentError } from "./errors.ts";
import { startRefused } from "./start-services.ts";

it("@req:A1 a full disk is named, with the path and what frees space", async () => {
  const error = await writeFile("/dev/full", "x").catch((reason: unknown) => reason);
  expect(describeFileError(error, "/state/x")).toMatchObject({
    code: "DISK_FULL",
    exitCode: 4,
    message: expect.stringContaining("/state/x"),
    hint: expect.stringContaining("docker system df"),
  });
  const other = new TypeError("x");
  expect(describeFileError(other, "/x")).toBe(other);
});

it("@req:A1 an engine's errors keep its words and get a code", () => {
  const of = (message: string, code?: string) =>
    describeEngineError("do it", Object.assign(new Error(message), code ? { code } : {}));
  expect(of("connect", "ECONNREFUSED")).toMatchObject({ code: "NO_ENGINE" });
  expect(of("connect", "EACCES").message).toContain("may not use");
  expect(of("socket hang up")).toMatchObject({ code: "ENGINE_LOST", exitCode: 4 });
  expect(of("(HTTP code 500) server error - no space left on device")).toMatchObject({ code: "DISK_FULL" });
  expect(of("(HTTP code 409) conflict - name taken")).toMatchObject({
    code: "ENGINE_REFUSED",
    message: "could not do it: conflict - name taken",
  });
  const own = new EnvironmentError("x", { code: "X" });
  expect(describeEngineError("y", own)).toBe(own);
});

it("@req:A1 a build or pull that fails for want of engine or space says so", () => {
  const cause = {
    result: { stderr: "Cannot connect to the Docker daemon" },
    message: "",
  } as unknown as CommandError;
  expect(buildFailure(["a"], ["Cannot connect to the Docker daemon"], cause)).toMatchObject({
    code: "NO_ENGINE",
  });
  expect(buildFailure(["a"], ["write x: no space left on device"], cause)).toMatchObject({
    code: "DISK_FULL",
  });
  expect(pullFailure("a", "x:1", cause)).toMatchObject({ code: "NO_ENGINE" });
  const full = { result: { stderr: "no space left on device" }, message: "" } as unknown as CommandError;
  expect(pullFailure("a", "x:1", full)).toMatchObject({ code: "DISK_FULL" });
});

it("talks to the engine the docker command line would talk to", async () => {
  const folder = await mkdtemp(join(tmpdir(), "gauntlet-docker-"));
  try {
    vi.stubEnv("DOCKER_HOST", undefined);
    vi.stubEnv("DOCKER_CONTEXT", undefined);
    vi.stubEnv("DOCKER_CONFIG", folder);
    expect(engineAddress()).toBeUndefined();
    const meta = join(folder, "contexts/meta", createHash("sha256").update("lab").digest("hex"));
    await mkdir(meta, { recursive: true });
    await writeFile(join(folder, "config.json"), JSON.stringify({ currentContext: "lab" }));
    await writeFile(
      join(meta, "meta.json"),
      JSON.stringify({ Endpoints: { docker: { Host: "unix:///lab.sock" } } }),
    );
    expect(engineAddress()).toBe("unix:///lab.sock");
    vi.stubEnv("DOCKER_CONTEXT", "default");
    expect(engineAddress()).toBeUndefined();
    vi.stubEnv("DOCKER_HOST", "tcp://engine:2375");
    expect(engineAddress()).toBe("tcp://engine:2375");
  } finally {
    vi.unstubAllEnvs();
    await rm(folder, { recursive: true });
  }
});

it("@req:A1 what keeps Compose from creating containers is told apart", () => {
  const codeOf = (stderr: string) =>
    describeCreateError({ result: { stderr }, message: "" } as unknown as CommandError, "gauntlet-e1").code;
  expect(codeOf("Cannot connect to the Docker daemon at unix:///x")).toBe("NO_ENGINE");
  expect(codeOf("mkdir /var/lib: no space left on device")).toBe("DISK_FULL");
  expect(codeOf("could not find an available, non-overlapping IPv4 address pool")).toBe("NO_FREE_SUBNET");
  expect(codeOf(" Container a  Creating\nError response from daemon: no such device")).toBe("CREATE_FAILED");
});

it("@req:A1 a host port that was taken between reservation and start is named", () => {
  const instance = { service: "web", container: "p-web-1", state: "starting" as const, crashes: 0 };
  const of = (message: string) => startRefused(instance, new Error(message));
  const taken = { code: "PORT_TAKEN", exitCode: 4, message: expect.stringContaining("20001") };
  expect(of("userland proxy: listen tcp4 127.0.0.1:20001: bind: address already in use")).toMatchObject(
    taken,
  );
  expect(of("Bind for 127.0.0.1:20001 failed: port is already allocated")).toMatchObject(taken);
  expect(of("exec: nothing: not found")).toMatchObject({ code: "ENGINE_REFUSED" });
});
