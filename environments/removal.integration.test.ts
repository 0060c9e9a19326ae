import { readdir, readFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { runCommand } from "#core/command";
import { statePath } from "#core/state";
import { attachEnvironment, readComposeModel, removeEnvironment, startEnvironment } from "./index.ts";
import { readRecord, writeRecord } from "./record.ts";
import { testImage } from "./testing/test-image.ts";
import { leftOf, useWorkbench } from "./testing/workbench.ts";

const workbench = useWorkbench();
const lone = `services: { a: { image: "${testImage}", command: sleep 1000 } }`;

describe("removal @req:A1", () => {
  it("takes paused containers too, and puts strangers out of its networks without harming them", async () => {
    const environment = await startEnvironment(
      await workbench.project({ "compose.yaml": lone }, { id: "rm-guest" }),
    );
    const guest = `stranger-${process.pid}`;
    await runCommand("docker", [
      ...["run", "--detach", "--rm", "--name", guest, "--network", "gauntlet-rm-guest_default"],
      ...[testImage, "sleep", "1000"],
    ]);
    try {
      await runCommand("docker", ["pause", "gauntlet-rm-guest-a-1"]);
      await environment.stop();
      expect(await leftOf("rm-guest")).toEqual([]);
      const { stdout } = await runCommand("docker", ["inspect", "--format", "{{.State.Running}}", guest]);
      expect(stdout.trim()).toBe("true");
    } finally {
      await runCommand("docker", ["rm", "--force", guest], { accept: [0, 1] });
    }
  });

  it("refuses what a live process holds, and what is still starting cannot be attached to", async () => {
    await using environment = await startEnvironment(
      await workbench.project({ "compose.yaml": lone }, { id: "rm-held" }),
    );
    const record = await readRecord("rm-held");
    if (!record) throw new Error("no record");
    const other = { ...record.lease.owner, pid: process.ppid, startTicks: await startTicksOf(process.ppid) };
    await writeRecord({ ...record, lease: { ...record.lease, owner: other } });
    await expect(removeEnvironment("rm-held")).rejects.toMatchObject({
      code: "ENVIRONMENT_HELD",
      exitCode: 4,
    });
    const { descriptor: _descriptor, ...starting } = record;
    await writeRecord(starting);
    await expect(attachEnvironment("rm-held")).rejects.toMatchObject({ code: "ENVIRONMENT_STARTING" });
    await expect(removeEnvironment("rm-nowhere")).rejects.toMatchObject({ code: "NO_SUCH_ENVIRONMENT" });
    expect((await environment.target("a").inspect()).isRunning).toBe(true);
  });

  it("of an attached environment by stop()", async () => {
    const options = await workbench.project(
      {
        "compose.yaml": `services: { a: { image: "${testImage}", command: echo with a terminal, tty: true } }`,
      },
      { id: "rm-attached", lifetime: { ttlMs: 60_000 } },
    );
    await startEnvironment(options);
    const attached = await attachEnvironment("rm-attached");
    const folder = await workbench.folder();
    // Started is not yet spoken: the container's first line may come a moment later.
    const said = async () => {
      await attached.collectLogs(folder);
      return (await readFile(join(folder, "a.log"), "utf8")).trim();
    };
    await expect.poll(said, { timeout: 10_000 }).toBe("with a terminal");
    await attached.stop();
    expect(await leftOf("rm-attached")).toEqual([]);
  });
});

describe("a start that is disturbed @req:A1", () => {
  const chain = `
services:
  first: { image: "${testImage}", command: sleep 1000, healthcheck: { test: "true", interval: 300ms } }
  web:
    image: ${testImage}
    command: perl /serve.pl 80
    ports: ["80"]
    depends_on: { first: { condition: service_healthy } }
`;

  it("by somebody who takes its port says so", async () => {
    vi.stubEnv("GAUNTLET_STATE_DIR", await workbench.folder());
    const server = createServer();
    const starting = startEnvironment(await workbench.project({ "compose.yaml": chain }, { id: "rm-port" }), {
      events: (event) => {
        if (event.type !== "service.changed" || event.service !== "first" || event.state !== "created")
          return;
        readdir(statePath("ports")).then((files) => {
          server.listen(
            Number.parseInt(files.find((file) => /^\d+\.json$/.test(file)) ?? "0", 10),
            "127.0.0.1",
          );
        });
      },
    });
    try {
      await expect(starting).rejects.toMatchObject({ code: "PORT_TAKEN", exitCode: 4 });
    } finally {
      server.close();
    }
    expect(await leftOf("rm-port")).toEqual([]);
  });

  it("by somebody who removes its containers says so", async () => {
    const starting = startEnvironment(
      await workbench.project({ "compose.yaml": chain }, { id: "rm-other" }),
      {
        events: (event) => {
          if (event.type === "service.changed" && event.service === "first" && event.state === "started") {
            void runCommand("docker", ["rm", "--force", "gauntlet-rm-other-web-1"]);
          }
        },
      },
    );
    await expect(starting).rejects.toMatchObject({ code: "CONTAINER_REMOVED", exitCode: 4 });
    expect(await leftOf("rm-other")).toEqual([]);
  });

  it("by a port that nobody answers on says what it waited for", async () => {
    const options = await workbench.project(
      { "compose.yaml": `services: { mute: { image: "${testImage}", command: sleep 1000, ports: ["80"] } }` },
      { id: "rm-mute", startTimeoutMs: 5_000 },
    );
    await expect(startEnvironment(options)).rejects.toMatchObject({
      code: "START_TIMED_OUT",
      message: expect.stringContaining("gauntlet-rm-mute-mute-1: nothing answers on its published port"),
    });
  });
});

describe("the model", () => {
  it("is read as Compose reads it: profiles, services, warnings", async () => {
    const { composeFiles } = await workbench.project({
      "compose.yaml": `services:
  a: { image: "x:$NOWHERE_TO_BE_FOUND", depends_on: [b] }
  b: { image: x, scale: 2 }
  c: { image: x, profiles: [more] }
`,
    });
    const warnings: string[] = [];
    const model = await readComposeModel(composeFiles, { onWarning: (one) => warnings.push(one) });
    expect(Object.keys(model.services)).toEqual(["a", "b"]);
    expect(warnings).toEqual([expect.stringContaining("NOWHERE_TO_BE_FOUND")]);
    const all = await readComposeModel(composeFiles, { composeProfiles: ["more"] });
    expect(Object.keys(all.services)).toEqual(["a", "b", "c"]);
    const some = await readComposeModel(composeFiles, {
      services: ["a"],
      variables: { NOWHERE_TO_BE_FOUND: "1" },
    });
    expect([Object.keys(some.services), some.services["a"]?.image]).toEqual([["a", "b"], "x:1"]);
    await expect(readComposeModel([])).rejects.toMatchObject({ code: "COMPOSE_EMPTY" });
  });

  it("cannot be read without Compose, which is named", async () => {
    const { composeFiles } = await workbench.project({ "compose.yaml": lone });
    const path = process.env["PATH"];
    vi.stubEnv("PATH", "/nowhere");
    try {
      await expect(readComposeModel(composeFiles)).rejects.toMatchObject({ code: "NO_COMPOSE", exitCode: 4 });
    } finally {
      vi.stubEnv("PATH", path);
    }
  });
});

async function startTicksOf(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8");
  return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19]);
}
