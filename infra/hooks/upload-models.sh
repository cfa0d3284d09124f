#!/bin/sh
# After `azd provision`: publishes the cascade policy and its models to the container `models`; what is there is not uploaded again.
#   TINYSAVER_POLICY   the policy, as `tinysaver search` wrote it; default samples/cascade.json
# Safe to run again; by hand: sh infra/hooks/upload-models.sh. upload-models.ps1 is its twin: change both.
set -eu
cd "$(dirname "$0")/../.."
. infra/hooks/azure.sh

need TINYSAVER_STORAGE_ACCOUNT TINYSAVER_STORAGE_URL
take TINYSAVER_POLICY
account=$TINYSAVER_STORAGE_ACCOUNT
policy=${TINYSAVER_POLICY:-samples/cascade.json}
[ -f "$policy" ] || fail "There is no cascade policy '$policy'; set TINYSAVER_POLICY to the one that 'tinysaver search' wrote."

# First without the account: what is wrong with a model stays wrong, however often it is tried.
tinysaver policy publish "$policy" --dry-run || fail "'$policy' cannot be deployed; the message above says why."

publish() {
  tinysaver policy publish "$policy" --storage "$TINYSAVER_STORAGE_URL"
}

# A role that was assigned a moment ago takes up to ten minutes to work.
retry 20 "The role to upload to $account" publish ||
  fail "The policy could not be published to $account. You need the role Storage Blob Data Contributor on its container 'models'; with a private network, set TINYSAVER_DEPLOYER_IP to your address and run 'azd provision' again."
say "The policy and its models are in the container 'models' of $account."
