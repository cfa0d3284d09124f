#!/bin/sh
# After `azd provision`: uploads the cascade policy and its models to the container `models`, unless they are there already.
#   TINYSAVER_POLICY   the policy, as `tinysaver search` wrote it; default samples/cascade.json
# Safe to run again; by hand: sh infra/hooks/upload-models.sh. upload-models.ps1 is its twin: change both.
set -eu
cd "$(dirname "$0")/../.."
. infra/hooks/azure.sh

need AZURE_SUBSCRIPTION_ID TINYSAVER_STORAGE_ACCOUNT
account=$TINYSAVER_STORAGE_ACCOUNT
policy=${TINYSAVER_POLICY:-samples/cascade.json}
[ -f "$policy" ] || fail "There is no cascade policy '$policy'; set TINYSAVER_POLICY to the one that 'tinysaver search' wrote."

# The hash that was uploaded with the blob; nothing where there is no such blob.
uploaded_hash() {
  azure storage blob show --account-name "$account" --container-name models --name "$name" --auth-mode login --query metadata.sha256 --output tsv 2>/dev/null || true
}

# The service checks the MD5 of each piece that it receives; the hash goes along as metadata.
upload() {
  azure storage blob upload --account-name "$account" --container-name models --name "$name" --file "$path" --metadata "sha256=$hash" --auth-mode login --overwrite true --validate-content --no-progress --output none
}

uploaded_bytes() {
  azure storage blob show --account-name "$account" --container-name models --name "$name" --auth-mode login --query properties.contentLength --output tsv
}

# Lines of hash, blob name and path, the policy last: who reads it finds its models. Also checks that each model is the one
# that the policy was made for.
files=$(dotnet run infra/hooks/model-files.cs -- "$policy") || fail "'$policy' cannot be deployed; the message above says why."

tab=$(printf '\t')
while IFS=$tab read -r hash name path <&3; do
  if [ "$(uploaded_hash)" = "$hash" ]; then
    say "$name is there already."
    continue
  fi

  say "Uploading $name."
  # A role that was assigned a moment ago takes up to ten minutes to work.
  retry 20 "The role to upload to $account" upload ||
    fail "$name could not be uploaded to $account. You need the role Storage Blob Data Contributor on its container 'models'; with a private network, set TINYSAVER_DEPLOYER_IP to your address and run 'azd provision' again."
  bytes=$(wc -c <"$path" | tr -d ' ')
  there=$(uploaded_bytes)
  [ "$there" = "$bytes" ] || fail "$name has $there bytes in $account, but $bytes here; run 'azd hooks run postprovision' again."
  [ "$(uploaded_hash)" = "$hash" ] || fail "$name in $account was changed by somebody else meanwhile; run 'azd hooks run postprovision' again."
done 3<<END
$files
END
say "The policy and its models are in the container 'models' of $account."
