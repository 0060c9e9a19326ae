import { randomUUID } from "node:crypto";
import {
  calculateJwkThumbprint,
  exportJWK,
  importJWK,
  importPKCS8,
  type JSONWebKeySet,
  jwtVerify,
  SignJWT,
} from "jose";
import { z } from "zod";
import { isRole, type Role } from "./roles.ts";

const algorithm = "RS256";
const audience = "observastack";
export const tokenLifetimeSeconds = 15 * 60;

/** Who a request is made for, as its token says. */
export interface Principal {
  readonly id: string;
  readonly username: string;
  readonly tenant: string;
  readonly roles: readonly Role[];
}

export interface TokenSubject extends Principal {
  readonly displayName: string;
  readonly email: string;
}

export interface Tokens {
  readonly jwks: JSONWebKeySet;
  /** Claims are those Keycloak would issue for the same person, so that the issuer can change without the readers. */
  issue(subject: TokenSubject): Promise<{ token: string; expiresAt: Date }>;
  /** Undefined for a token that is forged, expired, for someone else or for another issuer. */
  verify(token: string): Promise<Principal | undefined>;
}

const Claims = z.object({
  sub: z.uuid(),
  preferred_username: z.string(),
  tenant: z.string(),
  realm_access: z.object({ roles: z.array(z.string()) }),
});

/** Throws if `privateKeyPem` is not an RSA key in PKCS#8. */
export async function createTokens(privateKeyPem: string, issuer: string): Promise<Tokens> {
  const privateKey = await importPKCS8(privateKeyPem, algorithm, { extractable: true });
  const { kty, n, e } = await exportJWK(privateKey);
  if (kty !== "RSA" || n === undefined || e === undefined)
    throw new TypeError("jwt_private_key is not an RSA key");
  const publicJwk = { kty, n, e };
  const publicKey = await importJWK(publicJwk, algorithm);
  const kid = await calculateJwkThumbprint(publicJwk);
  const jwks = { keys: [{ ...publicJwk, kid, alg: algorithm, use: "sig" }] };

  return {
    jwks,
    async issue({ id, username, tenant, roles, displayName, email }) {
      const issuedAt = Math.floor(Date.now() / 1000);
      const expiresAt = issuedAt + tokenLifetimeSeconds;
      const token = await new SignJWT({
        azp: "web",
        typ: "Bearer",
        preferred_username: username,
        name: displayName,
        email,
        realm_access: { roles: [...roles] },
        tenant,
      })
        .setProtectedHeader({ alg: algorithm, typ: "JWT", kid })
        .setIssuer(issuer)
        .setAudience(audience)
        .setSubject(id)
        .setJti(randomUUID())
        .setIssuedAt(issuedAt)
        .setExpirationTime(expiresAt)
        .sign(privateKey);
      return { token, expiresAt: new Date(expiresAt * 1000) };
    },
    async verify(token) {
      try {
        const { payload } = await jwtVerify(token, publicKey, {
          algorithms: [algorithm],
          issuer,
          audience,
          requiredClaims: ["exp", "iat", "sub"],
        });
        const claims = Claims.parse(payload);
        return {
          id: claims.sub,
          username: claims.preferred_username,
          tenant: claims.tenant,
          roles: claims.realm_access.roles.filter(isRole),
        };
      } catch {
        return undefined;
      }
    },
  };
}
