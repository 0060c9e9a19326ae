import { describe, expect, it } from "vitest";
import { login, system } from "../support/observastack.ts";

const post = (path: string, body: unknown) =>
  fetch(system.url("edge", path), {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });

describe("login @req:B1 @req:G2", () => {
  it("gives a token with the person's tenant and roles", async () => {
    const answer = await post("/api/auth/login", {
      tenant: "acme",
      username: "editor",
      password: system.secret("users_password"),
    });
    expect(answer.status).toBe(200);
    const body = (await answer.json()) as { token: string; expiresAt: string; user: Record<string, unknown> };
    expect(body.user).toMatchObject({
      username: "editor",
      tenant: "acme",
      roles: expect.arrayContaining(["editor"]),
    });
    expect(Date.parse(body.expiresAt)).toBeGreaterThan(Date.now());
    const [, payload] = body.token.split(".");
    const claims = JSON.parse(Buffer.from(payload as string, "base64url").toString()) as Record<
      string,
      unknown
    >;
    expect(claims).toMatchObject({
      aud: "observastack",
      azp: "web",
      preferred_username: "editor",
      tenant: "acme",
    });
  });

  it.each([
    ["wrong password", { tenant: "acme", username: "editor", password: "wrong" }],
    ["unknown person", { tenant: "acme", username: "nobody", password: "wrong" }],
    ["unknown tenant", { tenant: "nowhere", username: "editor", password: "wrong" }],
  ])("answers 401 alike for a %s", async (_, body) => {
    const answer = await post("/api/auth/login", body);
    expect(answer.status).toBe(401);
    expect(answer.headers.get("content-type")).toContain("application/problem+json");
  });

  it.each([
    ["no JSON", "{"],
    ["a missing field", { tenant: "acme" }],
    ["a wrong type", { tenant: 1, username: [], password: {} }],
  ])("answers 400 with a problem for %s", async (_, body) => {
    const answer = await post("/api/auth/login", body);
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ status: 400, title: expect.any(String) });
  });
});

it("tells a person who they are @req:B1", async () => {
  const session = await login("operator");
  const answer = await session.call("/api/auth/me");
  expect(answer.status).toBe(200);
  expect(await answer.json()).toMatchObject({ username: "operator", tenant: "acme" });
});
