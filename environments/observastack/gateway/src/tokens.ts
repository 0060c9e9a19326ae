import { createRemoteJWKSet, errors, jwtVerify } from "jose";
import { z } from "zod";
import { unavailable } from "./problems.ts";

export interface Caller {
  readonly subject: string;
  readonly tenant: string;
}

export interface TokenCheck {
  /** Undefined for a token that is not valid. Throws a 503 problem when the keys to check it cannot be had. */
  check(token: string): Promise<Caller | undefined>;
  /** Resolves once the keys are here; what is here stays usable while the api is away. */
  ready(): Promise<void>;
}

const Claims = z.object({ sub: z.string().min(1), tenant: z.string().min(1) });

/** What a token itself can be guilty of. Any other failure is about fetching the keys. */
const tokenFaults = [
  errors.JWTExpired,
  errors.JWTClaimValidationFailed,
  errors.JWTInvalid,
  errors.JWSInvalid,
  errors.JWSSignatureVerificationFailed,
  errors.JWKSNoMatchingKey,
  errors.JOSEAlgNotAllowed,
  errors.JOSENotSupported,
];

export function createTokenCheck(apiUrl: string, issuer: string): TokenCheck {
  const keys = createRemoteJWKSet(new URL("/api/auth/jwks.json", apiUrl), { timeoutDuration: 2_000 });
  return {
    async check(token) {
      try {
        const { payload } = await jwtVerify(token, keys, {
          algorithms: ["RS256"],
          issuer,
          audience: "observastack",
          requiredClaims: ["exp", "iat", "sub"],
        });
        const claims = Claims.safeParse(payload);
        return claims.success ? { subject: claims.data.sub, tenant: claims.data.tenant } : undefined;
      } catch (error) {
        if (tokenFaults.some((fault) => error instanceof fault)) return undefined;
        throw unavailable("the keys that check tokens cannot be fetched at the moment", error);
      }
    },
    async ready() {
      if (keys.jwks() === undefined) await keys.reload();
    },
  };
}
