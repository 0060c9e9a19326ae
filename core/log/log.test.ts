import { expect, it } from "vitest";
import { createLog, silentLog } from "./index.ts";

it("writes one JSON object a line in the shape every service uses @req:F13", () => {
  const lines: string[] = [];
  const log = createLog({ format: "json", write: (line) => lines.push(line), now: () => new Date(0) });
  log.warn("disk filling", { freeBytes: 12 });
  expect(JSON.parse(lines[0] as string)).toEqual({
    "@timestamp": "1970-01-01T00:00:00.000Z",
    service: "gauntlet",
    level: "warn",
    message: "disk filling",
    freeBytes: 12,
  });
});

it("writes plain lines for people and hides what is below its level", () => {
  const lines: string[] = [];
  const log = createLog({ write: (line) => lines.push(line) });
  log.debug("hidden");
  log.info("ready", { services: 3, skipped: undefined });
  log.warn("slow");
  silentLog.info("nobody hears this");
  expect(lines).toEqual(["ready services=3", "warn: slow"]);
});
