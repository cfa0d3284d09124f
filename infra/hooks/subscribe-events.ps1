# After `azd deploy`: subscribes the tiny app to uploads. Its webhook needs the key `blobs_extension`, which the app makes some
# time after its first start; this waits for it. Safe to run again; by hand: pwsh infra/hooks/subscribe-events.ps1.
# subscribe-events.sh is its twin: change both.
Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
# A command that fails is looked at here, by its exit code.
$PSNativeCommandUseErrorActionPreference = $false
Set-Location (Join-Path $PSScriptRoot '../..')
. ./infra/hooks/azure.ps1

Need 'AZURE_SUBSCRIPTION_ID', 'AZURE_RESOURCE_GROUP', 'TINYSAVER_TINY_APP', 'TINYSAVER_EVENT_TOPIC', 'TINYSAVER_STORAGE_ACCOUNT'
$group = $env:AZURE_RESOURCE_GROUP
$app = $env:TINYSAVER_TINY_APP
$topic = $env:TINYSAVER_EVENT_TOPIC
$account = $env:TINYSAVER_STORAGE_ACCOUNT

# Asks for the key's length only: the key itself stays in Azure, where event-subscription.bicep reads it.
function Test-Key {
    $length = Azure functionapp keys list --name "$app" --resource-group "$group" --query "length(not_null(systemKeys.blobs_extension, ''))" --output tsv
    return $LASTEXITCODE -eq 0 -and "$length" -match '^[1-9]\d*$'
}

# Event Grid calls the webhook before it accepts the subscription; an app that is still starting may miss that call.
function Add-Subscription {
    Azure deployment group create --name tinysaver-event-subscription --resource-group "$group" --template-file infra/event-subscription.bicep --parameters "topicName=$topic" "appName=$app" "storageName=$account" --output none
    return $LASTEXITCODE -eq 0
}

if (-not (Retry 30 "The key of $app's blob trigger" { Test-Key })) {
    Fail "$app has no key 'blobs_extension' after about 15 minutes, so its blob trigger has not started. Look at its log stream in the portal, then run 'azd hooks run postdeploy' again."
}
if (-not (Retry 6 "The event subscription of $app" { Add-Subscription })) {
    Fail "The event subscription could not be made; the message above says why. Run 'azd hooks run postdeploy' again."
}
Say "Images that are uploaded to the container 'images' of $account are classified from now on."
