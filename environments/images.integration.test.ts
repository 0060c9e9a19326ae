import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { runCommand } from "#core/command";
import type { RunEvent } from "#core/ports";
import { startEnvironment } from "./index.ts";
import { testImage } from "./testing/test-image.ts";
import { leftOf, recordEvents, useWorkbench } from "./testing/workbench.ts";

const workbench = useWorkbench();
const made = new Set<string>();
// Unlike any that was built before on this machine.
const nonce = `${process.pid}-${Date.now()}`;

afterAll(async () => {
  if (made.size > 0) await runCommand("docker", ["rmi", "--force", ...made], { accept: [0, 1] });
});

describe("images", () => {
  it("are built once for each content, found again, and shared with services that name them", async () => {
    const options = await workbench.project({
      "compose.yaml": `
services:
  app: { image: "my/app:1", build: { context: ., args: { GREETING: hello } }, command: sleep 1000 }
  job: { image: "my/app:1", command: cat /file /greeting, depends_on: [app] }
`,
      Dockerfile: `FROM ${testImage}\nARG GREETING\nRUN echo "$GREETING" > /greeting\nCOPY file /file\n`,
      ".dockerignore": "*\n!file\n",
      file: `${nonce}\n`,
      other: "not part of the context",
    });
    const watch = recordEvents();
    const [first, second] = await Promise.all([
      startEnvironment(options, { events: watch.sink }),
      startEnvironment(options, { events: watch.sink }),
    ]);
    const image = first.descriptor.services["app"]?.image ?? "";
    made.add(image);
    expect(image).toMatch(/^gauntlet-build\/app:[0-9a-f]{32}$/);
    expect(first.descriptor.services["job"]?.image).toBe(image);
    expect(second.descriptor.services["app"]?.image).toBe(image);
    expect(builtIn(watch.events)).toEqual({ built: ["app"], cached: ["app"] });
    expect(
      watch.events.some((event) => event.type === "progress" && /builds the same image/.test(event.message)),
    ).toBe(true);
    await Promise.all([first.stop(), second.stop()]);

    await writeFile(join(options.projectDirectory, "other"), "changed, but ignored");
    const again = recordEvents();
    await (await startEnvironment(options, { events: again.sink })).stop();
    expect(builtIn(again.events)).toEqual({ built: [], cached: ["app"] });

    await writeFile(join(options.projectDirectory, "file"), `${nonce} changed\n`);
    const changed = recordEvents();
    const third = await startEnvironment(options, { events: changed.sink });
    made.add(third.descriptor.services["app"]?.image ?? "");
    expect(builtIn(changed.events)).toEqual({ built: ["app"], cached: [] });
    const { stdout } = await third.target("app").exec(["cat", "/file", "/greeting"]);
    expect(stdout.toString()).toBe(`${nonce} changed\nhello\n`);
    expect(third.descriptor.fingerprint).not.toBe(first.descriptor.fingerprint);
    await third.stop();
  }, 120_000);

  it("with a health check of their own are waited for", async () => {
    const options = await workbench.project({
      "compose.yaml": `services: { app: { build: . } }`,
      Dockerfile: `FROM ${testImage}\nHEALTHCHECK --interval=300ms CMD test -f /ready\nCMD sleep 1; touch /ready; sleep 1000\n`,
    });
    const { events, sink } = recordEvents();
    await using environment = await startEnvironment(options, { events: sink });
    made.add(environment.descriptor.services["app"]?.image ?? "");
    expect(environment.descriptor.services["app"]?.hasHealthcheck).toBe(true);
    expect((await environment.target("app").inspect()).health).toBe("healthy");
    const states = events.flatMap((event) => (event.type === "service.changed" ? [event.state] : []));
    expect(states).toEqual(["created", "started", "healthy"]);
  });

  it.each([
    [
      "a Dockerfile frontend",
      `# syntax=localhost:9/docker/dockerfile:1\nFROM ${testImage}\nRUN echo ${nonce}\n`,
      { code: "DOCKERFILE_FRONTEND_UNAVAILABLE", message: expect.stringContaining("docker/dockerfile:1") },
    ],
    [
      "a base image",
      "FROM localhost:9/nowhere/base:7\n",
      { code: "BASE_IMAGE_UNAVAILABLE", message: expect.stringContaining("localhost:9/nowhere/base:7") },
    ],
    [
      "a command that works",
      `FROM ${testImage}\nRUN echo "no such thing ${nonce}" && exit 9\n`,
      { code: "BUILD_FAILED", message: expect.stringContaining(`no such thing ${nonce}`) },
    ],
  ])(
    "that need %s which is not to be had are named, with exit code 4",
    async (_what, Dockerfile, expected) => {
      const id = `image-${expected.code.toLowerCase().slice(0, 5)}`;
      const options = await workbench.project(
        { "compose.yaml": "services: { app: { build: . } }", Dockerfile },
        { id },
      );
      await expect(startEnvironment(options)).rejects.toMatchObject({ ...expected, exitCode: 4 });
      expect(await leftOf(id)).toEqual([]);
    },
  );
});

function builtIn(events: readonly RunEvent[]) {
  const finished = events.filter((event) => event.type === "image.finished");
  return {
    built: finished.filter((event) => !event.wasCached).map((event) => event.service),
    cached: finished
      .filter((event) => event.wasCached && event.service === "app")
      .map((event) => event.service),
  };
}
