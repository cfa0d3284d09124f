#!/bin/sh
# After `azd deploy`: subscribes the tiny app to uploads. Its webhook needs the key `blobs_extension`, which the app makes some
# time after its first start; this waits for it. Safe to run again; by hand: sh infra/hooks/subscribe-events.sh
set -eu
cd "$(dirname "$0")/../.."
. infra/hooks/azure.sh

need AZURE_SUBSCRIPTION_ID AZURE_RESOURCE_GROUP TINYSAVER_TINY_APP TINYSAVER_EVENT_TOPIC TINYSAVER_STORAGE_ACCOUNT
group=$AZURE_RESOURCE_GROUP
app=$TINYSAVER_TINY_APP
topic=$TINYSAVER_EVENT_TOPIC
account=$TINYSAVER_STORAGE_ACCOUNT

# Asks for the key's length only: the key itself stays in Azure, where event-subscription.bicep reads it.
key_exists() {
  length=$(azure functionapp keys list --name "$app" --resource-group "$group" --query "length(not_null(systemKeys.blobs_extension, ''))" --output tsv) || return 1
  [ "${length:-0}" -gt 0 ] 2>/dev/null
}

# Event Grid calls the webhook before it accepts the subscription; an app that is still starting may miss that call.
subscribe() {
  azure deployment group create --name tinysaver-event-subscription --resource-group "$group" --template-file infra/event-subscription.bicep --parameters "topicName=$topic" "appName=$app" "storageName=$account" --output none
}

retry 30 "The key of $app's blob trigger" key_exists ||
  fail "$app has no key 'blobs_extension' after about 15 minutes, so its blob trigger has not started. Look at its log stream in the portal, then run 'azd hooks run postdeploy' again."
retry 6 "The event subscription of $app" subscribe ||
  fail "The event subscription could not be made; the message above says why. Run 'azd hooks run postdeploy' again."
say "Images that are uploaded to the container 'images' of $account are classified from now on."
