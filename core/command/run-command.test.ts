import { expect, it } from "vitest";
import { CommandError, runCommand } from "./index.ts";

const node = (script: string, options = {}) => runCommand(process.execPath, ["-e", script], options);

it("returns output and exit code, and streams lines as they come @req:F15", async () => {
  const lines: string[] = [];
  const result = await node("console.log('a'); console.error('b')", {
    onLine: (line: string, stream: string) => lines.push(`${stream}:${line}`),
  });
  expect(result).toMatchObject({ exitCode: 0, stdout: "a\n", stderr: "b\n" });
  expect(lines.sort()).toEqual(["stderr:b", "stdout:a"]);
});

it("fails with the last lines of a command that exits badly, unless the code is an answer", async () => {
  await expect(node("console.error('no disk'); process.exit(3)")).rejects.toMatchObject({
    code: "COMMAND_FAILED",
    message: expect.stringContaining("no disk"),
    result: { exitCode: 3 },
  });
  expect((await node("process.exit(3)", { accept: [0, 3] })).exitCode).toBe(3);
});

it("tells a missing command, a time-out and an abort apart", async () => {
  await expect(runCommand("no-such-command-anywhere", [])).rejects.toMatchObject({
    code: "COMMAND_NOT_FOUND",
  });
  await expect(node("setInterval(() => {}, 1000)", { timeoutMs: 50 })).rejects.toMatchObject({
    code: "COMMAND_TIMED_OUT",
  });
  const answering = "process.on('SIGTERM', () => process.exit(0)); setInterval(() => {}, 1000)";
  await expect(node(answering, { timeoutMs: 300 })).rejects.toMatchObject({ code: "COMMAND_TIMED_OUT" });
  const controller = new AbortController();
  setTimeout(() => controller.abort(new Error("cancelled by test")), 50);
  await expect(node("setInterval(() => {}, 1000)", { signal: controller.signal })).rejects.toThrow(
    "cancelled by test",
  );
});

it("keeps the newest output when there is too much @req:F15", async () => {
  const result = await node("for (let i = 0; i < 20000; i++) console.log('line ' + i)", {
    maxOutputChars: 1000,
  });
  expect(result.stdout.length).toBeLessThanOrEqual(1000);
  expect(result.stdout).toMatch(/line 19999\n$/);
});

it("passes input and environment, and removes a variable set to undefined", async () => {
  const result = await node(
    "process.stdin.pipe(process.stdout); console.log(process.env.A, process.env.HOME)",
    {
      input: "in",
      env: { A: "1", HOME: undefined },
    },
  );
  expect(result.stdout).toContain("1 undefined");
  expect(result.stdout).toContain("in");
  expect(new CommandError("x", {}, { code: "Y" }).name).toBe("CommandError");
});
