#!/bin/sh
# Becomes `weir` as the user weir, with those of the three capabilities that the container has: a user other than root gets
# none by itself, and the tools that weir starts need them as well. Containers that begin with another user have none to give.
set -eu

# Whether the container may have a capability, by its number in linux/capability.h.
allowed() { [ $((0x$(sed -n 's/^CapBnd:[[:space:]]*//p' /proc/self/status) >> $1 & 1)) = 1 ]; }

[ "$(id -u)" = 0 ] || exec weir "$@"

kept=-all
! allowed 10 || kept=$kept,+net_bind_service
! allowed 12 || kept=$kept,+net_admin
! allowed 13 || kept=$kept,+net_raw
exec setpriv --reuid weir --regid weir --clear-groups --no-new-privs \
  --inh-caps "$kept" --ambient-caps "$kept" --bounding-set "$kept" weir "$@"
