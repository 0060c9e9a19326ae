import { randomUUID } from "node:crypto";
import type { Readable } from "node:stream";
import type { Selectable } from "kysely";
import { hasRole } from "./auth/roles.ts";
import type { Principal } from "./auth/tokens.ts";
import type { Defects } from "./defects.ts";
import type { Log } from "./log.ts";
import { forbidden, notFound, ProblemError, unauthorized } from "./problems.ts";
import type { Stores } from "./stores/index.ts";
import type { TenantTransaction } from "./stores/postgres.ts";
import type { FileTable } from "./stores/tables.ts";
import type { Upload } from "./upload.ts";

export interface StoredFile {
  readonly id: string;
  readonly originalName: string;
  readonly mimeType: string;
  readonly size: number;
  readonly bucket: string;
  readonly key: string;
  readonly sha256: string;
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** Metadata in PostgreSQL and bytes in object storage, kept together: no object without a row that knows of it. */
export interface Files {
  store(principal: Principal, upload: Upload): Promise<StoredFile>;
  list(
    tenant: string,
    page: { limit: number; offset: number },
  ): Promise<{ total: number; items: StoredFile[] }>;
  open(tenant: string, id: string): Promise<{ file: StoredFile; bytes: Readable }>;
  /** May be repeated after a 503: what began is finished, by the next call or by {@link Files.sweep}. */
  remove(principal: Principal, id: string): Promise<void>;
  /** Finishes what a crash or a failing store left half done. The number of files finished. */
  sweep(): Promise<number>;
}

export function createFiles(stores: Pick<Stores, "database" | "objects">, defects: Defects, log: Log): Files {
  const { database, objects } = stores;

  async function forget(tenant: string, id: string, key: string): Promise<void> {
    if (!defects.isPlanted("api-delete-leaves-object")) await objects.remove(key);
    await database.inTenant(tenant, (transaction) =>
      transaction.deleteFrom("files").where("id", "=", id).where("state", "!=", "stored").execute(),
    );
  }

  /** From here on the sweep looks after the file, soon. */
  function abandon(tenant: string, id: string) {
    return database.inTenant(tenant, (transaction) =>
      transaction
        .updateTable("files")
        .set({ state: "deleting", updated_at: new Date() })
        .where("id", "=", id)
        .execute(),
    );
  }

  return {
    async store({ id: ownerId, tenant }, upload) {
      const id = randomUUID();
      const key = `${tenant}/${id}`;
      await database.inTenant(tenant, async (transaction) => {
        const owner = await transaction
          .selectFrom("users")
          .select(["id", "tenant_id"])
          .where("id", "=", ownerId)
          .executeTakeFirst();
        if (owner === undefined) throw unauthorized("the person this token was made for is gone");
        await transaction
          .insertInto("files")
          .values({
            id,
            tenant_id: owner.tenant_id,
            owner_id: owner.id,
            original_name: upload.originalName,
            mime_type: upload.mimeType,
            size: upload.size,
            sha256: upload.sha256,
            bucket: objects.bucket,
            key,
            state: "uploading",
          })
          .execute();
      });
      let isPut = false;
      try {
        await objects.put(key, upload, upload.mimeType);
        isPut = true;
        return await database.inTenant(tenant, async (transaction) => {
          const row = await transaction
            .updateTable("files")
            .set({ state: "stored", updated_at: new Date() })
            .where("id", "=", id)
            .returningAll()
            .executeTakeFirstOrThrow();
          await audit(transaction, row.tenant_id, ownerId, "file.upload", id);
          return storedFile(row);
        });
      } catch (error) {
        await abandon(tenant, id)
          // Storage that just failed to take the object is not asked to remove it: the caller has waited long enough.
          .then(() => (isPut ? forget(tenant, id, key) : undefined))
          .catch((cause: unknown) =>
            log.warn({ file: id, error: String(cause) }, "a failed upload is left to the sweep"),
          );
        throw error;
      }
    },

    list: (tenant, { limit, offset }) =>
      database.inTenant(tenant, async (transaction) => {
        const stored = transaction.selectFrom("files").where("state", "=", "stored");
        const { total } = await stored
          .select(({ fn }) => fn.countAll<string>().as("total"))
          .executeTakeFirstOrThrow();
        const rows = await stored
          .selectAll()
          .orderBy("created_at", "desc")
          .orderBy("id")
          .limit(limit)
          .offset(offset)
          .execute();
        return { total: Number(total), items: rows.map(storedFile) };
      }),

    async open(tenant, id) {
      const row = await database.inTenant(tenant, (transaction) =>
        transaction
          .selectFrom("files")
          .selectAll()
          .where("id", "=", id)
          .where("state", "=", "stored")
          .executeTakeFirst(),
      );
      if (row === undefined) throw notFound("there is no such file");
      const bytes = await objects.get(row.key);
      if (bytes === undefined) {
        log.error({ file: id, key: row.key }, "a stored file has no object");
        throw new ProblemError(404, "bytes-missing", "the bytes of this file are lost");
      }
      return { file: storedFile(row), bytes };
    },

    async remove({ id: actorId, tenant, roles }, id) {
      const key = await database.inTenant(tenant, async (transaction) => {
        const row = await transaction
          .selectFrom("files")
          .selectAll()
          .where("id", "=", id)
          .where("state", "!=", "uploading")
          .forUpdate()
          .executeTakeFirst();
        if (row === undefined) throw notFound("there is no such file");
        if (row.owner_id !== actorId && !hasRole(roles, "operator"))
          throw forbidden("only its owner, an operator or an admin may delete this file");
        if (row.state === "stored") {
          await transaction
            .updateTable("files")
            .set({ state: "deleting", updated_at: new Date() })
            .where("id", "=", id)
            .execute();
          await audit(transaction, row.tenant_id, actorId, "file.delete", id);
        }
        return row.key;
      });
      await forget(tenant, id, key);
    },

    async sweep() {
      const unfinished = await database.unfinishedFiles();
      for (const { tenant, id, key } of unfinished) await forget(tenant, id, key);
      return unfinished.length;
    },
  };
}

function audit(
  transaction: TenantTransaction,
  tenantId: string,
  actorId: string,
  action: string,
  target: string,
) {
  return transaction
    .insertInto("audit_entries")
    .values({ tenant_id: tenantId, actor_id: actorId, action, target, details: "{}" })
    .execute();
}

function storedFile(row: Selectable<FileTable>): StoredFile {
  return {
    id: row.id,
    originalName: row.original_name,
    mimeType: row.mime_type,
    size: Number(row.size),
    bucket: row.bucket,
    key: row.key,
    sha256: row.sha256,
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  };
}
