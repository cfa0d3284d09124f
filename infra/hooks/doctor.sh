#!/bin/sh
# After `azd deploy`, last: looks at the whole deployment and sends two images through it, so that a deployment that says it is
# done labels images. By hand: sh infra/hooks/doctor.sh. doctor.ps1 is its twin: change both.
set -eu
cd "$(dirname "$0")/../.."
. infra/hooks/azure.sh

need AZURE_SUBSCRIPTION_ID AZURE_RESOURCE_GROUP
tinysaver doctor --subscription "$AZURE_SUBSCRIPTION_ID" --resource-group "$AZURE_RESOURCE_GROUP" ||
  fail "Something is broken: the first line above that says so is where to begin. Look again with 'azd hooks run postdeploy'."
