import { z } from "zod";
import { loadDocument, parseDocument } from "#core/documents";

const name = z.string().regex(/^[a-z0-9][a-z0-9-]*$/, "lower-case letters, digits and dashes");

const postgresSourceSchema = z.strictObject({
  name,
  engine: z.literal("postgres"),
  service: z.string().min(1),
  database: z.string().min(1),
  /** A superuser: only one sees every row, role and grant. */
  user: z.string().min(1).default("postgres"),
  /** The user inside the container that commands run as; default the container's own. */
  osUser: z.string().min(1).optional(),
  /** A file inside the container that holds the password; without it the local socket must let the user in. */
  passwordFile: z.string().startsWith("/").optional(),
});

const filesSourceSchema = z.strictObject({
  name,
  engine: z.literal("files"),
  service: z.string().min(1),
  /** A directory inside the container. The directory itself stays, its content is what is backed up. */
  path: z.string().regex(/^\/.*[^/]$/, "an absolute path below /, without a slash at the end"),
  /** Paths below `path` that are neither captured nor touched by a restore: a store's own locks and temporary files. */
  exclude: z
    .array(
      z.string().regex(/^[^/*?[\\][^*?[\\]*[^/*?[\\]$/, "a path relative to the source's, without wildcards"),
    )
    .default([]),
  osUser: z.string().min(1).optional(),
});

export const sourceSchema = z.discriminatedUnion("engine", [postgresSourceSchema, filesSourceSchema]);

const bodySchema = z.object({
  name,
  /** Captured in this order: what refers before what is referred to, so that references find their objects. */
  sources: z
    .array(sourceSchema)
    .min(1)
    .refine(
      (sources) => new Set(sources.map((source) => source.name)).size === sources.length,
      "names must differ",
    ),
  encryption: z.strictObject({
    cipher: z.literal("aes-256-gcm").default("aes-256-gcm"),
    /** `file:/path` or `secret:NAME`. */
    key: z.string().regex(/^(file|secret):.+/, "file:/path or secret:NAME"),
  }),
  compression: z.enum(["zstd", "gzip"]).default("zstd"),
  repository: z.strictObject({ type: z.literal("folder"), path: z.string().min(1) }).optional(),
  /** What a drill is held against. */
  objectives: z
    .strictObject({ rpoMs: z.number().positive().optional(), rtoMs: z.number().positive().optional() })
    .prefault({}),
});

export type BackupPolicy = z.infer<typeof bodySchema>;
export type BackupSource = z.infer<typeof sourceSchema>;
export type PostgresSource = z.infer<typeof postgresSourceSchema>;
export type FilesSource = z.infer<typeof filesSourceSchema>;

/** Reads a policy file (`version: 1, kind: BackupPolicy`). Throws UsageError that names file, line and path. */
export async function loadBackupPolicy(file: string): Promise<BackupPolicy> {
  return withoutEnvelope(await loadDocument(file, "BackupPolicy", bodySchema));
}

/** As loadBackupPolicy, on text; `file` is shown in messages. */
export function parseBackupPolicy(source: { file: string; text: string }): BackupPolicy {
  return withoutEnvelope(parseDocument(source, "BackupPolicy", bodySchema));
}

function withoutEnvelope(document: BackupPolicy): BackupPolicy {
  return bodySchema.parse(document);
}
