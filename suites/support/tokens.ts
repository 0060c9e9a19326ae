import { createPrivateKey, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { system } from "./observastack.ts";

export type Claims = Record<string, unknown>;

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");

/** The system's own signing key: with it tests make tokens that are wrong in one point only. */
export function systemKey(): KeyObject {
  return createPrivateKey(system.secret("jwt_private_key"));
}

export function strangersKey(): KeyObject {
  return generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;
}

/** An RS256 token with `change` applied to the claims of `genuine`; the header is the genuine one's. */
export function tokenLike(genuine: string, change: Claims, key: KeyObject = systemKey()): string {
  const [header, payload] = genuine.split(".") as [string, string];
  const claims = { ...(JSON.parse(Buffer.from(payload, "base64url").toString()) as Claims), ...change };
  const body = `${header}.${encode(claims)}`;
  return `${body}.${sign("RSA-SHA256", Buffer.from(body), key).toString("base64url")}`;
}

/** `alg: none`, no signature. */
export function unsignedTokenLike(genuine: string): string {
  const [, payload] = genuine.split(".");
  return `${encode({ alg: "none", typ: "JWT" })}.${payload}.`;
}

/** HS256 with the public key as the secret: the key confusion of CVE-2015-9235. */
export function confusedTokenLike(
  genuine: string,
  publicPem: string,
  hmac: (data: string, key: string) => string,
): string {
  const [, payload] = genuine.split(".");
  const body = `${encode({ alg: "HS256", typ: "JWT" })}.${payload}`;
  return `${body}.${hmac(body, publicPem)}`;
}
