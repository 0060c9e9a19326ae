import type { RunEvent, RunEventSink } from "#core/ports";

/** Shows a run as it goes, on standard error: whole lines for what is done and, on a terminal, one live line for what is under way. */
export function terminalProgress(
  stream: NodeJS.WriteStream = process.stderr,
): Disposable & { show: RunEventSink; clear(): void } {
  const startMs = Date.now();
  const underWay = new Map<string, { label: string; sinceMs: number; done: number }>();
  const isLive = Boolean(stream.isTTY) && !process.env["CI"];
  const clear = () => {
    if (isLive) stream.write("\r\x1b[2K");
  };
  const line = (text: string) => {
    clear();
    stream.write(`${seconds(Date.now() - startMs).padStart(6)}  ${text}\n`);
  };
  const redraw = () => {
    if (!isLive || underWay.size === 0) return;
    const parts = [...underWay.values()].map((one) => {
      const count = one.done > 0 ? ` ${one.done} tests` : "";
      return `${one.label}${count} ${seconds(Date.now() - one.sinceMs)}`;
    });
    stream.write(
      `\r\x1b[2K        ${parts.join("  ·  ").slice(0, Math.max(20, (stream.columns ?? 100) - 10))}`,
    );
  };
  const timer = isLive ? setInterval(redraw, 200) : undefined;
  timer?.unref();

  return {
    show(event) {
      track(underWay, event);
      const text = lineOf(event);
      if (text !== undefined) line(text);
    },
    clear,
    [Symbol.dispose]() {
      clearInterval(timer);
      clear();
    },
  };
}

function track(
  underWay: Map<string, { label: string; sinceMs: number; done: number }>,
  event: RunEvent,
): void {
  const begin = (key: string, label: string) => underWay.set(key, { label, sinceMs: Date.now(), done: 0 });
  if (event.type === "stage.started" && event.stage !== "suites") begin(`stage ${event.stage}`, event.stage);
  if (event.type === "stage.finished") underWay.delete(`stage ${event.stage}`);
  if (event.type === "image.started") begin(`image ${event.service}`, `building ${event.service}`);
  if (event.type === "image.finished") underWay.delete(`image ${event.service}`);
  // A step of a build: worth seeing while it lasts, not worth a line.
  if (event.type === "progress" && event.stage === "environment") begin("step", event.message);
  if (event.type === "stage.finished" && event.stage === "environment") underWay.delete("step");
  if (event.type === "suite.started") begin(`suite ${event.suite}`, event.suite);
  if (event.type === "suite.finished") underWay.delete(`suite ${event.suite}`);
  if (event.type === "test.finished") {
    const suite = underWay.get(`suite ${event.suite}`);
    if (suite) suite.done++;
  }
}

function lineOf(event: RunEvent): string | undefined {
  switch (event.type) {
    case "run.started":
      return `run ${event.runId}, profile ${event.profile}, seed ${event.seed}, anchor ${event.anchor}`;
    case "stage.finished":
      return `${event.outcome === "ok" ? "✓" : "✗"} ${event.stage} ${seconds(event.durationMs)}`;
    case "image.finished":
      return event.wasCached ? undefined : `  image ${event.service} built ${seconds(event.durationMs)}`;
    case "service.changed":
      return event.state === "healthy" || event.state === "failed" || event.state === "done"
        ? `  ${event.service} ${event.state} ${seconds(event.durationMs)}`
        : undefined;
    case "suite.waiting":
      return `  ${event.suite} waits: ${event.reason}`;
    case "suite.finished":
      return `  ${suiteMark(event)} suite ${event.suite} ${seconds(event.durationMs)}: ${counts(event)}`;
    case "progress":
      return event.stage === "environment" ? undefined : `  ${event.message}`;
    case "warning":
      return `  ! ${event.message}`;
    default:
      return undefined;
  }
}

interface Counts {
  passed: number;
  failed: number;
  broken: number;
  skipped: number;
}

function suiteMark(counts: Counts): string {
  return counts.failed + counts.broken > 0 || counts.passed === 0 ? "✗" : "✓";
}

function counts({ passed, failed, broken, skipped }: Counts): string {
  const parts = [`${passed} passed`];
  if (failed > 0) parts.push(`${failed} failed`);
  if (broken > 0) parts.push(`${broken} broken`);
  if (skipped > 0) parts.push(`${skipped} skipped`);
  return parts.join(", ");
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)}s`;
}
