import { expect, it, vi } from "vitest";
import { watchProcesses } from "../testing/watch-processes.ts";
import { runSuiteProcess } from "./suite-process.ts";

// Each starts processes of its own; on a busy machine that takes a while.
vi.setConfig({ testTimeout: 60_000 });

const never = { signal: new AbortController().signal, timeoutMs: 60_000 };
const node = process.execPath;

it("hands on what the command answers, its environment and its exit code", async () => {
  const program = "console.log(process.env.COLOUR, typeof process.env.GAUNTLET_SUITE_PROCESS)";
  const result = await runSuiteProcess(node, ["-e", program], { env: { COLOUR: "red" }, ...never });
  expect(result).toMatchObject({ exitCode: 0, stdout: "red string\n" });
  await expect(runSuiteProcess(node, ["-e", "process.exit(3)"], never)).rejects.toMatchObject({
    code: "COMMAND_FAILED",
  });
});

it("takes a command that answers being stopped with success for what it is: too late", async () => {
  const program = 'process.on("SIGTERM", () => process.exit(0)); setInterval(() => {}, 1000);';
  const running = runSuiteProcess(node, ["-e", program], { ...never, timeoutMs: 700 });
  await expect(running).rejects.toMatchObject({
    code: "SUITE_TIMED_OUT",
    message: "took longer than 0.7 s",
  });
});

/** Ends as soon as a process it started has said who it is; that one spins from then on. */
const leaver = (port: number, output: "ignore" | "inherit") => `
  const spin = 'fetch("http://127.0.0.1:${port}/started/" + process.pid).then(() => { process.send(1); for (;;); })';
  const options = { stdio: ["ignore", "${output}", "${output}", "ipc"], detached: true };
  const child = require("node:child_process").spawn(process.execPath, ["-e", spin], options);
  child.on("message", () => process.exit());
`;

it("ends what the command left running @req:A3", async () => {
  await using watch = await watchProcesses();
  await runSuiteProcess(node, ["-e", leaver(watch.server.port, "ignore")], never);
  expect(await watch.areGone()).toBe(true);
});

it("ends what holds the output of a command that was called off", async () => {
  await using watch = await watchProcesses();
  const program = leaver(watch.server.port, "inherit");
  await expect(runSuiteProcess(node, ["-e", program], { ...never, signal: watch.started })).rejects.toThrow(
    "called off",
  );
  expect(await watch.areGone()).toBe(true);
});
