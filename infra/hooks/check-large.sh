#!/bin/sh
# After `azd deploy`: the large app sleeps until its queue fills, so that a deployment looks well in which nothing will ever wake
# it. Asks whether the scale rule is there and what the platform says of it. By hand: sh infra/hooks/check-large.sh
set -eu
cd "$(dirname "$0")/../.."
. infra/hooks/azure.sh

need AZURE_SUBSCRIPTION_ID AZURE_RESOURCE_GROUP TINYSAVER_LARGE_APP
group=$AZURE_RESOURCE_GROUP
app=$TINYSAVER_LARGE_APP

# A rule of our own is there at once; one of the platform's some minutes after the app's first start.
rule_exists() {
  rules=$(azure resource show --resource-group "$group" --resource-type Microsoft.App/containerApps --name "$app" --api-version 2025-07-01 --query "length(not_null(properties.template.scale.rules, \`[]\`))" --output tsv) || return 1
  [ "${rules:-0}" -gt 0 ] || { say "$app has no scale rule."; return 1; }
}

# The last that the scaler said. It is no failure where nothing was said, or the log cannot be read from here.
scaler_works() {
  log=$(azure containerapp logs show --resource-group "$group" --name "$app" --type system --tail 100 --format text 2>/dev/null) || return 0
  last=$(printf '%s\n' "$log" | grep -i -E 'keda|scaler|scale rule' | tail -n 1) || return 0
  case $last in
    *Skipping*configuration* | *Failed* | *failed* | *[Uu]nauthorized* | *rror*) say "$last"; return 1 ;;
  esac
}

retry 12 "The scale rule of $app" rule_exists ||
  fail "Nothing will wake $app when images are escalated. With TINYSAVER_LARGE_SCALING=Platform the platform makes the rule, and sometimes does not: run 'azd env set TINYSAVER_LARGE_SCALING Rule', delete the app ('az containerapp delete') and run 'azd deploy large'."
# A role that was assigned a moment ago takes up to ten minutes to work.
retry 12 "The scaler of $app" scaler_works ||
  fail "The platform cannot scale $app; the message above says why. Its identity needs the role Azure Service Bus Data Owner on the queue 'escalations': see TINYSAVER_LARGE_QUEUE_ROLE in docs/deploy.md. Look again with 'azd hooks run postdeploy'."
say "$app will start when images are escalated."
