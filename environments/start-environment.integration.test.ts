import { readFile, stat } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runCommand } from "#core/command";
import { connectionOf } from "#core/environment";
import type { RunEvent } from "#core/ports";
import { attachEnvironment, listEnvironments, type StartedEnvironment, startEnvironment } from "./index.ts";
import { testImage } from "./testing/test-image.ts";
import { leftOf, recordEvents, useWorkbench } from "./testing/workbench.ts";

const workbench = useWorkbench();

const compose = `
services:
  edge:
    image: ${testImage}
    command: perl /serve.pl 80
    container_name: my-edge
    restart: always
    ports: ["80:80"]
    environment: { SELF: "\${GAUNTLET_URL_EDGE:?}", NUMBER: "\${GAUNTLET_PORT_EDGE}" }
    networks: [front, default]
    depends_on:
      store: { condition: service_healthy }
      migrate: { condition: service_completed_successfully }
      absent: { condition: service_started, required: false }
  store:
    image: ${testImage}
    command: sh -c "cat /run/secrets/password /run/secrets/inline /etc/app.conf; touch /ready; exec sleep 1000"
    healthcheck: { test: ["CMD", "test", "-f", "/ready"], interval: 300ms }
    volumes: ["data:/data", "/anonymous", "./settings:/settings:ro"]
    secrets: [password, inline]
    configs: [{ source: app, target: /etc/app.conf }]
  migrate:
    image: ${testImage}
    command: sh -c "echo migrated"
    depends_on: { store: { condition: service_healthy } }
  worker:
    image: ${testImage}
    command: sleep 1000
    deploy: { replicas: 2 }
    depends_on: { edge: { condition: service_healthy } }
  absent:
    image: ${testImage}
    profiles: [extra]
networks:
  front: { name: fixed-front, ipam: { config: [{ subnet: 10.231.77.0/24 }] } }
volumes:
  data: { name: fixed-data }
secrets:
  password: { file: "\${GAUNTLET_SECRETS_DIR:?}/password" }
  inline: { environment: INLINE_SECRET }
configs:
  app: { content: "content of app\\n" }
`;

describe("an environment", () => {
  let first: StartedEnvironment;
  let second: StartedEnvironment;
  let source: string;
  const seen: RunEvent[] = [];

  beforeAll(async () => {
    const options = await workbench.project(
      { "compose.yaml": compose, "settings/a": "a" },
      { secrets: { password: "s3cret\n" }, variables: { INLINE_SECRET: "inline secret\n" } },
    );
    source = options.composeFiles[0] ?? "";
    [first, second] = await Promise.all([
      startEnvironment(options, { events: (event) => seen.push(event) }),
      startEnvironment(options),
    ]);
  }, 90_000);

  afterAll(async () => {
    await Promise.all([first?.stop(), second?.stop()]);
  });

  it("@req:A1 runs twice side by side on ports of its own, without touching the Compose file", async () => {
    const endpoint = connectionOf(first.descriptor, "edge");
    const other = connectionOf(second.descriptor, "edge");
    expect(endpoint.host).toBe("127.0.0.1");
    expect(endpoint.port).toBeGreaterThanOrEqual(20_000);
    expect(endpoint.port).not.toBe(other.port);
    expect(await talk(endpoint.port)).toContain("hello");
    expect(await talk(other.port)).toContain("hello");
    expect(await readFile(source, "utf8")).toBe(compose);
  });

  it("tells services their outside address and keeps it over a restart", async () => {
    const { port } = connectionOf(first.descriptor, "edge");
    const { stdout } = await first.target("edge").exec(["sh", "-c", "echo $SELF $NUMBER"]);
    expect(stdout.toString().trim()).toBe(`http://127.0.0.1:${port} ${port}`);
  });

  it("@req:A1 starts in dependency order, one-shots run to their end, replicas all come up", () => {
    const order = seen.flatMap((event) =>
      event.type === "service.changed" && event.state !== "created"
        ? [`${event.service} ${event.state}`]
        : [],
    );
    const at = (what: string) => order.indexOf(what);
    expect(at("store healthy")).toBeLessThan(at("migrate started"));
    expect(at("migrate done")).toBeLessThan(at("edge started"));
    expect(at("edge healthy")).toBeLessThan(at("worker started"));
    expect(order.filter((what) => what === "worker healthy")).toHaveLength(2);
    expect(first.services).toEqual(["edge", "migrate", "store", "worker"]);
    expect(first.descriptor.services["migrate"]?.isOneShot).toBe(true);
    expect(first.descriptor.services["store"]?.hasHealthcheck).toBe(true);
  });

  it("gives secrets and configs as files, whether they come from files, variables or text", async () => {
    const folder = await workbench.folder();
    await first.collectLogs(folder);
    expect(await readFile(join(folder, "store.log"), "utf8")).toBe("s3cret\ninline secret\ncontent of app\n");
    expect(await readFile(join(folder, "migrate.log"), "utf8")).toBe("migrated\n");
    expect(await readFile(join(folder, "worker.log"), "utf8")).toContain("worker-2");
    expect(JSON.parse(await readFile(first.secretsFile, "utf8"))).toEqual({ password: "s3cret\n" });
    expect((await stat(first.secretsFile)).mode & 0o777).toBe(0o600);
  });

  it("warns about bind mounts and keeps restart policies", async () => {
    const warnings = seen.flatMap((event) => (event.type === "warning" ? [event.message] : []));
    expect(warnings.join("\n")).toMatch(/service "store" mounts .*settings/);
    const name = `${first.descriptor.project}-edge-1`;
    const { stdout } = await runCommand("docker", [
      "inspect",
      "-f",
      "{{.HostConfig.RestartPolicy.Name}}",
      name,
    ]);
    expect(stdout.trim()).toBe("always");
  });

  it("@req:A2 has the same fingerprint when it is the same, whatever its ports", () => {
    expect(first.descriptor.fingerprint).toMatch(/^[0-9a-f]{64}$/);
    expect(first.descriptor.fingerprint).toBe(second.descriptor.fingerprint);
  });

  it("@req:A2 is listed, and can be attached to without being removed", async () => {
    const records = await listEnvironments();
    expect(records.map((record) => [record.id, record.state])).toContainEqual([
      first.descriptor.id,
      "running",
    ]);
    {
      await using attached = await attachEnvironment(first.descriptor.id);
      expect(attached.descriptor).toEqual(first.descriptor);
      expect((await attached.target("store").inspect()).health).toBe("healthy");
    }
    expect((await first.target("store").inspect()).isRunning).toBe(true);
  });

  it("@req:A2 reports drift, and only when there is some", async () => {
    expect(await second.changedSinceStart()).toEqual([]);
    await runCommand("docker", ["kill", `${second.descriptor.project}-worker-2`]);
    expect(await second.changedSinceStart()).toEqual([
      `container ${second.descriptor.project}-worker-2 is exited`,
    ]);
  });

  it("execs with streams: input to its end, more than any buffer holds, an early end, the exit code", async () => {
    const target = first.target("store");
    const big = Buffer.alloc(3_000_000, "x").toString();
    const counted = await target.exec(["wc", "-c"], { input: big });
    expect(counted.stdout.toString().trim()).toBe("3000000");
    const echoed = await target.exec(["cat"], { input: big });
    expect(echoed.stdout.length).toBe(3_000_000);
    const early = await target.exec(["head", "-c", "3"], { input: big });
    expect(early.stdout.toString()).toBe("xxx");
    const failing = await target.exec(["sh", "-c", "echo $A $(id -un) >&2; exit 7"], {
      env: { A: "b" },
      user: "nobody",
    });
    expect(failing).toMatchObject({ exitCode: 7, stderr: "b nobody\n" });
    let bytes = 0;
    const streamed = await target.exec(["head", "-c", "1000000", "/dev/zero"], {
      onStdout: (chunk) => {
        bytes += chunk.length;
      },
    });
    expect([bytes, streamed.stdout.length]).toEqual([1_000_000, 0]);
  });

  it("calls an exec off", async () => {
    const started = performance.now();
    const signal = AbortSignal.timeout(200);
    await expect(first.target("store").exec(["sleep", "60"], { signal })).rejects.toThrow();
    expect(performance.now() - started).toBeLessThan(5_000);
  });

  it("crashes a service as a crash, sees it come back, and names what is not there", async () => {
    const target = first.target("edge");
    const stop = new AbortController();
    const changes = target.changes(stop.signal);
    const before = await target.inspect();
    await target.signalInit("SIGKILL");
    const kinds: string[] = [];
    for await (const change of changes) {
      kinds.push(change.kind);
      if (change.kind === "started") break;
    }
    stop.abort();
    expect(kinds).toEqual(["died", "started"]);
    await expect.poll(async () => (await target.inspect()).isRunning).toBe(true);
    const after = await target.inspect();
    expect(after.restartCount).toBe(before.restartCount + 1);
    expect(after.startedAt).not.toBe(before.startedAt);
    await expect.poll(() => talk(connectionOf(first.descriptor, "edge").port)).toContain("hello");
    expect(() => first.target("nothing")).toThrow('no service "nothing"');
    await expect(first.target("migrate").signalInit("SIGTERM")).rejects.toThrow("not running");
  });

  it("@req:A1 leaves nothing when it is stopped, however often", async () => {
    const { id } = second.descriptor;
    await Promise.all([second.stop(), second.stop()]);
    await second[Symbol.asyncDispose]();
    expect(await leftOf(id)).toEqual([]);
    await expect(stat(second.secretsFile)).rejects.toThrow("ENOENT");
    await expect(attachEnvironment(id)).rejects.toMatchObject({ code: "NO_SUCH_ENVIRONMENT", exitCode: 2 });
  });
});

describe("a part of a system", () => {
  it("starts the named services and what they depend on, isolated but for published ports", async () => {
    const options = await workbench.project(
      {
        "compose.yaml": `
services:
  web:
    image: ${testImage}
    command: perl /serve.pl 8080
    ports: ["8080"]
    depends_on: [db]
  db: { image: "${testImage}", command: "sleep 1000" }
  other: { image: "${testImage}", command: "sleep 1000" }
`,
      },
      { services: ["web"], isIsolated: true },
    );
    const { events, sink } = recordEvents();
    let id: string;
    {
      await using environment = await startEnvironment(options, { events: sink });
      id = environment.descriptor.id;
      expect(environment.services).toEqual(["db", "web"]);
      expect(await talk(connectionOf(environment.descriptor, "web").port)).toContain("hello");
      const inside = await environment
        .target("web")
        .exec(["bash", "-c", "getent hosts db >/dev/null && echo found"]);
      expect(inside.stdout.toString()).toContain("found");
      const networks = await runCommand("docker", [
        ...["network", "inspect", "--format", "{{.Name}} {{.Internal}}"],
        ...[`gauntlet-${id}_default`, `gauntlet-${id}_gauntlet_edge`],
      ]);
      expect(networks.stdout).toBe(`gauntlet-${id}_default true\ngauntlet-${id}_gauntlet_edge false\n`);
      const db = await runCommand("docker", [
        "inspect",
        "--format",
        "{{len .NetworkSettings.Networks}}",
        `gauntlet-${id}-db-1`,
      ]);
      expect(db.stdout.trim()).toBe("1");
    }
    expect(events.some((event) => event.type === "service.changed" && event.service === "other")).toBe(false);
    expect(await leftOf(id)).toEqual([]);
  });
});

/** What the other side says; empty when it says nothing. */
async function talk(port: number): Promise<string> {
  let text = "";
  try {
    const socket = connect(port, "127.0.0.1");
    socket.setTimeout(2_000, () => socket.destroy());
    for await (const chunk of socket) text += chunk;
  } catch {
    await sleep(50);
  }
  return text;
}
