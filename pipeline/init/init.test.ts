import { describe, expect, it } from "vitest";
import { classify } from "./classify.ts";
import { configText } from "./write-config.ts";

const services = {
  web: { restart: "always", ports: [{ target: 8080 }], volumes: [{ type: "bind", target: "/etc/web" }] },
  worker: { ports: [{ target: 9999, protocol: "udp" }] },
  cache: { restart: "always", ports: [{ target: 6379 }], volumes: [{ type: "volume", target: "/data" }] },
  db: { image: "docker.io/library/postgres:17", restart: "always" },
};

describe("init @req:A7", () => {
  it("tells what can be crashed, loaded and drilled, and why the rest cannot", () => {
    const found = classify(services);
    expect(found.published).toEqual([
      { service: "web", target: 8080 },
      { service: "cache", target: 6379 },
    ]);
    expect(found.http).toEqual([{ service: "web", target: 8080 }]);
    expect(found.crashable).toEqual(["web"]);
    expect(found.databases).toEqual(["db"]);
    expect(found.remarks).toEqual([
      "worker is not crashed: it has no restart policy, so nothing would bring it back",
      "cache is not crashed: it keeps data in /data",
      "db is not crashed: it is a database",
    ]);
  });

  it.each([
    ["postgres:17", true],
    ["my-registry/pgvector:pg17", true],
    ["bitnami/postgresql:16", true],
    ["postgrest/postgrest", false],
    ["postgres-exporter", false],
  ])("recognises the image %s: %s", (image, is) => {
    expect(classify({ x: { image } }).databases.length === 1).toBe(is);
  });

  it("writes a configuration people can read", () => {
    expect(configText("shop", ["compose.yaml"], classify(services))).toMatchSnapshot();
  });

  it("writes only what applies", () => {
    const text = configText("tiny", ["compose.yaml"], classify({ job: {} }));
    expect(text).not.toContain("drill");
    expect(text).not.toContain("k6");
    expect(text).toContain("smoke");
  });
});
