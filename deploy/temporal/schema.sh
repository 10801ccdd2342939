#!/bin/sh
# Brings Temporal's two databases up to the version of this image. May run again.
set -eu

tool() { temporal-sql-tool --plugin postgres12 --ep postgres --port 5432 --user temporal --db "$@"; }

bring() {
  folder="/etc/temporal/schema/postgresql/v12/$2/versioned"
  # A database without a version is a new one.
  tool "$1" update-schema --schema-dir "$folder" || {
    tool "$1" setup-schema --version 0.0
    tool "$1" update-schema --schema-dir "$folder"
  }
}

bring temporal temporal
bring temporal_visibility visibility
