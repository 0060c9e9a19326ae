import { rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { statePath } from "#core/state";
import { listEnvironments, startEnvironment } from "./index.ts";
import { cuttableEngine } from "./testing/cuttable-engine.ts";
import { testImage } from "./testing/test-image.ts";
import { leftOf, recordEvents, useWorkbench } from "./testing/workbench.ts";

const workbench = useWorkbench();
const original = process.env["DOCKER_HOST"];

afterEach(forgetEngine);

function forgetEngine() {
  if (original === undefined) delete process.env["DOCKER_HOST"];
  else process.env["DOCKER_HOST"] = original;
}

/** Starts what must not start, and checks that nothing stays behind. */
async function failureOf(compose: string, more: Parameters<typeof workbench.project>[1] = {}) {
  const id = `fail-${Math.random().toString(36).slice(2, 8)}`;
  const options = await workbench.project({ "compose.yaml": compose }, { id, ...more });
  const error = await startEnvironment(options).then(
    async (environment) => {
      await environment.stop();
      throw new Error("it started");
    },
    (reason: unknown) => reason,
  );
  expect(await leftOf(id)).toEqual([]);
  expect(await listEnvironments()).toEqual([]);
  return error;
}

describe("bad input is refused before anything is made @req:A1", () => {
  it.each([
    [
      "broken YAML",
      "services: [",
      { code: "COMPOSE_INVALID", exitCode: 2, hint: expect.stringContaining("config") },
    ],
    [
      "an unknown key",
      "services: { a: { image: x, imagee: y } }",
      { code: "COMPOSE_INVALID", message: expect.stringMatching(/compose\.yaml.*imagee/s) },
    ],
    [
      "a missing variable",
      ["services: { a: { image: '$", "{NOWHERE_SET:?}' } }"].join(""),
      { code: "COMPOSE_INVALID", hint: expect.stringContaining("NOWHERE_SET") },
    ],
    [
      "external resources, all by name",
      `services: { a: { image: x, networks: [n], volumes: ["vol:/v"] } }
networks: { n: { external: true, name: corporate } }
volumes: { vol: { external: true } }`,
      {
        code: "EXTERNAL_RESOURCE",
        exitCode: 2,
        message: expect.stringMatching(/network "corporate", volume "vol"/),
      },
    ],
    [
      "a cycle",
      "services: { a: { image: x, depends_on: [b] }, b: { image: x, depends_on: [a] } }",
      { exitCode: 2 },
    ],
    [
      "only services behind profiles",
      "services: { a: { image: x, profiles: [p] } }",
      { code: "COMPOSE_EMPTY" },
    ],
    [
      "a missing Dockerfile",
      "services: { a: { build: { context: ., dockerfile: Nowhere } } }",
      { code: "DOCKERFILE_MISSING", exitCode: 2, message: expect.stringContaining("Nowhere") },
    ],
  ])("%s", async (_what, compose, expected) => {
    expect(await failureOf(compose)).toMatchObject(expected);
  });

  it("a file that is not there, a service that is not there, an id that cannot be", async () => {
    const options = await workbench.project({ "compose.yaml": `services: { a: { image: ${testImage} } }` });
    const nowhere = { ...options, composeFiles: [join(options.projectDirectory, "nowhere.yaml")] };
    await expect(startEnvironment(nowhere)).rejects.toMatchObject({
      code: "COMPOSE_FILE_MISSING",
      exitCode: 2,
    });
    const unknown = { ...options, services: ["b"] };
    await expect(startEnvironment(unknown)).rejects.toMatchObject({ code: "NO_SUCH_SERVICE", exitCode: 2 });
    await expect(startEnvironment({ ...options, id: "A B" })).rejects.toMatchObject({ exitCode: 2 });
    await expect(startEnvironment({ ...options, secrets: { "../x": "y" } })).rejects.toMatchObject({
      exitCode: 2,
    });
  });
});

describe("a start that fails says why and undoes itself @req:A1", () => {
  it("a one-shot that fails, with its last words, at once", async () => {
    const error = await failureOf(`
services:
  migrate: { image: "${testImage}", command: "sh -c 'echo no such table; exit 3'" }
  web:
    image: ${testImage}
    command: sleep 1000
    depends_on: { migrate: { condition: service_completed_successfully } }
`);
    expect(error).toMatchObject({
      code: "SERVICE_FAILED",
      exitCode: 4,
      message: expect.stringMatching(/service "migrate" exited with 3\n.*no such table/s),
      hint: expect.stringContaining("gauntlet env logs"),
    });
  });

  it("a service that turns unhealthy, with what its check said", async () => {
    const error = await failureOf(`
services:
  db:
    image: ${testImage}
    command: sleep 1000
    healthcheck: { test: "echo still asleep; exit 1", interval: 200ms, retries: 2 }
`);
    expect(error).toMatchObject({
      code: "SERVICE_UNHEALTHY",
      exitCode: 4,
      message: expect.stringContaining("still asleep"),
    });
  });

  it("a service that never becomes healthy, with what was waited for", async () => {
    const error = await failureOf(
      `
services:
  db:
    image: ${testImage}
    command: sleep 1000
    healthcheck: { test: "echo not yet; exit 1", interval: 200ms, start_period: 600s }
  web: { image: "${testImage}", command: sleep 1000, depends_on: { db: { condition: service_healthy } } }
`,
      { startTimeoutMs: 6_000 },
    );
    expect(error).toMatchObject({
      code: "START_TIMED_OUT",
      message: expect.stringMatching(/web-1 waits for db \(service_healthy\).*not yet/s),
    });
  });

  it("a service that crashes again and again under its restart policy", async () => {
    const error = await failureOf(`
services:
  api:
    image: ${testImage}
    command: sh -c "echo cannot bind; exit 1"
    restart: always
    healthcheck: { test: "exit 1", start_period: 600s }
`);
    expect(error).toMatchObject({
      code: "SERVICE_CRASH_LOOP",
      message: expect.stringContaining("cannot bind"),
    });
  });

  it("one that ends before it was healthy; an image that is nowhere", async () => {
    const early = await failureOf(`
services:
  db: { image: "${testImage}", command: "true", healthcheck: { test: "exit 1", interval: 60s } }
  web: { image: "${testImage}", command: sleep 1000, depends_on: { db: { condition: service_healthy } } }
`);
    expect(early).toMatchObject({
      code: "SERVICE_FAILED",
      message: expect.stringContaining("which web waits for"),
    });
    const nowhere = await failureOf("services: { a: { image: 'localhost:9/nowhere:1' } }");
    expect(nowhere).toMatchObject({
      code: "IMAGE_UNAVAILABLE",
      exitCode: 4,
      message: expect.stringContaining("localhost:9/nowhere:1"),
    });
  });

  it("an abort midway, with the abort's own reason", async () => {
    const id = "fail-abort";
    const options = await workbench.project(
      {
        "compose.yaml": `services: { a: { image: "${testImage}", command: sleep 1000, volumes: ["vol:/v"],
          healthcheck: { test: "exit 1", start_period: 600s } } }
volumes: { vol: {} }`,
      },
      { id },
    );
    const controller = new AbortController();
    const reason = new Error("enough");
    const starting = startEnvironment(options, {
      signal: controller.signal,
      events: (event) => {
        if (event.type === "service.changed" && event.state === "started") controller.abort(reason);
      },
    });
    await expect(starting).rejects.toBe(reason);
    expect(await leftOf(id)).toEqual([]);
    await expect(startEnvironment(options, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });

  it("an id that is taken, without harming who has it", async () => {
    const options = await workbench.project(
      { "compose.yaml": `services: { a: { image: "${testImage}", command: sleep 1000 } }` },
      { id: "fail-twice" },
    );
    await using environment = await startEnvironment(options);
    await expect(startEnvironment(options)).rejects.toMatchObject({
      code: "ENVIRONMENT_EXISTS",
      exitCode: 2,
    });
    const elsewhere = await workbench.folder();
    vi.stubEnv("GAUNTLET_STATE_DIR", elsewhere);
    try {
      await expect(startEnvironment(options)).rejects.toMatchObject({
        code: "ENVIRONMENT_EXISTS",
        exitCode: 2,
      });
    } finally {
      vi.stubEnv("GAUNTLET_STATE_DIR", join(environment.secretsFile, "../../.."));
    }
    expect((await environment.target("a").inspect()).isRunning).toBe(true);
  });

  it("state that cannot be written", async () => {
    const options = await workbench.project({ "compose.yaml": `services: { a: { image: ${testImage} } }` });
    const before = process.env["GAUNTLET_STATE_DIR"];
    const file = join(await workbench.folder(), "file");
    await writeFile(file, "");
    vi.stubEnv("GAUNTLET_STATE_DIR", join(file, "state"));
    try {
      await expect(startEnvironment(options)).rejects.toMatchObject({
        code: "STATE_NOT_WRITABLE",
        exitCode: 4,
      });
    } finally {
      vi.stubEnv("GAUNTLET_STATE_DIR", before);
    }
  });
});

describe("the engine @req:A1", () => {
  it("is not there", async () => {
    process.env["DOCKER_HOST"] = "unix:///nowhere/docker.sock";
    const options = await workbench.project({ "compose.yaml": `services: { a: { image: ${testImage} } }` });
    await expect(startEnvironment(options)).rejects.toMatchObject({
      code: "NO_ENGINE",
      exitCode: 4,
      message: expect.stringContaining("/nowhere/docker.sock"),
      hint: expect.stringContaining("doctor"),
    });
    expect(await listEnvironments()).toEqual([]);
  });

  it("stops midway: that is told, and what it holds is removed once it is back", async () => {
    const id = "fail-cut";
    await using engine = await cuttableEngine(await workbench.folder());
    process.env["DOCKER_HOST"] = engine.address;
    const { events, sink } = recordEvents();
    const options = await workbench.project(
      {
        "compose.yaml": `services: { a: { image: "${testImage}", command: sleep 1000,
          healthcheck: { test: "exit 1", start_period: 600s } } }`,
      },
      { id },
    );
    const error = await startEnvironment(options, {
      events: (event) => {
        sink(event);
        if (event.type === "service.changed" && event.state === "started") engine.cut();
      },
    }).catch((reason: unknown) => reason);
    expect(error).toMatchObject({
      code: "ENGINE_LOST",
      exitCode: 4,
      hint: expect.stringContaining("env gc"),
    });
    expect(events.some((event) => event.type === "warning" && /failed start/.test(event.message))).toBe(true);
    forgetEngine();
    expect(await leftOf(id)).not.toEqual([]);
    expect(await listEnvironments()).toMatchObject([{ id, state: "starting" }]);
    engine.mend();
    await expect.poll(() => leftOf(id), { timeout: 15_000, interval: 200 }).toEqual([]);
    await expect.poll(() => listEnvironments(), { timeout: 10_000 }).toEqual([]);
  });
});

describe("ports @req:A1", () => {
  it("that something else listens on are passed over", async () => {
    const options = await workbench.project(
      {
        "compose.yaml": `services: { web: { image: "${testImage}", command: perl /serve.pl 80, ports: ["80"] } }`,
      },
      { id: "fail-ports" },
    );
    const first = await startEnvironment(options);
    const port = first.descriptor.services["web"]?.endpoints[0]?.port ?? 0;
    await first.stop();
    await rm(statePath("ports"), { recursive: true, force: true });
    const listener = createServer().listen(port, "127.0.0.1");
    try {
      await using second = await startEnvironment(options);
      expect(second.descriptor.services["web"]?.endpoints[0]?.port).not.toBe(port);
    } finally {
      listener.close();
    }
  });
});
