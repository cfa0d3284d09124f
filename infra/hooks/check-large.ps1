# After `azd deploy`: the large app sleeps until its queue fills, so that a deployment looks well in which nothing will ever wake
# it. Asks whether the scale rule is there and what the platform says of it. By hand: pwsh infra/hooks/check-large.ps1.
# check-large.sh is its twin: change both.
Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
# A command that fails is looked at here, by its exit code.
$PSNativeCommandUseErrorActionPreference = $false
Set-Location (Join-Path $PSScriptRoot '../..')
. ./infra/hooks/azure.ps1

Need 'AZURE_SUBSCRIPTION_ID', 'AZURE_RESOURCE_GROUP', 'TINYSAVER_LARGE_APP'
$group = $env:AZURE_RESOURCE_GROUP
$app = $env:TINYSAVER_LARGE_APP

# A rule of our own is there at once; one of the platform's some minutes after the app's first start.
function Test-Rule {
    $rules = Azure resource show --resource-group "$group" --resource-type Microsoft.App/containerApps --name "$app" --api-version 2025-07-01 --query 'length(not_null(properties.template.scale.rules, `[]`))' --output tsv
    if ($LASTEXITCODE -ne 0) {
        return $false
    }
    $script:AzureSaid = "$app has no scale rule."
    return "$rules" -match '^[1-9]\d*$'
}

# The last that the scaler said. It is no failure where nothing was said, or the log cannot be read from here.
function Test-Scaler {
    $log = Azure containerapp logs show --resource-group "$group" --name "$app" --type system --tail 100 --format text
    if ($LASTEXITCODE -ne 0) {
        return $true
    }
    $last = @($log) -match 'keda|scaler|scale rule' | Select-Object -Last 1
    $script:AzureSaid = "$last"
    return "$last" -notmatch 'Skipping.*configuration|failed|unauthorized|error'
}

if (-not (Retry 12 "The scale rule of $app" { Test-Rule })) {
    Fail "Nothing will wake $app when images are escalated. With TINYSAVER_LARGE_SCALING=Platform the platform makes the rule, and sometimes does not: run 'azd env set TINYSAVER_LARGE_SCALING Rule', delete the app ('az containerapp delete') and run 'azd deploy large'."
}
# A role that was assigned a moment ago takes up to ten minutes to work.
if (-not (Retry 12 "The scaler of $app" { Test-Scaler })) {
    Fail "The platform cannot scale $app; the message above says why. Its identity needs the role Azure Service Bus Data Owner on the queue 'escalations': see TINYSAVER_LARGE_QUEUE_ROLE in docs/deploy.md. Look again with 'azd hooks run postdeploy'."
}
Say "$app will start when images are escalated."
