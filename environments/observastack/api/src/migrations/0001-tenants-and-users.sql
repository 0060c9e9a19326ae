-- The tenant a transaction works for: its slug or its id, set by set_config('app.tenant', ..., true).
-- Without it every policy below compares with null and shows nothing.
CREATE FUNCTION current_tenant() RETURNS text
  LANGUAGE sql STABLE
  RETURN nullif(current_setting('app.tenant', true), '');

CREATE TABLE tenants (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  slug text NOT NULL UNIQUE CHECK (slug ~ '^[a-z][a-z0-9-]{0,30}$'),
  name text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE users (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  tenant_id uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
  username text NOT NULL,
  display_name text NOT NULL,
  email text NOT NULL,
  password_hash text NOT NULL,
  roles text[] NOT NULL CHECK (roles <@ ARRAY['viewer', 'editor', 'operator', 'admin']),
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT users_tenant_id_username_key UNIQUE (tenant_id, username)
);
CREATE INDEX users_tenant_id_idx ON users (tenant_id);

-- Policies bind the app role only: the owner migrates, seeds and takes backups of all tenants.
ALTER TABLE tenants ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenants_own ON tenants TO app
  USING (slug = (SELECT current_tenant()) OR id::text = (SELECT current_tenant()));

-- Reads tenants under the policy above, so it yields the one id the transaction may see.
CREATE FUNCTION current_tenant_id() RETURNS uuid
  LANGUAGE sql STABLE
  BEGIN ATOMIC
    SELECT id FROM tenants WHERE slug = current_tenant() OR id::text = current_tenant();
  END;

ALTER TABLE users ENABLE ROW LEVEL SECURITY;
CREATE POLICY users_own ON users TO app
  USING (tenant_id = (SELECT current_tenant_id()))
  WITH CHECK (tenant_id = (SELECT current_tenant_id()));

GRANT USAGE ON SCHEMA public TO app;
GRANT SELECT ON tenants, users TO app;
