# After `azd provision`: uploads the cascade policy and its models to the container `models`, unless they are there already.
#   TINYSAVER_POLICY   the policy, as `tinysaver search` wrote it; default samples/cascade.json
# Safe to run again; by hand: pwsh infra/hooks/upload-models.ps1. upload-models.sh is its twin: change both.
Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
# A command that fails is looked at here, by its exit code.
$PSNativeCommandUseErrorActionPreference = $false
Set-Location (Join-Path $PSScriptRoot '../..')
. ./infra/hooks/azure.ps1

Need 'AZURE_SUBSCRIPTION_ID', 'TINYSAVER_STORAGE_ACCOUNT'
$account = $env:TINYSAVER_STORAGE_ACCOUNT
$policy = if ($env:TINYSAVER_POLICY) { $env:TINYSAVER_POLICY } else { 'samples/cascade.json' }
if (-not (Test-Path -PathType Leaf $policy)) {
    Fail "There is no cascade policy '$policy'; set TINYSAVER_POLICY to the one that 'tinysaver search' wrote."
}

# The hash that was uploaded with the blob; nothing where there is no such blob.
function Get-UploadedHash {
    Azure storage blob show --account-name "$account" --container-name models --name "$name" --auth-mode login --query metadata.sha256 --output tsv
}

# The service checks the MD5 of each piece that it receives; the hash goes along as metadata.
function Send-File {
    Azure storage blob upload --account-name "$account" --container-name models --name "$name" --file "$path" --metadata "sha256=$hash" --auth-mode login --overwrite true --validate-content --no-progress --output none
    return $LASTEXITCODE -eq 0
}

function Get-UploadedBytes {
    Azure storage blob show --account-name "$account" --container-name models --name "$name" --auth-mode login --query properties.contentLength --output tsv
}

# Lines of hash, blob name and path, the policy last: who reads it finds its models. Also checks that each model is the one
# that the policy was made for.
$files = dotnet run infra/hooks/model-files.cs -- "$policy"
if ($LASTEXITCODE -ne 0) {
    Fail "'$policy' cannot be deployed; the message above says why."
}

foreach ($line in $files) {
    $hash, $name, $path = $line -split "`t"
    if ((Get-UploadedHash) -eq $hash) {
        Say "$name is there already."
        continue
    }

    Say "Uploading $name."
    # A role that was assigned a moment ago takes up to ten minutes to work.
    if (-not (Retry 20 "The role to upload to $account" { Send-File })) {
        Fail "$name could not be uploaded to $account. You need the role Storage Blob Data Contributor on its container 'models'; with a private network, set TINYSAVER_DEPLOYER_IP to your address and run 'azd provision' again."
    }
    $bytes = (Get-Item $path).Length
    $there = Get-UploadedBytes
    if ("$there" -ne "$bytes") {
        Fail "$name has $there bytes in $account, but $bytes here; run 'azd hooks run postprovision' again."
    }
    if ((Get-UploadedHash) -ne $hash) {
        Fail "$name in $account was changed by somebody else meanwhile; run 'azd hooks run postprovision' again."
    }
}
Say "The policy and its models are in the container 'models' of $account."
