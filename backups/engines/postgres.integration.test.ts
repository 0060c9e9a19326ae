import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { systemClock } from "#core/clock";
import { type BackupContext, createRecoveryPoint } from "../create-recovery-point.ts";
import { compareDigests } from "../digest.ts";
import { createBackupKey } from "../envelope/key.ts";
import { type BackupPolicy, type PostgresSource, parseBackupPolicy } from "../policy.ts";
import { openFolderRepository } from "../repository/folder-repository.ts";
import { restoreRecoveryPoint } from "../restore-recovery-point.ts";
import { openStored } from "../stored-object.ts";
import { type StoreContainer, startStoreContainer } from "../testing/store-container.ts";
import { postgresEngine } from "./postgres.ts";

let source: StoreContainer;
let other: StoreContainer;
let folder: string;
let context: BackupContext;
const key = createBackupKey();

beforeAll(async () => {
  [source, other] = await Promise.all([startStoreContainer(), startStoreContainer()]);
}, 300_000);
afterAll(() => Promise.all([source?.[Symbol.asyncDispose](), other?.[Symbol.asyncDispose]()]));
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "gauntlet-backup-"));
  context = { targets: source.pool, repository: await openFolderRepository(folder), key, clock: systemClock };
  await source.sql("postgres", "DROP DATABASE IF EXISTS shop WITH (FORCE)");
  await source.sql("postgres", roles);
  await source.sql("postgres", "CREATE DATABASE shop OWNER owner TEMPLATE template0 LC_COLLATE 'C'");
  await source.sql("shop", schema);
}, 60_000);
afterEach(() => rm(folder, { recursive: true, force: true }));

const roles = `
DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'owner') THEN
  CREATE ROLE owner LOGIN CREATEDB PASSWORD 'not carried over'; CREATE ROLE "app user" LOGIN CONNECTION LIMIT 7; CREATE ROLE reader;
  GRANT reader TO "app user"; GRANT pg_monitor TO owner;
  ALTER ROLE "app user" SET search_path = "$user", public; ALTER ROLE owner SET work_mem = '9MB';
END IF; END $$;`;

const schema = `
CREATE EXTENSION pgcrypto;
CREATE SCHEMA app AUTHORIZATION owner;
SET ROLE owner;
CREATE TYPE app.level AS ENUM ('low', 'high');
CREATE TABLE app.users (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, tenant uuid NOT NULL, name text NOT NULL,
  kind varchar(10) CHECK (kind IN ('a', 'b')), level app.level DEFAULT 'low', born timestamptz, data jsonb, picture bytea, UNIQUE (tenant, name));
CREATE TABLE app."odd ""name" (r text, t numeric, r2 float8);
CREATE TABLE app.parts (id int, at date) PARTITION BY RANGE (at);
CREATE TABLE app.parts_2026 PARTITION OF app.parts FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
CREATE SEQUENCE app.tickets START 100;
ALTER TABLE app.users ENABLE ROW LEVEL SECURITY;
ALTER TABLE app.users FORCE ROW LEVEL SECURITY;
CREATE POLICY by_tenant ON app.users USING (tenant = current_setting('app.tenant')::uuid);
CREATE FUNCTION app.twice(x int) RETURNS int LANGUAGE sql AS $f$ SELECT (x)::int * 2 $f$;
CREATE VIEW app.names AS SELECT name FROM app.users WHERE kind IN ('a', 'b');
CREATE MATERIALIZED VIEW app.counts AS SELECT count(*) FROM app.parts;
GRANT USAGE ON SCHEMA app TO "app user", reader;
GRANT SELECT, INSERT ON app.users TO "app user";
GRANT SELECT (name) ON app.users TO reader;
RESET ROLE;
INSERT INTO app.users (tenant, name, kind, born, data, picture)
  SELECT '00000000-0000-0000-0000-000000000001', 'user ' || n || E'\\ttab\\nline', 'a', to_timestamp(1.7e9 + n), jsonb_build_object('n', n, 'e', 'é'), sha256(n::text::bytea)
  FROM generate_series(1, 5000) n;
INSERT INTO app."odd ""name" VALUES (NULL, 1.10, 'NaN'), ('', 2, 0.1), ('x', 3, 1e300);
INSERT INTO app.parts SELECT n, '2026-03-01' FROM generate_series(1, 10) n;
SELECT nextval('app.tickets');
REFRESH MATERIALIZED VIEW app.counts;
SELECT lo_from_bytea(0, '\\x0102');
GRANT CONNECT ON DATABASE shop TO reader WITH GRANT OPTION; REVOKE TEMPORARY ON DATABASE shop FROM PUBLIC;
ALTER DATABASE shop SET statement_timeout = '1min'; ALTER ROLE owner IN DATABASE shop SET lock_timeout = '2s';
COMMENT ON DATABASE shop IS 'the shop''s';
`;

function policy(sourceYaml = "{ name: db, engine: postgres, service: store, database: shop }"): BackupPolicy {
  return parseBackupPolicy({
    file: "policy.yaml",
    text: `{ version: 1, kind: BackupPolicy, name: nightly, sources: [${sourceYaml}], encryption: { key: "secret:k" } }`,
  });
}

const db: PostgresSource = {
  name: "db",
  engine: "postgres",
  service: "store",
  database: "shop",
  user: "postgres",
};

const databases = (store: StoreContainer) =>
  store.sql(
    "postgres",
    "SELECT string_agg(datname, ',' ORDER BY datname) FROM pg_database WHERE NOT datistemplate",
  );

describe("a PostgreSQL database", () => {
  it("comes back exactly in another cluster: rows, grants, policies, roles, sequences, settings @req:E2 @req:E8", async () => {
    const manifest = await createRecoveryPoint(policy(), context);
    const restored = await restoreRecoveryPoint(manifest.id, { ...context, targets: other.pool });
    expect(restored.sources[0]?.comparison.differences).toEqual([]);
    expect(restored.sources[0]?.comparison.unsettled).toEqual([]);
    expect(restored.isProven).toBe(true);
    expect(manifest.sources[0]?.toolVersions["pg_dump"]).toMatch(/^pg_dump \(PostgreSQL\) 17/);
    expect(await other.sql("shop", "SELECT count(*) FROM app.users")).toBe("5000");
    expect(await other.sql("shop", "SELECT nextval('app.tickets')")).toBe("101");
    expect(
      await other.sql(
        "shop",
        `SET ROLE "app user"; SET app.tenant = '00000000-0000-0000-0000-000000000002'; SELECT count(*) FROM app.users`,
      ),
    ).toBe("0");
    expect(
      await other.sql(
        "shop",
        "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = 'shop'",
      ),
    ).toBe("the shop's");
    expect(await other.sql("shop", "SELECT rolpassword IS NULL FROM pg_authid WHERE rolname = 'owner'")).toBe(
      "t",
    );
    expect(
      await other.sql(
        "postgres",
        "SELECT setconfig[1] FROM pg_db_role_setting s JOIN pg_roles r ON r.oid = setrole WHERE rolname = 'app user'",
      ),
    ).toBe('search_path="$user", public');
  });

  it("replaces whatever services wrote into the target before, while they are connected @req:E8", async () => {
    const manifest = await createRecoveryPoint(policy(), context);
    await source.sql(
      "shop",
      "CREATE TABLE app.newer (id int); DELETE FROM app.users WHERE id < 100; SELECT setval('app.tickets', 500)",
    );
    const session = source.sql("shop", "SELECT pg_sleep(60)").catch((error: Error) => error.message);
    const restored = await restoreRecoveryPoint(manifest.id, context);
    expect(restored).toMatchObject({ isProven: true });
    expect(await source.sql("shop", "SELECT to_regclass('app.newer') IS NULL")).toBe("t");
    expect(await session).toContain("terminating connection");
    expect(await databases(source)).toBe("postgres,shop");
  });

  it("captures rows and digest of one instant while writers are at work @req:E2", async () => {
    const write =
      "INSERT INTO app.users (tenant, name) VALUES (gen_random_uuid(), 'w' || n); COMMIT; PERFORM pg_sleep(0.001);";
    const writing = source.sql("shop", `DO $$ BEGIN FOR n IN 1..1000000 LOOP ${write} END LOOP; END $$`);
    const stopped = expect(writing).rejects.toThrow("terminating connection");
    await expect
      .poll(() => source.sql("shop", "SELECT count(*) > 5000 FROM app.users"), { timeout: 10_000 })
      .toBe("t");
    const manifest = await createRecoveryPoint(policy(), context);
    await source.sql(
      "shop",
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'DO %LOOP%'",
    );
    await stopped;
    const { sources } = await restoreRecoveryPoint(manifest.id, { ...context, targets: other.pool });
    expect(sources[0]?.comparison.differences).toEqual([]);
    expect(sources[0]?.comparison.unsettled).toEqual(["state app.users_id_seq"]);
  });
});

describe("planted differences", () => {
  it.each([
    ["one changed row", "UPDATE app.users SET name = 'other' WHERE id = 4321", ["different rows app.users"]],
    ["one missing row", "DELETE FROM app.parts WHERE id = 3", ["different rows app.parts_2026"]],
    ["a sequence that stands elsewhere", "SELECT setval('app.tickets', 7)", ["different state app.tickets"]],
    ["a policy lost", "DROP POLICY by_tenant ON app.users", ["missing schema policy app.users by_tenant"]],
    [
      "row security switched off",
      "ALTER TABLE app.users DISABLE ROW LEVEL SECURITY",
      ["missing schema row security app.users"],
    ],
    ["a grant more", 'GRANT DELETE ON app.users TO "app user"', ["different schema acl app.TABLE users"]],
    [
      "a unique constraint lost",
      "ALTER TABLE app.users DROP CONSTRAINT users_tenant_name_key",
      ["missing schema constraint app.users users_tenant_name_key"],
    ],
    [
      "a function's body",
      "CREATE OR REPLACE FUNCTION app.twice(x int) RETURNS int LANGUAGE sql AS $f$ SELECT x * 2 $f$",
      ["different schema function app.twice(integer)"],
    ],
    ["a role's attribute", "ALTER ROLE reader LOGIN", ["different role reader"]],
    ["the database's grants", "REVOKE CONNECT ON DATABASE shop FROM reader", ["different database"]],
    [
      "a large object",
      "SELECT lowrite(lo_open(oid, 131072), '\\xff') FROM pg_largeobject_metadata",
      ["different large objects"],
    ],
  ])("names %s @req:E2", async (_, defect, expected) => {
    const io = { now: Date.now };
    const before = await postgresEngine.digest(db, source.target, io);
    await source.sql("shop", defect);
    const { differences } = compareDigests(before, await postgresEngine.digest(db, source.target, io));
    await source.sql("postgres", "ALTER ROLE reader NOLOGIN");
    expect(differences.map(({ kind, name }) => `${kind} ${name}`)).toEqual(expected);
  });
});

async function* slowly(stream: Readable) {
  for await (const chunk of stream) {
    await sleep(100);
    yield chunk;
  }
}

describe("failures", () => {
  it("leaves the old database and nothing else when a restore fails @req:E8", async () => {
    const manifest = await createRecoveryPoint(policy(), context);
    await source.sql("shop", "DELETE FROM app.parts");
    const stream = await openStored(
      { repository: context.repository, recoveryPoint: manifest.id, key },
      "db.data",
    );
    async function* cut() {
      let bytes = 0;
      for await (const chunk of stream) {
        bytes += chunk.length;
        if (bytes > 400_000) throw new Error("the storage went away");
        yield chunk;
      }
    }
    const io = { now: Date.now };
    await expect(postgresEngine.restore(db, source.target, Readable.from(cut()), io)).rejects.toThrow(
      "went away",
    );
    const abort = new AbortController();
    const slow = await openStored(
      { repository: context.repository, recoveryPoint: manifest.id, key },
      "db.data",
    );
    setTimeout(() => abort.abort(new Error("interrupted")), 150);
    const aborted = postgresEngine.restore(db, source.target, Readable.from(slowly(slow)), {
      ...io,
      signal: abort.signal,
    });
    await expect(aborted).rejects.toThrow("interrupted");
    const broken = Readable.from([
      Buffer.from('CREATE DATABASE :"target"; \\connect :"target"\nSELECT nonsense;\n'),
    ]);
    await expect(postgresEngine.restore(db, source.target, broken, io)).rejects.toMatchObject({
      code: "BACKUP_COMMAND_FAILED",
      message: expect.stringContaining('column "nonsense" does not exist'),
    });
    expect(await source.sql("shop", "SELECT count(*) FROM app.users")).toBe("5000");
    expect(await databases(source)).toBe("postgres,shop");
  });

  it("stores nothing when the database is not there, or the capture is aborted @req:E1", async () => {
    const missing = policy("{ name: db, engine: postgres, service: store, database: nope }");
    await expect(createRecoveryPoint(missing, context)).rejects.toMatchObject({
      code: "BACKUP_COMMAND_FAILED",
    });
    const abort = new AbortController();
    const pending = createRecoveryPoint(policy(), { ...context, signal: abort.signal });
    setTimeout(() => abort.abort(new Error("interrupted")), 300);
    await expect(pending).rejects.toThrow("interrupted");
    expect(await readdir(folder)).toEqual(["repository.json"]);
    const sessions =
      "SELECT count(*) FROM pg_stat_activity WHERE datname = 'shop' AND pid <> pg_backend_pid()";
    await expect.poll(() => source.sql("shop", sessions), { timeout: 5_000 }).toBe("0");
  });

  it("takes a password from a file inside the container @req:E2", async () => {
    await source.shell("printf geheim > /tmp/password");
    const secured = policy(
      "{ name: db, engine: postgres, service: store, database: shop, passwordFile: /tmp/password }",
    );
    expect((await createRecoveryPoint(secured, context)).sources[0]?.digest.entries).toBeGreaterThan(20);
    const unreadable = policy(
      "{ name: db, engine: postgres, service: store, database: shop, passwordFile: /nowhere }",
    );
    await expect(createRecoveryPoint(unreadable, context)).rejects.toThrow("/nowhere");
  });
});
