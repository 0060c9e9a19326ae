#!/bin/sh
# Starts nginx with what this run decides: where the gateway is, who resolves names, which defects are planted.
set -eu
gateway=${GATEWAY_URL:-http://gateway:8080}
resolver=$(awk '$1 == "nameserver" { print ($2 ~ /:/) ? "[" $2 "]" : $2; exit }' /etc/resolv.conf)
defects=${OBSERVASTACK_DEFECTS:-}

case $defects in
  *[!a-z0-9,-]*) echo "OBSERVASTACK_DEFECTS holds something else than ids and commas: $defects" >&2; exit 1 ;;
esac
if [ "${OBSERVASTACK_TARGET:-}" = production ] && [ -n "$defects" ]; then
  echo "OBSERVASTACK_DEFECTS must be empty for the production target" >&2
  exit 1
fi

mkdir -p /tmp/config
printf '{"defects":[%s]}\n' "$(printf %s "$defects" | sed 's/[a-z0-9-]\{1,\}/"&"/g; s/,,*/,/g; s/^,//; s/,$//')" \
  > /tmp/config/config.json
sed -e "s|@GATEWAY@|$gateway|" -e "s|@RESOLVER@|$resolver|" /etc/observastack/nginx.conf > /tmp/nginx.conf
exec nginx -c /tmp/nginx.conf
