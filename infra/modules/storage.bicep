// The storage account: images in, labels out, models, deployment packages, and what the Functions hosts keep for themselves.

import { namesOf } from '../names.bicep'
import { Tags, Token } from '../types.bicep'

@description('Region of the account.')
param location string

@description('Ending that makes names unique.')
param token Token

@description('Tags of every resource.')
param tags Tags

@description('Redundancy of the account.')
param sku 'Standard_LRS' | 'Standard_ZRS' | 'Standard_GRS'

@description('Closes the account to all but its private endpoints, trusted Azure services and the deployer.')
param privateNetwork bool

@description('The public IPv4 address that may still reach a closed account; empty for none.')
param deployerIpAddress string

@description('Days after which an image moves to the cool tier; 0 for never.')
@minValue(0)
param imagesToCoolAfterDays int

@description('Days after which an image is deleted; 0 for never.')
@minValue(0)
param deleteImagesAfterDays int

@description('Days after which an event that could not be delivered is deleted.')
@minValue(1)
param deleteEventDeadLettersAfterDays int

var names = namesOf(token)

// The names that host.json, the triggers and the options know; a test compares them.
var containerNames = ['images', 'models', 'jobs', 'results', 'deployments', 'event-dead-letters']
var tableNames = ['labels', 'jobs', 'reviews', 'audits']
// Batch jobs: their requests, and their images, 64 to a message. Those that end in -poison are made by the Functions host when
// the first message fails five times; made here so that they can be looked at before that.
var queueNames = ['jobs', 'images', 'jobs-poison', 'images-poison', 'webjobs-blobtrigger-poison']

resource account 'Microsoft.Storage/storageAccounts@2025-06-01' = {
  name: names.storage
  location: location
  tags: tags
  kind: 'StorageV2'
  sku: { name: sku }
  properties: {
    accessTier: 'Hot'
    allowBlobPublicAccess: false
    allowCrossTenantReplication: false
    // Every client signs in with Entra ID; there is no key that could leak.
    allowSharedKeyAccess: false
    defaultToOAuthAuthentication: true
    minimumTlsVersion: 'TLS1_2'
    supportsHttpsTrafficOnly: true
    publicNetworkAccess: 'Enabled'
    networkAcls: {
      // Event Grid writes its dead letters as a trusted service.
      bypass: 'AzureServices'
      defaultAction: privateNetwork ? 'Deny' : 'Allow'
      ipRules: privateNetwork && !empty(deployerIpAddress) ? [{ value: deployerIpAddress, action: 'Allow' }] : []
      virtualNetworkRules: []
    }
  }
}

resource blobs 'Microsoft.Storage/storageAccounts/blobServices@2025-06-01' = {
  parent: account
  name: 'default'
  properties: {
    // Costs nothing until a container is deleted, and then what it holds for a week.
    containerDeleteRetentionPolicy: { enabled: true, days: 7 }
  }
}

resource containers 'Microsoft.Storage/storageAccounts/blobServices/containers@2025-06-01' = [
  for name in containerNames: {
    parent: blobs
    name: name
    properties: { publicAccess: 'None' }
  }
]

resource queues 'Microsoft.Storage/storageAccounts/queueServices@2025-06-01' = {
  parent: account
  name: 'default'
}

resource queueList 'Microsoft.Storage/storageAccounts/queueServices/queues@2025-06-01' = [
  for name in queueNames: {
    parent: queues
    name: name
  }
]

resource tables 'Microsoft.Storage/storageAccounts/tableServices@2025-06-01' = {
  parent: account
  name: 'default'
}

resource tableList 'Microsoft.Storage/storageAccounts/tableServices/tables@2025-06-01' = [
  for name in tableNames: {
    parent: tables
    name: name
  }
]

var coolRule = imagesToCoolAfterDays > 0
  ? { tierToCool: { daysAfterModificationGreaterThan: imagesToCoolAfterDays } }
  : {}
var deleteRule = deleteImagesAfterDays > 0
  ? { delete: { daysAfterModificationGreaterThan: deleteImagesAfterDays } }
  : {}
var imageRules = imagesToCoolAfterDays > 0 || deleteImagesAfterDays > 0
  ? [
      {
        name: 'images'
        type: 'Lifecycle'
        enabled: true
        definition: {
          filters: { blobTypes: ['blockBlob'], prefixMatch: ['images/'] }
          actions: { baseBlob: union(coolRule, deleteRule) }
        }
      }
    ]
  : []

resource lifecycle 'Microsoft.Storage/storageAccounts/managementPolicies@2025-06-01' = {
  parent: account
  name: 'default'
  properties: {
    policy: {
      rules: concat(imageRules, [
        {
          name: 'event-dead-letters'
          type: 'Lifecycle'
          enabled: true
          definition: {
            filters: { blobTypes: ['blockBlob'], prefixMatch: ['event-dead-letters/'] }
            actions: {
              baseBlob: { delete: { daysAfterModificationGreaterThan: deleteEventDeadLettersAfterDays } }
            }
          }
        }
      ])
    }
  }
}
