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
    expect(found.http).toEqual([{ service: "web", target: 8080, path: "/" }]);
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

  it.each([
    [["CMD", "curl", "-fs", "http://127.0.0.1:8080/health/live"], "/health/live"],
    [["CMD-SHELL", "wget -q http://localhost:8080/ping?deep=1 || exit 1"], "/ping"],
    [["CMD", "curl", "http://127.0.0.1:9000/other-port"], "/"],
    [["CMD", "curl", "http://127.0.0.1:8080"], "/"],
    [["CMD", "true"], "/"],
  ])("asks for what the health check %j asks for", (test, path) => {
    const found = classify({ web: { ports: [{ target: 8080 }], healthcheck: { test } } });
    expect(found.http).toEqual([{ service: "web", target: 8080, path }]);
  });

  it("asks each crashed service itself, and those that publish nothing through another", () => {
    const restart = "always";
    const ports = [{ target: 8080 }];
    const text = configText(
      "shop",
      ["compose.yaml"],
      classify({ web: { restart, ports }, Api_2: { restart, ports }, worker: { restart } }),
    );
    expect(text.match(/.*runner: "chaos".*/g)).toEqual([
      '    "chaos-web": { runner: "chaos", crash: ["web"], probe: { service: "web", target: 8080, path: "/" } },',
      '    "chaos-api-2": { runner: "chaos", crash: ["Api_2"], probe: { service: "Api_2", target: 8080, path: "/" } },',
      '    chaos: { runner: "chaos", crash: ["worker"], probe: { service: "web", target: 8080, path: "/" } },',
    ]);
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
