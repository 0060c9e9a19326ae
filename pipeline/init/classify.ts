/** What init needs to know of a service, in the words of `docker compose config`. */
export interface ServiceFacts {
  image?: string | undefined;
  restart?: string | undefined;
  ports?: readonly { target: number; protocol?: string }[];
  volumes?: readonly { type: string; target?: string | undefined; read_only?: unknown }[];
  environment?: unknown;
  healthcheck?: { test?: readonly string[] | undefined } | undefined;
}

export interface HttpEndpoint {
  service: string;
  target: number;
  path: string;
}

export interface Classified {
  /** Published TCP ports by service, first port first. */
  published: { service: string; target: number }[];
  /** Those of `published` that are expected to speak HTTP, with the path that their health check asks for. */
  http: HttpEndpoint[];
  /** Keep nothing of their own and are brought back by the engine. */
  crashable: string[];
  /** Recognised PostgreSQL servers. */
  databases: string[];
  /** What was left out and why, for people. */
  remarks: string[];
}

/** Ports whose protocol is known not to be HTTP. */
const otherProtocols = new Set([22, 25, 465, 587, 1883, 3306, 5432, 5672, 6379, 9042, 9092, 11211, 27017]);

/** Sorts the services of a Compose file into what the built-in checks can do with them. */
export function classify(services: Readonly<Record<string, ServiceFacts>>): Classified {
  const entries = Object.entries(services);
  const published = entries.flatMap(([service, { ports = [] }]) =>
    ports.filter((port) => port.protocol !== "udp").map(({ target }) => ({ service, target })),
  );
  const databases = entries.filter(([, service]) => isPostgres(service)).map(([name]) => name);
  const remarks: string[] = [];
  const crashable = entries
    .filter(([name, service]) => {
      const reason = databases.includes(name) ? "it is a database" : whyNotCrashed(service);
      if (reason !== undefined) remarks.push(`${name} is not crashed: ${reason}`);
      return reason === undefined;
    })
    .map(([name]) => name);
  const http = published
    .filter(({ service, target }) => !otherProtocols.has(target) && !databases.includes(service))
    .map(({ service, target }) => ({ service, target, path: checkedPath(services[service], target) }));
  return { published, http, crashable, databases, remarks };
}

/** The path that the health check asks for on that port; `/` when it asks for none. */
function checkedPath(service: ServiceFacts | undefined, target: number): string {
  const command = service?.healthcheck?.test?.join(" ") ?? "";
  const asked = /\bhttp:\/\/(?:localhost|127\.0\.0\.1)(?::(\d+))?(\/[\w./~%-]*)/.exec(command);
  return asked !== null && Number(asked[1] ?? 80) === target ? (asked[2] ?? "/") : "/";
}

function isPostgres({ image = "", environment, ports = [] }: ServiceFacts): boolean {
  const variables = Object.keys(environment ?? {});
  return (
    /(^|[/-])(postgres|postgresql|postgis|timescaledb|pgvector)([:@]|$)/.test(image) ||
    variables.some((name) => /^POSTGRES_(USER|PASSWORD|DB)/.test(name)) ||
    ports.some(({ target }) => target === 5432)
  );
}

function whyNotCrashed({ restart = "no", volumes = [] }: ServiceFacts): string | undefined {
  if (restart === "no") return "it has no restart policy, so nothing would bring it back";
  const kept = volumes.find((volume) => volume.type === "volume" && !volume.read_only);
  return kept ? `it keeps data in ${kept.target}` : undefined;
}
