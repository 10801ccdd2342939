#!/bin/sh
# Makes the passwords and keys docker-compose.yml uses, once: deploy/secrets/ and .env. Keep deploy/secrets/root_key safe:
# without it every stored text is lost.
set -eu
cd "$(dirname "$0")/.."

folder=deploy/secrets
if [ -e "$folder/root_key" ]; then
  echo "$folder is there already; nothing was changed" >&2
  exit 1
fi

# The folder is closed, its files are not: they are mounted one by one, and the user inside a container is another one.
umask 022
mkdir -p -m 700 "$folder"

password() { openssl rand -hex 24; }
put() { printf '%s' "$2" >"$folder/$1"; }
login() { put "$1_url" "postgresql://atende_$1:$(password)@postgres:5432/atende?sslmode=disable"; }

put postgres_password "$(password)"
login owner
login app
login loops
put root_key "$(openssl rand -base64 32)"

# Temporal's image reads its password from the environment.
temporal="$(password)"
put temporal_password "$temporal"
(umask 077 && printf 'TEMPORAL_DATABASE_PASSWORD=%s\n' "$temporal" >.env)
echo "made $folder and .env"
