#!/bin/sh
# Starts the S3 gateway. The root keys travel by environment, which only this user can read.
set -eu
ROOT_ACCESS_KEY=$(cat /run/secrets/s3_access_key)
ROOT_SECRET_KEY=$(cat /run/secrets/s3_secret_key)
export ROOT_ACCESS_KEY ROOT_SECRET_KEY
mkdir -p /data/buckets /data/versions
exec versitygw --port :7070 --region us-east-1 --health /health --quiet \
  posix --versioning-dir /data/versions /data/buckets
