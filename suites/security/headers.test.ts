import { describe, expect, it } from "vitest";
import { system } from "../support/observastack.ts";

describe("headers of the edge @req:B7", () => {
  it.each(["/", "/api/openapi.json", "/no-such-page", "/api/logs"])(
    "protects the browser on %s",
    async (path) => {
      const { headers } = await fetch(system.url("edge", path));
      expect(headers.get("content-security-policy")).toContain("default-src 'self'");
      expect(headers.get("x-content-type-options")).toBe("nosniff");
      expect(headers.get("x-frame-options")).toBe("DENY");
      expect(headers.get("referrer-policy")).toBeTruthy();
      expect(headers.get("permissions-policy")).toBeTruthy();
    },
  );

  it("does not say which software answers", async () => {
    const { headers } = await fetch(system.url("edge", "/"));
    expect(headers.get("server") ?? "").not.toMatch(/\d/);
    expect(headers.get("x-powered-by")).toBeNull();
  });

  it.each(["/metrics", "/api/metrics", "/api/test/seed", "/.git/config", "/.env"])(
    "does not publish %s",
    async (path) => {
      for (const method of ["GET", "POST"]) {
        const answer = await fetch(system.url("edge", path), { method, redirect: "manual" });
        expect(answer.status).toBeGreaterThanOrEqual(400);
        expect(await answer.text()).not.toMatch(/process_cpu|\[core\]|PASSWORD/);
      }
    },
  );
});
