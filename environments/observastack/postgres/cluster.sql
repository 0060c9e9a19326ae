-- The owner migrates, backs up and restores; the application role only ever gets what a migration grants it.
CREATE ROLE observastack LOGIN CREATEDB NOSUPERUSER;
CREATE ROLE app LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS;
GRANT pg_monitor, pg_signal_backend TO observastack;
CREATE DATABASE observastack OWNER observastack;
REVOKE ALL ON DATABASE observastack FROM PUBLIC;
GRANT CONNECT, TEMPORARY ON DATABASE observastack TO app;
\connect observastack
CREATE EXTENSION pg_stat_statements;
