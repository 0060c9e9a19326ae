import type { FastifyPluginAsyncZod } from "fastify-type-provider-zod";
import { z } from "zod";
import { principalOf } from "../auth/guard.ts";
import type { Files } from "../files.ts";
import type { Metrics } from "../metrics.ts";
import { jsonResponse, problemResponses } from "../problems.ts";
import { contentDisposition, maxUploadBytes, receiveUpload } from "../upload.ts";
import { limit } from "./schemas.ts";

interface FileOptions {
  readonly files: Files;
  readonly metrics: Metrics;
}

const StoredFile = z
  .object({
    id: z.uuid(),
    originalName: z.string(),
    mimeType: z.string(),
    size: z.int().min(0).max(maxUploadBytes),
    bucket: z.string(),
    key: z.string(),
    sha256: z.string().regex(/^[0-9a-f]{64}$/),
    createdAt: z.iso.datetime(),
    updatedAt: z.iso.datetime(),
  })
  .meta({
    id: "StoredFile",
    examples: [
      {
        id: "7c9e6679-7425-40de-944b-e07fc1f90ae7",
        originalName: "report.pdf",
        mimeType: "application/pdf",
        size: 48_213,
        bucket: "uploads",
        key: "acme/7c9e6679-7425-40de-944b-e07fc1f90ae7",
        sha256: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        createdAt: "2026-03-01T12:00:00.000Z",
        updatedAt: "2026-03-01T12:00:00.000Z",
      },
    ],
  });

const FilePage = z.object({ total: z.int().min(0), items: z.array(StoredFile) }).meta({ id: "FilePage" });

const FileParams = z.object({ id: z.uuid().meta({ examples: ["7c9e6679-7425-40de-944b-e07fc1f90ae7"] }) });

export const fileRoutes: FastifyPluginAsyncZod<FileOptions> = async (app, { files, metrics }) => {
  app.post(
    "/files/upload",
    {
      config: {
        access: "editor",
        // Fastify reads no multipart body by schema; this one is for the description only.
        documentedBody: {
          "multipart/form-data": {
            type: "object",
            required: ["file"],
            properties: { file: { type: "string", contentMediaType: "application/octet-stream" } },
          },
        },
      },
      schema: {
        operationId: "uploadFile",
        tags: ["files"],
        summary: "Store one file of at most 50 MB",
        response: {
          201: jsonResponse("The file is stored.", StoredFile),
          ...problemResponses(400, 401, 403, 413, 415),
        },
      },
    },
    async (request, reply) => {
      await using upload = await receiveUpload(request);
      const file = await files.store(principalOf(request), upload);
      metrics.uploadedBytes.inc(file.size);
      return reply.code(201).header("location", `/api/files/${file.id}`).send(file);
    },
  );

  app.get(
    "/files",
    {
      config: { access: "viewer" },
      schema: {
        operationId: "listFiles",
        tags: ["files"],
        summary: "The tenant's files, newest first",
        querystring: z.strictObject({
          limit: limit(200, 50),
          offset: z.coerce.number().int().min(0).max(1_000_000).default(0),
        }),
        response: { 200: jsonResponse("One page of files.", FilePage), ...problemResponses(400, 401, 403) },
      },
    },
    (request) => files.list(principalOf(request).tenant, request.query),
  );

  app.get(
    "/files/:id",
    {
      config: { access: "viewer" },
      schema: {
        operationId: "downloadFile",
        tags: ["files"],
        summary: "The bytes of a file",
        params: FileParams,
        response: {
          200: {
            description: "The bytes, under the media type they were uploaded with.",
            content: {
              "application/octet-stream": {
                schema: z.any().meta({ contentMediaType: "application/octet-stream" }),
              },
            },
          },
          ...problemResponses(400, 401, 403, 404),
        },
      },
    },
    async (request, reply) => {
      const { file, bytes } = await files.open(principalOf(request).tenant, request.params.id);
      return reply
        .headers({
          "content-type": file.mimeType,
          "content-length": file.size,
          "content-disposition": contentDisposition(file.originalName),
          "x-content-type-options": "nosniff",
          "cache-control": "private, no-store",
        })
        .send(bytes);
    },
  );

  app.delete(
    "/files/:id",
    {
      config: { access: "editor" },
      schema: {
        operationId: "deleteFile",
        tags: ["files"],
        summary: "Delete a file: one's own, or as operator or admin any of the tenant's",
        params: FileParams,
        response: {
          204: z.undefined().describe("The file is gone."),
          ...problemResponses(400, 401, 403, 404, 413, 415),
        },
      },
    },
    async (request, reply) => {
      await files.remove(principalOf(request), request.params.id);
      return reply.code(204).send();
    },
  );
};
