#!/bin/sh
# Before `azd deploy`: puts the Dockerfile that suits TINYSAVER_GPU where azure.yaml has azd look for it. azd takes no variable
# there, and one file for both would not do: the registry's builder runs every stage, CUDA's gigabytes too.
set -eu
cd "$(dirname "$0")/../.."
. infra/hooks/azure.sh

need TINYSAVER_GPU
mkdir -p artifacts
case $TINYSAVER_GPU in
  none) cp src/TinySaver.Functions.Large/Dockerfile artifacts/large.Dockerfile ;;
  *) cp src/TinySaver.Functions.Large/Dockerfile.gpu artifacts/large.Dockerfile ;;
esac
