#!/bin/sh
# Runs once, when the volume is empty: databases and logins. Only atende_owner owns anything of the product; atende_app and
# atende_loops get their few rights from the migrations.
set -eu

password_of() { sed -E 's#^[a-z]+://[^:]+:([^@]+)@.*$#\1#' "/run/secrets/$1_url"; }

psql -v ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres \
  -v owner="$(password_of owner)" -v app="$(password_of app)" -v loops="$(password_of loops)" \
  -v temporal="$(cat /run/secrets/temporal_password)" <<'SQL'
create role atende_owner login password :'owner' nosuperuser nocreatedb nocreaterole noreplication nobypassrls;
create role atende_app login password :'app' nosuperuser nocreatedb nocreaterole noreplication nobypassrls;
create role atende_loops login password :'loops' nosuperuser nocreatedb nocreaterole noreplication nobypassrls;
create role temporal login password :'temporal' nosuperuser nocreatedb nocreaterole noreplication nobypassrls;
grant atende_app, atende_loops to atende_owner with inherit false, set true;

create database atende owner atende_owner;
create database temporal owner temporal;
create database temporal_visibility owner temporal;
revoke all on database atende, temporal, temporal_visibility, postgres, template1 from public;
grant connect on database atende to atende_app, atende_loops;
SQL
