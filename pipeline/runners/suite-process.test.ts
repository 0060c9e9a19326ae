import { expect, it } from "vitest";
import { watchProcesses } from "../testing/watch-processes.ts";
import { runSuiteProcess } from "./suite-process.ts";

const never = new AbortController().signal;
const node = process.execPath;

it("hands on what the command answers, its environment and its exit code", async () => {
  const program = "console.log(process.env.COLOUR, typeof process.env.GAUNTLET_SUITE_PROCESS)";
  const result = await runSuiteProcess(node, ["-e", program], { env: { COLOUR: "red" }, signal: never });
  expect(result).toMatchObject({ exitCode: 0, stdout: "red string\n" });
  await expect(runSuiteProcess(node, ["-e", "process.exit(3)"], { signal: never })).rejects.toMatchObject({
    code: "COMMAND_FAILED",
  });
});

/** Starts a detached process that spins once it has said who it is. */
const leaver = (port: number, stdio: "ignore" | "inherit") => `
  const spin = 'fetch("http://127.0.0.1:${port}/started/" + process.pid).then(() => { for (;;); })';
  const child = require("node:child_process").spawn(process.execPath, ["-e", spin], { stdio: "${stdio}", detached: true });
  child.unref();
`;

it("ends what the command left running @req:A3", async () => {
  await using watch = await watchProcesses();
  const waits = `${leaver(watch.server.port, "ignore")}; setTimeout(() => {}, 3_000);`;
  await runSuiteProcess(node, ["-e", waits], { signal: never });
  expect(await watch.areGone()).toBe(true);
});

it("ends what holds the output of a command that was called off", async () => {
  await using watch = await watchProcesses();
  const program = leaver(watch.server.port, "inherit");
  await expect(runSuiteProcess(node, ["-e", program], { signal: watch.started })).rejects.toThrow(
    "called off",
  );
  expect(await watch.areGone()).toBe(true);
});
