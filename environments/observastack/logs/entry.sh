#!/bin/sh
# Starts OpenSearch as PID 1. Extra arguments are options of the Java machine.
set -eu
exec java @/opt/logs/java.options -XX:SharedArchiveFile=/opt/logs/classes.jsa "$@" -cp '/opt/logs/lib/*' LogStore /opt/logs
