// The Container Apps environment of the large app. The app itself is in ../large.bicep: it needs an image, which azd builds
// after this has been provisioned.

import { namesOf } from '../names.bicep'
import { Profile, Tags, Token } from '../types.bicep'

@description('Region of the environment; with a GPU, one that has them.')
param location string

@description('Ending that makes names unique.')
param token Token

@description('Tags of every resource.')
param tags Tags

@description('The profiles that the environment has: the one that is chosen, and the one on which the app still runs.')
param profiles Profile[]

@description('The subnet of the environment; empty for none.')
param subnetId string

var names = namesOf(token)

// All are billed by the second and scale to zero.
var types = {
  Consumption: 'Consumption'
  'gpu-t4': 'Consumption-GPU-NC8as-T4'
  'gpu-a100': 'Consumption-GPU-NC24-A100'
}

resource workspace 'Microsoft.OperationalInsights/workspaces@2025-02-01' existing = {
  name: names.workspace
}

resource environment 'Microsoft.App/managedEnvironments@2025-07-01' = {
  name: names.largeEnvironment
  location: location
  tags: tags
  properties: {
    // Consumption is in every environment.
    workloadProfiles: [
      for profile in union(['Consumption'], profiles): { name: profile, workloadProfileType: types[profile] }
    ]
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
