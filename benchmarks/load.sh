#!/usr/bin/env bash
# Load through the local pipeline: labels COUNT images (the sample images under many names) with `tinysaver run` on Azurite and
# with `tinysaver classify`, and prints for each the wall clock, the images a second, the CPU seconds of tinysaver's own process
# an image, and its memory over time. Azurite is a process of its own and is told apart.
# Usage: benchmarks/load.sh [COUNT [THREADS]]     default 20000 images, one thread a processor. Needs Linux and about 1 GB of /tmp.
set -euo pipefail
cd "$(dirname "$0")/.."
count=${1:-20000}
threads=${2:-$(nproc)}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
dotnet build -c Release src/TinySaver.Cli >/dev/null
tinysaver=artifacts/bin/TinySaver.Cli/release/tinysaver.dll

mapfile -t samples < <(find samples/images -name '*.jpg' | sort)
for ((i = 0; i < count; i++)); do
  source=${samples[i % ${#samples[@]}]}
  folder=$work/load/$(basename "$(dirname "$source")")
  mkdir -p "$folder"
  ln -s "$PWD/$source" "$folder/$(printf '%06d' "$i").jpg"
done

# CPU seconds of a live process: user and system ticks, fields 14 and 15 of stat, after the name in brackets.
cpu() {
  sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | awk -v hz="$(getconf CLK_TCK)" '{ printf "%.2f", ($12 + $13) / hz }'
}

measure() {
  local name=$1
  shift
  local start seconds pid last=0 azurite=0 peak=0 node
  start=$(date +%s.%N)
  dotnet "$tinysaver" "$@" >"$work/$name.json" 2>"$work/$name.log" &
  pid=$!
  : >"$work/$name.memory"
  while kill -0 "$pid" 2>/dev/null; do
    now=$(cpu "$pid")
    [ -n "$now" ] && last=$now
    node=$(pgrep -P "$pid" -f supervise.cjs || true)
    [ -n "$node" ] && now=$(cpu "$node") && [ -n "$now" ] && azurite=$now
    rss=$(awk '/VmRSS/ { print int($2 / 1024) }' "/proc/$pid/status" 2>/dev/null || true)
    [ -n "$rss" ] && echo "$(awk -v a="$(date +%s.%N)" -v b="$start" 'BEGIN { print int(a - b) }') $rss" >>"$work/$name.memory"
    sleep 0.2
  done
  wait "$pid" || { cat "$work/$name.log"; return 1; }
  seconds=$(awk -v a="$(date +%s.%N)" -v b="$start" 'BEGIN { print a - b }')
  peak=$(awk '$2 > p { p = $2 } END { print p }' "$work/$name.memory")
  awk -v n="$name" -v c="$count" -v s="$seconds" -v u="$last" -v a="$azurite" -v p="$peak" 'BEGIN {
    printf "%-9s %d images in %.1f s: %.1f images/s; CPU %.1f s = %.2f ms/image (Azurite %.1f s = %.2f ms/image); peak %d MB\n", n, c, s, c / s, u, u * 1000 / c, a, a * 1000 / c, p }'
  echo "  resident MB at tenths of the run: $(awk '{ m[NR] = $2 } END { for (i = 1; i <= 10; i++) printf "%s ", m[int((NR - 1) * i / 10) + 1] }' "$work/$name.memory")"
}

measure classify classify "$work/load" --policy samples/cascade.json --threads "$threads" --json
measure run run "$work/load" --policy samples/cascade.json --threads "$threads" --data "$work/data" --json
