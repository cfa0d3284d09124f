# After `azd provision`: publishes the cascade policy and its models to the container `models`; what is there is not uploaded again.
#   TINYSAVER_POLICY   the policy, as `tinysaver search` wrote it; default samples/cascade.json
# Safe to run again; by hand: pwsh infra/hooks/upload-models.ps1. upload-models.sh is its twin: change both.
Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
# A command that fails is looked at here, by its exit code.
$PSNativeCommandUseErrorActionPreference = $false
Set-Location (Join-Path $PSScriptRoot '../..')
. ./infra/hooks/azure.ps1

Need 'TINYSAVER_STORAGE_ACCOUNT', 'TINYSAVER_STORAGE_URL'
Take 'TINYSAVER_POLICY'
$account = $env:TINYSAVER_STORAGE_ACCOUNT
$policy = if ($env:TINYSAVER_POLICY) { $env:TINYSAVER_POLICY } else { 'samples/cascade.json' }
if (-not (Test-Path -PathType Leaf $policy)) {
    Fail "There is no cascade policy '$policy'; set TINYSAVER_POLICY to the one that 'tinysaver search' wrote."
}

# First without the account: what is wrong with a model stays wrong, however often it is tried.
TinySaver policy publish "$policy" --dry-run
if ($LASTEXITCODE -ne 0) {
    Fail "'$policy' cannot be deployed; the message above says why."
}

function Publish-Policy {
    $script:AzureSaid = (TinySaver policy publish "$policy" --storage "$env:TINYSAVER_STORAGE_URL" 2>&1) -join "`n"
    return $LASTEXITCODE -eq 0
}

# A role that was assigned a moment ago takes up to ten minutes to work.
if (-not (Retry 20 "The role to upload to $account" { Publish-Policy })) {
    Fail "The policy could not be published to $account. You need the role Storage Blob Data Contributor on its container 'models'; with a private network, set TINYSAVER_DEPLOYER_IP to your address and run 'azd provision' again."
}
Say "The policy and its models are in the container 'models' of $account."
