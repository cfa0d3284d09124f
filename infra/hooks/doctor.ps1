# After `azd deploy`, last: looks at the whole deployment and sends two images through it, so that a deployment that says it is
# done labels images. By hand: pwsh infra/hooks/doctor.ps1. doctor.sh is its twin: change both.
Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
# A command that fails is looked at here, by its exit code.
$PSNativeCommandUseErrorActionPreference = $false
Set-Location (Join-Path $PSScriptRoot '../..')
. ./infra/hooks/azure.ps1

Need 'AZURE_SUBSCRIPTION_ID', 'AZURE_RESOURCE_GROUP'
TinySaver doctor --subscription "$env:AZURE_SUBSCRIPTION_ID" --resource-group "$env:AZURE_RESOURCE_GROUP"
if ($LASTEXITCODE -ne 0) {
    Fail "Something is broken: the first line above that says so is where to begin. Look again with 'azd hooks run postdeploy'."
}
