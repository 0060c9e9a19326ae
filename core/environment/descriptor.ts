import { z } from "zod";
import { UsageError } from "#core/errors";

const endpointSchema = z.strictObject({
  /** The port inside the container. */
  target: z.number().int(),
  protocol: z.enum(["tcp", "udp"]),
  /** Where it is reached from the host. */
  host: z.string(),
  port: z.number().int(),
});

const serviceSchema = z.strictObject({
  image: z.string(),
  /** Published ports, in the order of the Compose file. */
  endpoints: z.array(endpointSchema),
  /** Name on the environment's network. */
  inside: z.string(),
  hasHealthcheck: z.boolean(),
  /** A job that ran to its end. */
  isOneShot: z.boolean(),
});

/** `environment.json`: all a suite is told about the system it runs against. No secrets. */
export const environmentDescriptorSchema = z.strictObject({
  v: z.literal(1),
  id: z.string(),
  project: z.string(),
  /** ISO 8601; the run's start floored to the hour. */
  anchor: z.string(),
  seed: z.number().int(),
  services: z.record(z.string(), serviceSchema),
  tenants: z.array(z.string()),
  /** Absolute paths of what the generators handed on, by name. */
  groundTruth: z.record(z.string(), z.string()),
  caFile: z.string().nullable(),
  /** sha256 over what the environment is made of: part of every baseline's key. */
  fingerprint: z.string(),
});

export type Endpoint = z.infer<typeof endpointSchema>;
export type ServiceDescriptor = z.infer<typeof serviceSchema>;
export type EnvironmentDescriptor = z.infer<typeof environmentDescriptorSchema>;

/** Where `service` is reached from the host; `target` is needed only when it publishes several ports. Throws UsageError. */
export function connectionOf(environment: EnvironmentDescriptor, service: string, target?: number): Endpoint {
  const found = environment.services[service];
  if (!found) {
    throw new UsageError(`environment ${environment.id} has no service "${service}"`, {
      code: "NO_SUCH_SERVICE",
      hint: `services: ${Object.keys(environment.services).join(", ")}`,
    });
  }
  const endpoint =
    target === undefined ? found.endpoints[0] : found.endpoints.find((one) => one.target === target);
  if (!endpoint) {
    throw new UsageError(
      `service "${service}" publishes no port${target === undefined ? "" : ` ${target}`}`,
      {
        code: "NO_SUCH_ENDPOINT",
        hint: "publish the port in the Compose file",
      },
    );
  }
  return endpoint;
}
