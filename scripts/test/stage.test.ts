import { spawn } from "node:child_process";
import { once } from "node:events";
import { describe, expect, test } from "vitest";
import { isStopped, runStage } from "./stage.ts";

const stage = JSON.stringify(new URL("./stage.ts", import.meta.url).href);

describe("a stage", () => {
  test("gives its command's exit code", async () => {
    expect(await runStage(process.execPath, ["-e", "process.exit(7)"])).toBe(7);
  });

  test("killed by a signal has 128 and its number", async () => {
    expect(await runStage(process.execPath, ["-e", "process.kill(process.pid, 'SIGKILL')"])).toBe(137);
  });

  test("a command that does not exist is an error", async () => {
    await expect(runStage("/nowhere/tool", [])).rejects.toThrow("ENOENT");
  });

  test("hands a signal on and waits for the command to clean up", async () => {
    const command = `process.on("SIGTERM", () => setTimeout(() => { console.log("cleaned"); process.exit(143); }, 50)); setInterval(() => {}, 1000); console.log("up");`;
    const script = `const { runStage } = await import(${stage}); process.exit(await runStage(process.execPath, ["-e", ${JSON.stringify(command)}]));`;
    const parent = spawn(process.execPath, ["--input-type=module", "-e", script]);
    let said = "";
    for await (const chunk of parent.stdout) {
      said += chunk;
      if (said === "up\n") parent.kill("SIGTERM");
    }
    const [code] = parent.exitCode === null ? await once(parent, "exit") : [parent.exitCode];
    expect(said).toBe("up\ncleaned\n");
    expect(code).toBe(143);
    expect(isStopped(143)).toBe(true);
    expect(isStopped(1)).toBe(false);
  });
});
