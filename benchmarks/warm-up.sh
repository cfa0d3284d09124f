#!/usr/bin/env bash
# What the first images of a fresh function app cost, before and after: publishes the warm-up harness on the sources of BASE and on those
# of this checkout, as the apps are published, and runs both in turns, each time as a fresh process, on one Azurite.
# "start" takes the start of the tiny app apart, step by step.
# Usage: benchmarks/warm-up.sh [tiny|large|start [BASE [IN_FLIGHT [IMAGES [ROUNDS]]]]]     default: tiny HEAD~1 16 5000 3
# IN_FLIGHT may be several, parted by commas. SAVERS=1 leaves only so many of the samples' savers.
# Variables of the environment reach both, for instance DOTNET_EnableAVX512F=0; CPUS=0 keeps both to one core, and
# VCPUS="0.25 1 2" to such parts of the processors, one after the other (benchmarks/limited.sh).
set -euo pipefail
cd "$(dirname "$0")/.."
stage=${1:-tiny}
base=${2:-HEAD~1}
work=$(mktemp -d)
trap 'git worktree remove --force "$work/base" 2>/dev/null || true; rm -rf "$work"' EXIT

publish() {
  dotnet publish "$1/benchmarks/TinySaver.WarmUp" -c Release -r linux-x64 --no-self-contained -p:PublishReadyToRun=true -o "$2" -v quiet --nologo
}

git worktree add --detach --quiet "$work/base" "$base"
rm -rf "$work/base/benchmarks/TinySaver.WarmUp"
cp -r benchmarks/TinySaver.WarmUp "$work/base/benchmarks/"
publish "$work/base" "$work/before"
publish . "$work/after"
[ -z "${CPUS:-}" ] || export TINYSAVER_WARMUP_WRAPPER="taskset -c $CPUS"
[ -z "${SAVERS:-}" ] || export TINYSAVER_WARMUP_SAVERS=$SAVERS
dotnet build benchmarks/TinySaver.WarmUp -c Release -v quiet --nologo
for vcpu in ${VCPUS:-all}; do
  [ "$vcpu" = all ] || export TINYSAVER_WARMUP_WRAPPER="$PWD/benchmarks/limited.sh $vcpu"
  in_flight=${3:-16}
  for n in ${in_flight//,/ }; do
    [ "$vcpu$in_flight" = "all$n" ] || echo "$vcpu vCPU, $n in flight"
    dotnet run -c Release --no-build --project benchmarks/TinySaver.WarmUp -- "$stage" "$n" "${4:-5000}" "${5:-3}" \
      "before=$work/before/TinySaver.WarmUp.dll" "after=$work/after/TinySaver.WarmUp.dll"
  done
done
