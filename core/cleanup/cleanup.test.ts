import { EventEmitter } from "node:events";
import { describe, expect, it } from "vitest";
import { GauntletError } from "#core/errors";
import { CleanupStack, interruptSignal } from "./index.ts";

describe("CleanupStack @req:A1", () => {
  it("undoes in reverse order and once only", async () => {
    const order: string[] = [];
    const stack = new CleanupStack();
    stack.defer("network", () => order.push("network"));
    stack.defer("container", () => order.push("container"));
    await Promise.all([stack.run(), stack.run()]);
    expect(order).toEqual(["container", "network"]);
  });

  it("goes on after a step that throws and after one that hangs, and names both", async () => {
    const order: string[] = [];
    const stack = new CleanupStack();
    stack.defer("last", () => order.push("last"));
    stack.defer("hangs", () => new Promise(() => {}), { deadlineMs: 10 });
    stack.defer("throws", () => {
      throw new Error("no engine");
    });
    const failures = await stack.run();
    expect(order).toEqual(["last"]);
    expect(failures.map((failure) => failure.step)).toEqual(["throws", "hangs"]);
    expect(String(failures[1]?.error)).toContain("longer than 10 ms");
  });

  it("runs when its scope ends and refuses late steps", async () => {
    const order: string[] = [];
    const stack = new CleanupStack();
    {
      await using scope = stack;
      scope.defer("a", () => order.push("a"));
    }
    expect(order).toEqual(["a"]);
    expect(stack.failures).toEqual([]);
    expect(() => stack.defer("b", () => {})).toThrow("too late");
  });
});

describe("interruptSignal @req:A1", () => {
  const fakeProcess = (ppid = 10) => {
    const exits: number[] = [];
    const proc = Object.assign(new EventEmitter(), { ppid, exit: (code: number) => exits.push(code) });
    return {
      proc: proc as unknown as NodeJS.Process & { ppid: number },
      exits,
      emit: (name: string) => proc.emit(name),
    };
  };

  it.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
    ["SIGHUP", 143],
  ])("aborts on %s with exit code %i, a second SIGTERM exits at once", (name, exitCode) => {
    const { proc, exits, emit } = fakeProcess();
    using interruption = interruptSignal(proc);
    emit(name);
    expect(interruption.signal.reason).toBeInstanceOf(GauntletError);
    expect((interruption.signal.reason as GauntletError).exitCode).toBe(exitCode);
    expect(exits).toEqual([]);
    emit("SIGTERM");
    expect(exits).toEqual([143]);
  });

  it("counts a vanished parent as SIGTERM", async () => {
    const { proc } = fakeProcess();
    using interruption = interruptSignal(proc);
    (proc as { ppid: number }).ppid = 1;
    await expect
      .poll(() => (interruption.signal.reason as Error | undefined)?.message, { timeout: 2000 })
      .toContain("parent process is gone");
  });

  it("leaves no handlers behind", () => {
    const { proc } = fakeProcess();
    interruptSignal(proc)[Symbol.dispose]();
    expect(proc.listenerCount("SIGINT") + proc.listenerCount("SIGTERM") + proc.listenerCount("SIGHUP")).toBe(
      0,
    );
  });
});
