import { SignJWT } from "jose";
import { expect, test } from "vitest";
import { testConfig } from "../testing.ts";
import { hashPassword, isPasswordOf } from "./passwords.ts";
import { hasRole, type Role, roles } from "./roles.ts";
import { createTokens } from "./tokens.ts";

const { secrets, JWT_ISSUER } = testConfig();
const person = {
  id: "3f2b8e0a-7d7e-4b0f-9a53-2f6f0d1c9c11",
  username: "editor",
  tenant: "acme",
  roles: ["editor"] as Role[],
  displayName: "Eda Editor",
  email: "editor@acme.example",
};

test("a password matches its own hash only, and two hashes of it differ", async () => {
  const [first, second] = await Promise.all([hashPassword("correct"), hashPassword("correct")]);
  expect(first).not.toBe(second);
  await expect(isPasswordOf(first, "correct")).resolves.toBe(true);
  await expect(isPasswordOf(first, "wrong")).resolves.toBe(false);
  await expect(isPasswordOf("plain", "plain")).resolves.toBe(false);
});

test("a role may do what those before it may, and no more", () => {
  const allowed = roles.map((held) => roles.filter((needed) => hasRole([held], needed)).length);
  expect(allowed).toEqual([1, 2, 3, 4]);
  expect(hasRole([], "viewer")).toBe(false);
});

test("@req:G3 a token carries the claims Keycloak would issue and is good for 15 minutes", async () => {
  const tokens = await createTokens(secrets.jwt_private_key, JWT_ISSUER);
  const { token } = await tokens.issue(person);
  const claims = JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString()) as Record<
    string,
    number
  >;
  expect(claims).toMatchObject({
    iss: JWT_ISSUER,
    aud: "observastack",
    azp: "web",
    sub: person.id,
    preferred_username: "editor",
    name: "Eda Editor",
    email: "editor@acme.example",
    realm_access: { roles: ["editor"] },
    tenant: "acme",
    jti: expect.any(String),
  });
  expect((claims["exp"] ?? 0) - (claims["iat"] ?? 0)).toBe(900);
  await expect(tokens.verify(token)).resolves.toEqual({
    id: person.id,
    username: "editor",
    tenant: "acme",
    roles: ["editor"],
  });
});

test("tokens of another issuer, without a signature, signed otherwise or changed are worth nothing", async () => {
  const tokens = await createTokens(secrets.jwt_private_key, JWT_ISSUER);
  const elsewhere = await createTokens(secrets.jwt_private_key, "http://elsewhere.example");
  const { token } = await tokens.issue(person);
  const [header, payload, signature] = token.split(".");
  const claims = JSON.parse(Buffer.from(payload ?? "", "base64url").toString()) as Record<string, unknown>;
  const encoded = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const publicKey = new TextEncoder().encode(JSON.stringify(tokens.jwks.keys[0]));
  const worthless = [
    (await elsewhere.issue(person)).token,
    `${encoded({ alg: "none" })}.${payload}.`,
    `${header}.${encoded({ ...claims, tenant: "globex" })}.${signature}`,
    await new SignJWT(claims).setProtectedHeader({ alg: "HS256" }).sign(publicKey),
  ];
  for (const each of worthless) await expect(tokens.verify(each)).resolves.toBeUndefined();
});
