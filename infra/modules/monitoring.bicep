// Where logs, traces and metrics go.

import { namesOf } from '../names.bicep'
import { Tags, Token } from '../types.bicep'

@description('Region of the workspace.')
param location string

@description('Ending that makes names unique.')
param token Token

@description('Tags of every resource.')
param tags Tags

@description('Days for which logs are kept; the first 31 cost nothing.')
@minValue(30)
@maxValue(730)
param retentionInDays int

@description('Gigabytes a day after which ingestion stops, so that a loop of errors cannot run up a bill; -1 for no limit.')
param dailyQuotaGb int

var names = namesOf(token)

resource workspace 'Microsoft.OperationalInsights/workspaces@2025-02-01' = {
  name: names.workspace
  location: location
  tags: tags
  properties: {
    sku: { name: 'PerGB2018' }
    retentionInDays: retentionInDays
    workspaceCapping: { dailyQuotaGb: dailyQuotaGb }
    features: { disableLocalAuth: true }
  }
}

resource insights 'Microsoft.Insights/components@2020-02-02' = {
  name: names.insights
  location: location
  tags: tags
  kind: 'web'
  properties: {
    Application_Type: 'web'
    WorkspaceResourceId: workspace.id
    // The instrumentation key only names the component; sending needs the role Monitoring Metrics Publisher.
    DisableLocalAuth: true
  }
}
