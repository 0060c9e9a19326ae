#!/bin/sh
# Starts PostgreSQL. An empty volume first gets the image's cluster with the passwords of the mounted secrets.
# The copy appears under its final name by one rename, so a kill at any moment leaves either nothing or all of it.
set -eu

set_password() {
  printf "ALTER ROLE %s PASSWORD '%s';\n" "$1" "$(sed "s/'/''/g" "/run/secrets/$2")"
}

if [ ! -e "$PGDATA/PG_VERSION" ]; then
  rm -rf "$PGDATA.new"
  cp -a /opt/cluster "$PGDATA.new"
  { set_password observastack postgres_password && set_password app app_password; } \
    | postgres --single -D "$PGDATA.new" -c exit_on_error=on postgres > /dev/null
  sync
  mv "$PGDATA.new" "$PGDATA"
fi
exec postgres -D "$PGDATA"
