#!/bin/sh
# Makes the namespace and the search attributes of the product. May run again.
set -eu

: "${TEMPORAL_ADDRESS:?}" "${TEMPORAL_NAMESPACE:?}"

operator() { temporal operator "$@" --address "$TEMPORAL_ADDRESS" --namespace "$TEMPORAL_NAMESPACE"; }

operator namespace describe >/dev/null 2>&1 || operator namespace create --retention 72h

# A new namespace is known to every part of the server only after some seconds.
for attempt in 1 2 3 4 5 6; do
  if known="$(operator search-attribute list)"; then break; fi
  sleep 5
done
for name in AtendeTenant AtendeDefinition AtendeChannel; do
  echo "${known:?}" | grep -q "$name" || operator search-attribute create --name "$name" --type Keyword
done
