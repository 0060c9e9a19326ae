import { expect, it, vi } from "vitest";
import { collectGarbage, listEnvironments, removeEnvironment, startEnvironment } from "./index.ts";
import { testImage } from "./testing/test-image.ts";
import { leftOf, useWorkbench } from "./testing/workbench.ts";

const workbench = useWorkbench();

const compose = `
services:
  a: { image: "${testImage}", command: perl /serve.pl 80, ports: ["80"] }
`;

const started = async (id: string, keepForMs: number) =>
  startEnvironment(await workbench.project({ "compose.yaml": compose }, { id, lifetime: { keepForMs } }));

it("is removed with its process unless it is kept", async () => {
  {
    await using environment = await started("keep-not", 60_000);
    const [record] = await listEnvironments();
    expect(record?.lease.expiresAtMs).toBeUndefined();
    expect(environment.services).toEqual(["a"]);
  }
  expect(await leftOf("keep-not")).toEqual([]);
  expect(await listEnvironments()).toEqual([]);
}, 60_000);

it("runs on when it is kept, here and for those who only see the engine, until somebody removes it", async () => {
  {
    await using environment = await started("keep-on", 60_000);
    const until = await environment.keep();
    expect(until.getTime() - Date.now()).toBeGreaterThan(55_000);
    await expect(environment.keep()).resolves.toBeInstanceOf(Date);
  }
  expect(await listEnvironments()).toMatchObject([
    { id: "keep-on", lease: { expiresAtMs: expect.any(Number) } },
  ]);
  expect((await collectGarbage()).kept).toContain("keep-on");
  const own = process.env["GAUNTLET_STATE_DIR"];
  vi.stubEnv("GAUNTLET_STATE_DIR", await workbench.folder());
  expect((await collectGarbage({ dryRun: true })).kept).toContain("keep-on");
  vi.stubEnv("GAUNTLET_STATE_DIR", own);
  await removeEnvironment("keep-on");
  expect(await leftOf("keep-on")).toEqual([]);
}, 60_000);

it("is garbage once its term is over", async () => {
  const environment = await started("keep-brief", 1);
  await environment.keep();
  expect((await collectGarbage()).removed).toContain("keep-brief");
  expect(await leftOf("keep-brief")).toEqual([]);
}, 60_000);

it("says that an environment without that lifetime cannot be kept", async () => {
  await using environment = await startEnvironment(
    await workbench.project({ "compose.yaml": compose }, { id: "keep-never" }),
  );
  await expect(environment.keep()).rejects.toMatchObject({ code: "NOT_KEEPABLE", exitCode: 2 });
}, 60_000);
