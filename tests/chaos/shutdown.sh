#!/usr/bin/env bash
# Ending the server in the middle of its work. See shutdown.mjs.
exec node "$(dirname "${BASH_SOURCE[0]}")/shutdown.mjs"
