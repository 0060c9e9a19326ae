#!/bin/sh
# Starts Redis. The password goes through a private file, never through the command line, which every process can read.
set -eu
umask 077
printf 'requirepass "%s"\n' "$(sed 's/[\\"]/\\&/g' /run/secrets/redis_password)" > /tmp/redis-auth.conf
exec redis-server /etc/observastack/redis.conf
