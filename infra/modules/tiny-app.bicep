// The tiny app: Flex Consumption, scales from zero by blob events.

import { namesOf } from '../names.bicep'
import { Settings, Tags, Token } from '../types.bicep'
import { asList, commonSettings, serviceBusConnection, storageConnection } from '../settings.bicep'

@description('Region of the app.')
param location string

@description('Ending that makes names unique.')
param token Token

@description('Tags of every resource.')
param tags Tags

@description('Memory of an instance in MB; 512 comes with 0.25 vCPU, 2048 with 1, 4096 with 2.')
param instanceMemoryMb 512 | 2048 | 4096

@description('Instances at most.')
@minValue(40)
@maxValue(1000)
param maximumInstances int

@description('Instances that are always running, so that no upload waits for a cold start; billed while idle.')
@minValue(0)
param alwaysReadyInstances int

@description('The subnet of the app; empty for none.')
param subnetId string

@description('Lets only Event Grid call the app.')
param onlyEventGridMayCall bool

@description('Settings of the pipeline that differ from their defaults.')
param pipelineSettings Settings

var names = namesOf(token)

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' existing = {
  name: names.tinyIdentity
}

resource storage 'Microsoft.Storage/storageAccounts@2025-06-01' existing = {
  name: names.storage
}

resource insights 'Microsoft.Insights/components@2020-02-02' existing = {
  name: names.insights
}

resource plan 'Microsoft.Web/serverfarms@2024-11-01' = {
  name: names.tinyPlan
  location: location
  tags: tags
  kind: 'functionapp'
  sku: { name: 'FC1', tier: 'FlexConsumption' }
  properties: { reserved: true }
}

var clientId = identity.properties.clientId
var settings = union(
  commonSettings(names.storage, clientId),
  storageConnection('ImagesStorage', names.storage, clientId),
  serviceBusConnection('EscalationsServiceBus', names.serviceBus, clientId),
  // Names the component; its instrumentation key opens nothing, because local authentication is off.
  { APPLICATIONINSIGHTS_CONNECTION_STRING: insights.properties.ConnectionString },
  pipelineSettings
)

resource app 'Microsoft.Web/sites@2024-11-01' = {
  name: names.tinyApp
  location: location
  tags: union(tags, { 'azd-service-name': 'tiny' })
  kind: 'functionapp,linux'
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: { '${identity.id}': {} }
  }
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    virtualNetworkSubnetId: empty(subnetId) ? null : subnetId
    functionAppConfig: {
      runtime: { name: 'dotnet-isolated', version: '10.0' }
      deployment: {
        storage: {
          type: 'blobContainer'
          value: '${storage.properties.primaryEndpoints.blob}deployments'
          authentication: { type: 'UserAssignedIdentity', userAssignedIdentityResourceId: identity.id }
        }
      }
      scaleAndConcurrency: {
        instanceMemoryMB: instanceMemoryMb
        maximumInstanceCount: maximumInstances
        // The group of all blob triggers; "function:NAME" would name a single one of another kind.
        alwaysReady: alwaysReadyInstances > 0 ? [{ name: 'blob', instanceCount: alwaysReadyInstances }] : []
      }
    }
    siteConfig: {
      minTlsVersion: '1.2'
      appSettings: asList(settings)
      ipSecurityRestrictionsDefaultAction: onlyEventGridMayCall ? 'Deny' : 'Allow'
      ipSecurityRestrictions: onlyEventGridMayCall
        ? [{ name: 'event-grid', priority: 100, action: 'Allow', tag: 'ServiceTag', ipAddress: 'AzureEventGrid' }]
        : []
    }
  }

  // Publishing is by Entra ID only.
  resource ftp 'basicPublishingCredentialsPolicies' = {
    name: 'ftp'
    properties: { allow: false }
  }

  resource scm 'basicPublishingCredentialsPolicies' = {
    name: 'scm'
    properties: { allow: false }
    dependsOn: [ftp]
  }
}
