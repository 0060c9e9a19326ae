/** The api's addresses: those open to everybody, and a bounded set of names to count requests by. */
const publicRoutes = ["/api/auth/login", "/api/auth/jwks.json", "/api/openapi.json"] as const;
const testRoutes = ["/api/test/seed", "/api/test/reset"] as const;
const guardedRoutes = [
  "/api/auth/me",
  "/api/logs",
  "/api/files",
  "/api/files/upload",
  "/api/files/:id",
] as const;

/** Whether this path needs no token here. The test routes ask for a key of their own, and do not exist in production. */
export function isPublic(path: string, target: string): boolean {
  const open: readonly string[] = target === "production" ? publicRoutes : [...publicRoutes, ...testRoutes];
  return open.includes(path);
}

/** The route's pattern; "other" for whatever else people try, so that a scan does not make a series per address. */
export function routeLabel(path: string): string {
  const known: readonly string[] = [...publicRoutes, ...testRoutes, ...guardedRoutes];
  if (known.includes(path)) return path;
  return /^\/api\/files\/[^/]+$/.test(path) ? "/api/files/:id" : "other";
}
