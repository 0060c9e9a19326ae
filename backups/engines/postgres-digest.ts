import { createHash } from "node:crypto";
import type { Target } from "#core/ports";
import type { Digest } from "../digest.ts";
import type { PostgresSource } from "../policy.ts";
import type { EngineIo } from "./engine.ts";
import { execute } from "./exec-stream.ts";
import { execOptions, postgresCommand, query } from "./postgres-command.ts";

/**
 * What a database holds: for each table its row count and the sum, modulo 2^64, of a 64-bit hash of every row (so the
 * order of rows does not matter); each sequence's state; each schema object's definition with its grants and policies;
 * roles, and the database's own grants and settings. As of `snapshot` when given; sequences and roles are always of now.
 */
export async function postgresDigest(
  source: PostgresSource,
  target: Target,
  io: EngineIo & { snapshot?: string },
): Promise<Digest> {
  const begin = io.snapshot === undefined ? "" : `SET TRANSACTION SNAPSHOT '${io.snapshot}';`;
  const script = `BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY;\n${begin}\n${digestQueries}\nCOMMIT;\n`;
  const lines = await query(source, target, script, io);
  const dump = await execute(
    target,
    postgresCommand(source, schemaDump(source, io.snapshot)),
    execOptions(source, io),
  );
  const entries: Digest["entries"] = {};
  for (const [name, ...values] of lines) entries[name as string] = values.join("\t");
  for (const [name, text] of schemaObjects(dump.stdout.toString("utf8")))
    entries[`schema ${name}`] = sha256(text);
  return { v: 1, engine: "postgres", entries };
}

/** The state of each sequence, which no snapshot holds still. Part of the digest too. */
export async function sequenceStates(
  source: PostgresSource,
  target: Target,
  io: EngineIo,
): Promise<Digest["entries"]> {
  const lines = await query(source, target, `SET search_path = pg_catalog;\n${sequenceQuery}\n`, io);
  return Object.fromEntries(lines.map(([name, ...values]) => [name as string, values.join("\t")]));
}

function schemaDump(source: PostgresSource, snapshot: string | undefined): string[] {
  const argv = [
    "pg_dump",
    "--no-password",
    "--schema-only",
    `--username=${source.user}`,
    `--dbname=${source.database}`,
  ];
  return snapshot === undefined ? argv : [...argv, `--snapshot=${snapshot}`];
}

const objectHeading = /^-- Name: (.*); Type: (.*); Schema: (.*); Owner: .*$/;

/**
 * A schema dump cut at pg_dump's own headings, as [name, definition]. Several pieces of one name are put together.
 * The server prints expressions with casts and parentheses that differ before and after a reload though they mean the
 * same (a varchar in an IN list, for one), so those are left out of everything but routine bodies, kept as written.
 */
export function schemaObjects(dump: string): Map<string, string> {
  const objects = new Map<string, string>();
  let name = "settings";
  let isVerbatim = false;
  for (const line of dump.split("\n")) {
    const heading = objectHeading.exec(line);
    if (heading) {
      name = `${heading[2]?.toLowerCase()} ${heading[3] === "-" ? "" : `${heading[3]}.`}${heading[1]}`;
      isVerbatim = heading[2] === "FUNCTION" || heading[2] === "PROCEDURE";
    }
    if (line === "" || line === "--" || /^(-- Dumped |\\(un)?restrict )/.test(line)) continue;
    const kept = isVerbatim ? line : withoutCasts(line);
    objects.set(name, `${objects.get(name) ?? ""}${kept}\n`);
  }
  return objects;
}

function withoutCasts(line: string): string {
  return line
    .replaceAll(/::(character varying|double precision|timestamp with(out)? time zone|[a-z_."]+)(\[\])?/g, "")
    .replaceAll(/[()]/g, "");
}

function sha256(text: string): string {
  return `sha256:${createHash("sha256").update(text).digest("hex")}`;
}

/** Extension members come back with their extension, except configuration tables, which pg_dump carries. */
const isDumped = `NOT EXISTS (SELECT FROM pg_depend p WHERE p.classid = 'pg_class'::regclass AND p.objid = c.oid AND p.deptype = 'e'
    AND NOT EXISTS (SELECT FROM pg_extension x WHERE c.oid = ANY (x.extconfig)))
  AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'`;

const sequenceQuery = `SELECT format('SELECT %L, last_value || '' called='' || is_called FROM %s', 'state ' || n.nspname || '.' || c.relname, c.oid::regclass)
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind = 'S' AND ${isDumped} ORDER BY 1 \\gexec`;

const digestQueries = `
SET LOCAL search_path = pg_catalog;
SET LOCAL row_security = off;
SET LOCAL DateStyle = 'ISO, YMD';
SET LOCAL IntervalStyle = 'iso_8601';
SET LOCAL TimeZone = 'UTC';
SET LOCAL bytea_output = 'hex';
SET LOCAL extra_float_digits = 1;
SET LOCAL lc_monetary = 'C';
SELECT format('SELECT %L, ''rows='' || count(*) || '' sum='' || mod(coalesce(sum(hashtextextended((r.*)::text, 0)::numeric), 0), 18446744073709551616) FROM ONLY %s r',
    'rows ' || n.nspname || '.' || c.relname, c.oid::regclass)
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE (c.relkind = 'r' OR (c.relkind = 'm' AND c.relispopulated)) AND ${isDumped} ORDER BY 1 \\gexec
SELECT 'large objects', 'count=' || (SELECT count(*) FROM pg_largeobject_metadata)
  || ' sum=' || mod(coalesce(sum(hashtextextended(loid || '/' || pageno || '/' || encode(data, 'hex'), 0)::numeric), 0), 18446744073709551616)
  FROM pg_largeobject;
${sequenceQuery}
SELECT 'role ' || rolname, concat_ws(' ', rolsuper, rolinherit, rolcreaterole, rolcreatedb, rolcanlogin, rolreplication, rolbypassrls, rolconnlimit, coalesce(rolvaliduntil, 'infinity'),
    'in=' || (SELECT string_agg(g.rolname || (m.admin_option::text), ',' ORDER BY g.rolname) FROM pg_auth_members m JOIN pg_roles g ON g.oid = m.roleid WHERE m.member = r.oid),
    'set=' || (SELECT string_agg(replace(array_to_string(s.setconfig, ';'), E'\\n', ' '), ';') FROM pg_db_role_setting s WHERE s.setrole = r.oid AND s.setdatabase = 0))
  FROM pg_roles r WHERE rolname !~ '^pg_' ORDER BY 1;
SELECT 'database', concat_ws(' ', 'owner=' || r.rolname, pg_encoding_to_char(d.encoding), d.datcollate, d.datctype, d.datconnlimit,
    'grants=' || (SELECT string_agg(a.privilege_type || ':' || coalesce(u.rolname, 'PUBLIC') || ':' || a.is_grantable, ',' ORDER BY a.privilege_type, u.rolname)
      FROM aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) a LEFT JOIN pg_roles u ON u.oid = a.grantee),
    'set=' || (SELECT string_agg(coalesce(u.rolname, '') || ':' || array_to_string(s.setconfig, ';'), ',' ORDER BY u.rolname)
      FROM pg_db_role_setting s LEFT JOIN pg_roles u ON u.oid = s.setrole WHERE s.setdatabase = d.oid))
  FROM pg_database d JOIN pg_roles r ON r.oid = d.datdba WHERE d.datname = current_database();
`;
