import { expect, it } from "vitest";
import { parseEvent } from "./engine-events.ts";

const event = (action: string, attributes: Record<string, string> = {}) =>
  JSON.stringify({
    Action: action,
    Actor: { ID: "c1", Attributes: { name: "p-web-1", "com.docker.compose.service": "web", ...attributes } },
    timeNano: 1_700_000_000_123_000_000,
  });

it("reads what happens to a service's container", () => {
  expect(parseEvent(event("health_status: healthy"))).toEqual({
    action: "healthy",
    containerId: "c1",
    containerName: "p-web-1",
    service: "web",
    atMs: 1_700_000_000_123,
    exitCode: undefined,
  });
  expect(parseEvent(event("die", { exitCode: "137" }))).toMatchObject({ action: "die", exitCode: 137 });
});

it("passes over what it does not know", () => {
  expect(parseEvent(event("exec_create: sh"))).toBeUndefined();
  expect(parseEvent("{torn")).toBeUndefined();
  expect(parseEvent(JSON.stringify({ Action: "start", Actor: { ID: "c", Attributes: {} } }))).toBeUndefined();
});
