# Before `azd provision`: the hooks after it use the Azure CLI, which signs in apart from azd. Better to hear of it now than in
# ten minutes. By hand: pwsh infra/hooks/check-login.ps1. check-login.sh is its twin: change both.
Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
# A command that fails is looked at here, by its exit code.
$PSNativeCommandUseErrorActionPreference = $false
Set-Location (Join-Path $PSScriptRoot '../..')
. ./infra/hooks/azure.ps1

if (-not (Get-Command az -ErrorAction SilentlyContinue)) {
    Fail 'The Azure CLI (az) is not installed, which the hooks need: https://aka.ms/azure-cli'
}
Take 'AZURE_SUBSCRIPTION_ID', 'AZURE_TENANT_ID'
$tenant = $env:AZURE_TENANT_ID
$login = if ($tenant) { "az login --tenant $tenant" } else { 'az login' }
# Not known yet when `azd provision` runs for the first time; `azd up` asks for it before.
if (-not $env:AZURE_SUBSCRIPTION_ID) {
    az account show --output none --only-show-errors
    if ($LASTEXITCODE -ne 0) {
        Fail "The Azure CLI is not signed in: run '$login'."
    }
    exit 0
}
$seen = Azure account show --query tenantId --output tsv
if ($LASTEXITCODE -ne 0) {
    Say $script:AzureSaid
    Fail "The Azure CLI does not see the subscription $env:AZURE_SUBSCRIPTION_ID that azd uses: run '$login' with the account that you gave azd."
}
if ($tenant -and "$seen" -ne $tenant) {
    Fail "The Azure CLI is signed in to the tenant $seen, but azd to ${tenant}: run '$login'."
}
