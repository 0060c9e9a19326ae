import type { Target } from "#core/ports";
import type { PostgresSource } from "../policy.ts";
import type { EngineIo } from "./engine.ts";
import { query } from "./postgres-command.ts";

/**
 * The head of a captured script: what pg_dump leaves to others. Roles (without passwords: those belong to the
 * environment), their memberships and settings, and the database itself with owner, locale, grants and settings, under
 * the name in psql's variable `target`. Then it connects there and opens the transaction that holds the whole dump.
 */
export async function postgresPreamble(
  source: PostgresSource,
  target: Target,
  io: EngineIo,
): Promise<string> {
  const lines = await query(source, target, preambleQueries, io);
  const sql = lines.map((fields) => fields.join("\t")).join("\n");
  return `\\set ON_ERROR_STOP 1\n${sql}\n\\connect :"target"\nBEGIN;\n`;
}

/** Closes what the preamble opened. Without it nothing of the dump stays. */
export const postgresEpilogue = "\nCOMMIT;\n";

/** Settings that hold lists of names are stored quoted already (guc.c: GUC_LIST_QUOTE). */
const listSettings = [
  "local_preload_libraries",
  "search_path",
  "session_preload_libraries",
  "shared_preload_libraries",
  "temp_tablespaces",
  "unix_socket_directories",
];

const settingSql = `format('%I TO %s', split_part(setting, '=', 1),
  CASE WHEN split_part(setting, '=', 1) IN (${listSettings.map((name) => `'${name}'`).join(", ")})
    THEN substr(setting, strpos(setting, '=') + 1) ELSE quote_literal(substr(setting, strpos(setting, '=') + 1)) END)`;

const flag = (column: string, word: string) => `CASE WHEN ${column} THEN '${word}' ELSE 'NO${word}' END`;

const memberOption = (key: string, word: string) =>
  `coalesce(', ${word} ' || upper(to_jsonb(m) ->> '${key}'), '')`;

const preambleQueries = `
SET search_path = pg_catalog;
SET quote_all_identifiers = on;
SELECT format('DO $role$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = %L) THEN CREATE ROLE %I; END IF; END $role$;', rolname, rolname)
  FROM pg_roles WHERE rolname !~ '^pg_' ORDER BY rolname;
SELECT format('ALTER ROLE %I WITH %s %s %s %s %s %s %s CONNECTION LIMIT %s VALID UNTIL %L;', rolname,
    ${flag("rolsuper", "SUPERUSER")}, ${flag("rolinherit", "INHERIT")}, ${flag("rolcreaterole", "CREATEROLE")},
    ${flag("rolcreatedb", "CREATEDB")}, ${flag("rolcanlogin", "LOGIN")}, ${flag("rolreplication", "REPLICATION")},
    ${flag("rolbypassrls", "BYPASSRLS")}, rolconnlimit, coalesce(rolvaliduntil::text, 'infinity'))
  FROM pg_roles WHERE rolname !~ '^pg_' ORDER BY rolname;
SELECT format('GRANT %I TO %I WITH ADMIN %s%s%s;', g.rolname, u.rolname, CASE WHEN m.admin_option THEN 'TRUE' ELSE 'FALSE' END,
    ${memberOption("inherit_option", "INHERIT")}, ${memberOption("set_option", "SET")})
  FROM pg_auth_members m JOIN pg_roles g ON g.oid = m.roleid JOIN pg_roles u ON u.oid = m.member
  WHERE u.rolname !~ '^pg_' ORDER BY g.rolname, u.rolname;
SELECT format('CREATE DATABASE :"target" TEMPLATE template0 OWNER %I ENCODING %L LC_COLLATE %L LC_CTYPE %L%s CONNECTION LIMIT %s;',
    r.rolname, pg_encoding_to_char(d.encoding), d.datcollate, d.datctype,
    CASE to_jsonb(d) ->> 'datlocprovider'
      WHEN 'b' THEN format(' LOCALE_PROVIDER builtin BUILTIN_LOCALE %L', to_jsonb(d) ->> 'datlocale')
      WHEN 'i' THEN format(' LOCALE_PROVIDER icu ICU_LOCALE %L', coalesce(to_jsonb(d) ->> 'datlocale', to_jsonb(d) ->> 'daticulocale'))
      WHEN 'c' THEN ' LOCALE_PROVIDER libc' ELSE '' END, d.datconnlimit)
  FROM pg_database d JOIN pg_roles r ON r.oid = d.datdba WHERE d.datname = current_database();
SELECT 'REVOKE ALL ON DATABASE :"target" FROM PUBLIC;' FROM pg_database WHERE datname = current_database() AND datacl IS NOT NULL;
SELECT format('GRANT %s ON DATABASE :"target" TO %s%s;', a.privilege_type,
    CASE WHEN a.grantee = 0 THEN 'PUBLIC' ELSE quote_ident(r.rolname) END, CASE WHEN a.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END)
  FROM pg_database d CROSS JOIN aclexplode(d.datacl) a LEFT JOIN pg_roles r ON r.oid = a.grantee
  WHERE d.datname = current_database() ORDER BY 1;
SELECT format('COMMENT ON DATABASE :"target" IS %L;', shobj_description(oid, 'pg_database'))
  FROM pg_database WHERE datname = current_database() AND shobj_description(oid, 'pg_database') IS NOT NULL;
SELECT format('ALTER ROLE %I SET ', r.rolname) || ${settingSql} || ';'
  FROM pg_db_role_setting s CROSS JOIN unnest(s.setconfig) setting JOIN pg_roles r ON r.oid = s.setrole
  WHERE s.setdatabase = 0 ORDER BY 1;
SELECT CASE WHEN s.setrole = 0 THEN 'ALTER DATABASE :"target" SET ' ELSE format('ALTER ROLE %I IN DATABASE :"target" SET ', r.rolname) END
    || ${settingSql} || ';'
  FROM pg_db_role_setting s CROSS JOIN unnest(s.setconfig) setting LEFT JOIN pg_roles r ON r.oid = s.setrole
  WHERE s.setdatabase = (SELECT oid FROM pg_database WHERE datname = current_database()) ORDER BY 1;
`;
