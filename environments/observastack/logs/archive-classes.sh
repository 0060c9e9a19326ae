#!/bin/sh
# Starts the node once, indexes and searches one document, stops it, and leaves /opt/logs/classes.jsa behind.
set -eu
cd /opt/logs
java @java.options -XX:ArchiveClassesAtExit=/opt/logs/classes.jsa -cp '/opt/logs/lib/*' LogStore /opt/logs &
node=$!
curl --silent --fail --retry 60 --retry-delay 1 --retry-connrefused \
  'localhost:9200/_cluster/health?wait_for_status=yellow' > /dev/null
curl --silent --fail -H 'content-type: application/json' 'localhost:9200/rehearsal/_doc?refresh=true' \
  -d '{"@timestamp":"2026-01-01T00:00:00Z","message":"rehearsal"}' > /dev/null
curl --silent --fail 'localhost:9200/rehearsal/_search?q=message:rehearsal' > /dev/null
kill -TERM "$node"
wait "$node" || true
rm -rf /data/* /tmp/hsperfdata_*
test -s classes.jsa
chmod 0444 classes.jsa
