#!/usr/bin/env bash
# Runs a command in a cgroup that has only so much of the processors, as an instance of that size has; needs root and Linux.
# Usage: benchmarks/limited.sh VCPU COMMAND…     for instance: benchmarks/limited.sh 0.25 dotnet program.dll
set -euo pipefail
quota=$(awk "BEGIN { print int($1 * 100000) }")
shift
if [ -f /sys/fs/cgroup/cgroup.controllers ]; then
  group=/sys/fs/cgroup/tinysaver-$quota
  mkdir -p "$group"
  echo "$quota 100000" > "$group/cpu.max"
else
  group=/sys/fs/cgroup/cpu/tinysaver-$quota
  mkdir -p "$group"
  echo 100000 > "$group/cpu.cfs_period_us"
  echo "$quota" > "$group/cpu.cfs_quota_us"
fi
echo $$ > "$group/cgroup.procs"
exec "$@"
