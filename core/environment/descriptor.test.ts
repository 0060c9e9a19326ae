import { expect, it } from "vitest";
import { connectionOf, environmentDescriptorSchema } from "./index.ts";

const environment = environmentDescriptorSchema.parse({
  v: 1,
  id: "e1",
  project: "gauntlet-e1",
  anchor: "2026-01-05T13:00:00.000Z",
  seed: 1,
  services: {
    edge: {
      image: "x",
      inside: "edge",
      hasHealthcheck: true,
      isOneShot: false,
      endpoints: [
        { target: 8080, protocol: "tcp", host: "127.0.0.1", port: 20001 },
        { target: 8443, protocol: "tcp", host: "127.0.0.1", port: 20002 },
      ],
    },
    worker: { image: "y", inside: "worker", hasHealthcheck: false, isOneShot: false, endpoints: [] },
  },
  tenants: [],
  groundTruth: {},
  caFile: null,
  fingerprint: "f",
});

it("finds the published port of a service", () => {
  expect(connectionOf(environment, "edge").port).toBe(20001);
  expect(connectionOf(environment, "edge", 8443).port).toBe(20002);
});

it("names what there is when a service or port is missing", () => {
  expect(() => connectionOf(environment, "web")).toThrow(
    expect.objectContaining({ hint: "services: edge, worker" }),
  );
  expect(() => connectionOf(environment, "worker")).toThrow("publishes no port");
  expect(() => connectionOf(environment, "edge", 1)).toThrow("port 1");
});
