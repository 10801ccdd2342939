#!/bin/sh
# Makes the namespace and the search attributes of the product. May run again.
set -eu

: "${TEMPORAL_ADDRESS:?}" "${TEMPORAL_NAMESPACE:?}"
export TEMPORAL_ADDRESS TEMPORAL_NAMESPACE

temporal operator namespace describe >/dev/null 2>&1 || temporal operator namespace create --retention 72h

known="$(temporal operator search-attribute list)"
for name in AtendeTenant AtendeDefinition AtendeChannel; do
  echo "$known" | grep -q "$name" || temporal operator search-attribute create --name "$name" --type Keyword
done
