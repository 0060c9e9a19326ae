-- A row exists for as long as its object may: 'uploading' before the first byte is sent, 'deleting' until the object
-- is gone. Whatever a crash leaves half done is found by these two states and finished by the sweep.
CREATE TABLE files (
  id uuid PRIMARY KEY,
  tenant_id uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
  owner_id uuid REFERENCES users (id) ON DELETE SET NULL,
  original_name text NOT NULL,
  mime_type text NOT NULL,
  size bigint NOT NULL CHECK (size >= 0),
  sha256 text NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),
  bucket text NOT NULL,
  key text NOT NULL,
  state text NOT NULL CHECK (state IN ('uploading', 'stored', 'deleting')),
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (bucket, key)
);
CREATE INDEX files_newest_idx ON files (tenant_id, created_at DESC, id) WHERE state = 'stored';
CREATE INDEX files_owner_id_idx ON files (owner_id);
CREATE INDEX files_unfinished_idx ON files (updated_at) WHERE state <> 'stored';

ALTER TABLE files ENABLE ROW LEVEL SECURITY;
CREATE POLICY files_own ON files TO app
  USING (tenant_id = (SELECT current_tenant_id()))
  WITH CHECK (tenant_id = (SELECT current_tenant_id()));
GRANT SELECT, INSERT, UPDATE, DELETE ON files TO app;

-- The sweep works for all tenants, the app role for one at a time: this tells it where there is work, and no more.
CREATE FUNCTION unfinished_files() RETURNS TABLE (tenant text, id uuid, key text)
  LANGUAGE sql STABLE SECURITY DEFINER
  SET search_path = public, pg_temp
  BEGIN ATOMIC
    SELECT tenants.slug, files.id, files.key
    FROM files JOIN tenants ON tenants.id = files.tenant_id
    WHERE files.state = 'uploading' AND files.updated_at < now() - interval '15 minutes'
       OR files.state = 'deleting' AND files.updated_at < now() - interval '10 seconds'
    ORDER BY files.updated_at
    LIMIT 100;
  END;
REVOKE EXECUTE ON FUNCTION unfinished_files() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION unfinished_files() TO app;
