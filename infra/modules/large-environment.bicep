// The Container Apps environment of the large app. The app itself is in ../large.bicep: it needs an image, which azd builds
// after this has been provisioned.

import { namesOf } from '../names.bicep'
import { Gpu, Tags, Token } from '../types.bicep'

@description('Region of the environment; with a GPU, one that has them.')
param location string

@description('Ending that makes names unique.')
param token Token

@description('Tags of every resource.')
param tags Tags

@description('Which GPU the large model runs on.')
param gpu Gpu

@description('The subnet of the environment; empty for none.')
param subnetId string

var names = namesOf(token)

// Consumption is in every environment; a GPU profile is added to it. Both are billed by the second and scale to zero.
var consumption = [{ name: 'Consumption', workloadProfileType: 'Consumption' }]
var profileTypes = {
  none: 'Consumption'
  T4: 'Consumption-GPU-NC8as-T4'
  A100: 'Consumption-GPU-NC24-A100'
}
var profileName = gpu == 'none' ? 'Consumption' : 'gpu'

resource workspace 'Microsoft.OperationalInsights/workspaces@2025-02-01' existing = {
  name: names.workspace
}

resource environment 'Microsoft.App/managedEnvironments@2025-07-01' = {
  name: names.largeEnvironment
  location: location
  tags: tags
  properties: {
    workloadProfiles: gpu == 'none'
      ? consumption
      : concat(consumption, [{ name: profileName, workloadProfileType: profileTypes[gpu] }])
    vnetConfiguration: empty(subnetId) ? null : { infrastructureSubnetId: subnetId, internal: true }
    // 'azure-monitor' with the diagnostic setting below, because 'log-analytics' wants the workspace's key.
    appLogsConfiguration: { destination: 'azure-monitor' }
  }
}

resource logs 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: environment
  name: 'logs'
  properties: {
    workspaceId: workspace.id
    logs: [
      { category: 'ContainerAppConsoleLogs', enabled: true }
      { category: 'ContainerAppSystemLogs', enabled: true }
    ]
  }
}

output profileName string = profileName
