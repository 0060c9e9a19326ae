import type { ColumnType, Generated, JSONColumnType } from "kysely";
import type { Role } from "../auth/roles.ts";

type Instant = ColumnType<Date, Date | undefined, Date>;

/** What the migrations made, for Kysely. */
export interface Tables {
  readonly tenants: TenantTable;
  readonly users: UserTable;
  readonly files: FileTable;
  readonly audit_entries: AuditTable;
}

export interface TenantTable {
  id: Generated<string>;
  slug: string;
  name: string;
  created_at: Instant;
}

export interface UserTable {
  id: Generated<string>;
  tenant_id: string;
  username: string;
  display_name: string;
  email: string;
  password_hash: string;
  roles: Role[];
  created_at: Instant;
  updated_at: Instant;
}

export interface FileTable {
  id: string;
  tenant_id: string;
  owner_id: string | null;
  original_name: string;
  mime_type: string;
  /** PostgreSQL's bigint, which arrives as text. */
  size: ColumnType<string, number, number>;
  sha256: string;
  bucket: string;
  key: string;
  state: "uploading" | "stored" | "deleting";
  created_at: Instant;
  updated_at: Instant;
}

export interface AuditTable {
  id: Generated<string>;
  tenant_id: string;
  actor_id: string | null;
  action: string;
  target: string | null;
  details: JSONColumnType<Record<string, unknown>>;
  created_at: Instant;
}
