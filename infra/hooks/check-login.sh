#!/bin/sh
# Before `azd provision`: the hooks after it use the Azure CLI, which signs in apart from azd. Better to hear of it now than in
# ten minutes. By hand: sh infra/hooks/check-login.sh
set -eu
cd "$(dirname "$0")/../.."
. infra/hooks/azure.sh

command -v az >/dev/null 2>&1 || fail "The Azure CLI (az) is not installed, which the hooks need: https://aka.ms/azure-cli"
take AZURE_SUBSCRIPTION_ID AZURE_TENANT_ID
tenant=$AZURE_TENANT_ID
login="az login${tenant:+ --tenant $tenant}"
# Not known yet when `azd provision` runs for the first time; `azd up` asks for it before.
if [ -z "$AZURE_SUBSCRIPTION_ID" ]; then
  az account show --output none --only-show-errors || fail "The Azure CLI is not signed in: run '$login'."
  exit 0
fi
seen=$(azure account show --query tenantId --output tsv) ||
  fail "The Azure CLI does not see the subscription $AZURE_SUBSCRIPTION_ID that azd uses: run '$login' with the account that you gave azd."
[ -z "$tenant" ] || [ "$seen" = "$tenant" ] ||
  fail "The Azure CLI is signed in to the tenant $seen, but azd to $tenant: run '$login'."
