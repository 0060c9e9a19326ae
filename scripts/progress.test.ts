import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { RunEvent } from "#core/ports";
import { terminalProgress } from "./progress.ts";

beforeEach(() => vi.useFakeTimers({ now: Date.parse("2026-01-05T13:00:00Z") }));
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
});

function watch(isTTY: boolean) {
  const written: string[] = [];
  const stream = { isTTY, columns: 60, write: (text: string) => written.push(text) };
  const progress = terminalProgress(stream as unknown as NodeJS.WriteStream);
  return { progress, text: () => written.join(""), written };
}

const counts = { passed: 3, failed: 0, broken: 0, skipped: 0 };
const run: RunEvent[] = [
  {
    type: "run.started",
    runId: "20260105-130000-ab12",
    profile: "pr",
    seed: 42,
    anchor: "2026-01-05T13:00:00.000Z",
    command: "gauntlet run pr",
  },
  { type: "stage.started", stage: "environment" },
  { type: "image.started", service: "api" },
  { type: "image.finished", service: "api", durationMs: 4200, wasCached: false },
  { type: "image.finished", service: "web", durationMs: 10, wasCached: true },
  { type: "service.changed", service: "api", state: "started", durationMs: 300 },
  { type: "service.changed", service: "api", state: "healthy", durationMs: 2300 },
  { type: "service.changed", service: "migrate", state: "done", durationMs: 900 },
  { type: "stage.finished", stage: "environment", durationMs: 9000, outcome: "ok" },
  { type: "suite.started", suite: "api" },
  { type: "test.finished", suite: "api", id: "0", title: "logs in", status: "passed", durationMs: 5 },
  { type: "suite.finished", suite: "api", durationMs: 1500, ...counts },
  { type: "suite.waiting", suite: "load", reason: "measuring suite load (pid 7)" },
  { type: "suite.finished", suite: "e2e", durationMs: 2500, ...counts, failed: 1, broken: 2, skipped: 4 },
  { type: "suite.finished", suite: "none", durationMs: 100, ...counts, passed: 0 },
  { type: "progress", stage: "seed", message: "600 logs" },
  { type: "warning", message: "suite e2e: took longer than 60 s" },
  { type: "stage.finished", stage: "gate", durationMs: 20, outcome: "failed" },
  { type: "gate.finished", verdict: "FAIL" },
];

it("writes a whole line for what is done where there is no terminal", () => {
  const { progress, text } = watch(false);
  for (const event of run) {
    vi.advanceTimersByTime(1000);
    progress.show(event);
  }
  progress.clear();
  progress[Symbol.dispose]();
  expect(text()).toMatchInlineSnapshot(`
    "  1.0s  run 20260105-130000-ab12, profile pr, seed 42, anchor 2026-01-05T13:00:00.000Z
      4.0s    image api built 4.2s
      7.0s    api healthy 2.3s
      8.0s    migrate done 0.9s
      9.0s  ✓ environment 9.0s
     12.0s    ✓ suite api 1.5s: 3 passed
     13.0s    load waits: measuring suite load (pid 7)
     14.0s    ✗ suite e2e 2.5s: 3 passed, 1 failed, 2 broken, 4 skipped
     15.0s    ✗ suite none 0.1s: 0 passed
     16.0s    600 logs
     17.0s    ! suite e2e: took longer than 60 s
     18.0s  ✗ gate 0.0s
    "
  `);
});

it("keeps one live line on a terminal, as wide as it is, and leaves none behind", () => {
  vi.stubEnv("CI", "");
  const { progress, written } = watch(true);
  progress.show({ type: "stage.started", stage: "seed" });
  progress.show({ type: "suite.started", suite: "api" });
  progress.show({
    type: "test.finished",
    suite: "api",
    id: "0",
    title: "t",
    status: "passed",
    durationMs: 1,
  });
  progress.show({
    type: "test.finished",
    suite: "gone",
    id: "1",
    title: "t",
    status: "passed",
    durationMs: 1,
  });
  vi.advanceTimersByTime(400);
  expect(written.at(-1)).toBe("\r\x1b[2K        seed 0.4s  ·  api 1 tests 0.4s");
  for (let suite = 0; suite < 9; suite++) progress.show({ type: "suite.started", suite: `suite-${suite}` });
  vi.advanceTimersByTime(200);
  expect(written.at(-1)?.length).toBe("\r\x1b[2K        ".length + 50);
  progress[Symbol.dispose]();
  expect(written.at(-1)).toBe("\r\x1b[2K");
  const before = written.length;
  vi.advanceTimersByTime(1000);
  expect(written).toHaveLength(before);
});

it("writes plain lines in CI even on a terminal", () => {
  vi.stubEnv("CI", "true");
  const { progress, text } = watch(true);
  progress.show({ type: "stage.started", stage: "seed" });
  vi.advanceTimersByTime(1000);
  progress.show({ type: "stage.finished", stage: "seed", durationMs: 1000, outcome: "ok" });
  progress[Symbol.dispose]();
  expect(text()).toBe("  1.0s  ✓ seed 1.0s\n");
});
