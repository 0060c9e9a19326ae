import { expect, it } from "vitest";
import { schemaObjects } from "./postgres-digest.ts";

const dump = (check: string, body: string) => `--
-- PostgreSQL database dump
--
\\restrict 1f3
-- Dumped from database version 17.6
SET statement_timeout = 0;

--
-- Name: users; Type: TABLE; Schema: app; Owner: owner
--

CREATE TABLE app.users (
    kind character varying(10),
    CONSTRAINT users_kind_check CHECK (${check})
);

--
-- Name: f(); Type: FUNCTION; Schema: app; Owner: owner
--

CREATE FUNCTION app.f() RETURNS integer LANGUAGE sql AS $$${body}$$;

--
-- Name: EXTENSION pgcrypto; Type: COMMENT; Schema: -; Owner: 
--

COMMENT ON EXTENSION pgcrypto IS 'cryptographic functions';
`;

const once = "(kind)::text = ANY ((ARRAY['a'::character varying, 'b'::character varying])::text[])";
const again = "(kind)::text = ANY (ARRAY[('a'::character varying)::text, ('b'::character varying)::text])";

it("cuts a schema at its objects' headings @req:E2", () => {
  expect([...schemaObjects(dump(once, "SELECT 1")).keys()]).toEqual([
    "settings",
    "table app.users",
    "function app.f()",
    "comment EXTENSION pgcrypto",
  ]);
});

it("is silent on how the server prints one and the same expression before and after a reload @req:E2", () => {
  const other = dump(again, "SELECT 1").replace("1f3", "9aa").replace("17.6", "17.7");
  expect(schemaObjects(dump(once, "SELECT 1"))).toEqual(schemaObjects(other));
});

it("finds another condition and another function body, even if only by a cast @req:E2", () => {
  const before = schemaObjects(dump(once, "SELECT 1"));
  expect(schemaObjects(dump(once.replace("'b'", "'c'"), "SELECT 1")).get("table app.users")).not.toBe(
    before.get("table app.users"),
  );
  expect(schemaObjects(dump(once, "SELECT 1::int")).get("function app.f()")).not.toBe(
    before.get("function app.f()"),
  );
});
