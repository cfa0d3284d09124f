// Who may do what: every role assignment of the deployment, in one place. roles.bicep says what each role is for.
//
//   who                scope                         role
//   tiny app           storage account               Storage Blob Data Owner, Queue Data Contributor, Table Data Contributor
//                      queue escalations             Service Bus Data Sender and Receiver; Owner where it counts the queue
//                      Application Insights          Monitoring Metrics Publisher
//   large app          storage account               Storage Blob Data Owner, Table Data Contributor
//                      queue escalations             Service Bus Data Owner, or Receiver
//                      Application Insights          Monitoring Metrics Publisher
//                      registry                      AcrPull
//   Event Grid topic   container event-dead-letters  Storage Blob Data Contributor
//   deployer           containers images, models     Storage Blob Data Contributor
//                      tables labels, reviews, audits  Storage Table Data Contributor
//   job submitters     queue jobs                    Storage Queue Data Message Sender
//                      container jobs                Storage Blob Data Contributor
//                      table jobs                    Storage Table Data Contributor
//                      container results             Storage Blob Data Reader

import { namesOf } from '../names.bicep'
import { roles } from '../roles.bicep'
import { Token } from '../types.bicep'

@description('Ending that makes names unique.')
param token Token

@description('Principal id of the Event Grid topic\'s identity.')
param topicPrincipalId string

@description('Principal id of who deploys; empty to give nobody data roles.')
param deployerPrincipalId string

@description('Whether the deployer is a person or a pipeline.')
param deployerPrincipalType 'User' | 'ServicePrincipal'

@description('Principal ids of who may submit batch jobs and read their results.')
param jobSubmitters string[]

@description('The large app\'s role on its queue.')
param largeQueueRole 'Owner' | 'Receiver'

@description('Whether the tiny app asks how long the queue is.')
param tinyCountsQueue bool

var names = namesOf(token)

resource tiny 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' existing = {
  name: names.tinyIdentity
}

resource large 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' existing = {
  name: names.largeIdentity
}

resource storage 'Microsoft.Storage/storageAccounts@2025-06-01' existing = {
  name: names.storage

  resource blobs 'blobServices' existing = {
    name: 'default'

    resource images 'containers' existing = { name: 'images' }
    resource models 'containers' existing = { name: 'models' }
    resource jobs 'containers' existing = { name: 'jobs' }
    resource results 'containers' existing = { name: 'results' }
    resource deadLetters 'containers' existing = { name: 'event-dead-letters' }
  }

  resource queues 'queueServices' existing = {
    name: 'default'

    resource jobs 'queues' existing = { name: 'jobs' }
  }

  resource tables 'tableServices' existing = {
    name: 'default'

    resource labels 'tables' existing = { name: 'labels' }
    resource jobs 'tables' existing = { name: 'jobs' }
    resource reviews 'tables' existing = { name: 'reviews' }
    resource audits 'tables' existing = { name: 'audits' }
  }
}

resource bus 'Microsoft.ServiceBus/namespaces@2024-01-01' existing = {
  name: names.serviceBus

  resource escalations 'queues' existing = { name: 'escalations' }
}

resource registry 'Microsoft.ContainerRegistry/registries@2025-04-01' existing = {
  name: names.registry
}

resource insights 'Microsoft.Insights/components@2020-02-02' existing = {
  name: names.insights
}

// Tiny app. The host's storage and the trigger's are one account, on which the host needs Owner (see roles.bicep), so
// narrower scopes for the containers would add nothing.
resource tinyStorage 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for role in [roles.storageBlobDataOwner, roles.storageQueueDataContributor, roles.storageTableDataContributor]: {
    scope: storage
    name: guid(storage.id, tiny.id, role)
    properties: {
      principalId: tiny.properties.principalId
      principalType: 'ServicePrincipal'
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', role)
    }
  }
]

// Sends escalations, takes dead letters.
resource tinyEscalations 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for role in (tinyCountsQueue
    ? [roles.serviceBusDataOwner]
    : [roles.serviceBusDataSender, roles.serviceBusDataReceiver]): {
    scope: bus::escalations
    name: guid(bus::escalations.id, tiny.id, role)
    properties: {
      principalId: tiny.properties.principalId
      principalType: 'ServicePrincipal'
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', role)
    }
  }
]

resource tinyTelemetry 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: insights
  name: guid(insights.id, tiny.id, roles.monitoringMetricsPublisher)
  properties: {
    principalId: tiny.properties.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId(
      'Microsoft.Authorization/roleDefinitions',
      roles.monitoringMetricsPublisher
    )
  }
}

// Large app. No queue role: it has no blob trigger.
resource largeStorage 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for role in [roles.storageBlobDataOwner, roles.storageTableDataContributor]: {
    scope: storage
    name: guid(storage.id, large.id, role)
    properties: {
      principalId: large.properties.principalId
      principalType: 'ServicePrincipal'
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', role)
    }
  }
]

// Receives escalations; by the same identity the platform asks how long the queue is.
var largeOnQueue = largeQueueRole == 'Owner' ? roles.serviceBusDataOwner : roles.serviceBusDataReceiver

resource largeEscalations 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: bus::escalations
  name: guid(bus::escalations.id, large.id, largeOnQueue)
  properties: {
    principalId: large.properties.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', largeOnQueue)
  }
}

resource largeTelemetry 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: insights
  name: guid(insights.id, large.id, roles.monitoringMetricsPublisher)
  properties: {
    principalId: large.properties.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId(
      'Microsoft.Authorization/roleDefinitions',
      roles.monitoringMetricsPublisher
    )
  }
}

resource largeImage 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: registry
  name: guid(registry.id, large.id, roles.acrPull)
  properties: {
    principalId: large.properties.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.acrPull)
  }
}

resource topicDeadLetters 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: storage::blobs::deadLetters
  // The principal id is not known before deployment, so the name is made of what is.
  name: guid(storage::blobs::deadLetters.id, 'event-grid', roles.storageBlobDataContributor)
  properties: {
    principalId: topicPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId(
      'Microsoft.Authorization/roleDefinitions',
      roles.storageBlobDataContributor
    )
  }
}

// Deployer: uploads models and images, reads labels and puts failed images back.
resource deployerModels 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (!empty(deployerPrincipalId)) {
  scope: storage::blobs::models
  name: guid(storage::blobs::models.id, deployerPrincipalId, roles.storageBlobDataContributor)
  properties: {
    principalId: deployerPrincipalId
    principalType: deployerPrincipalType
    roleDefinitionId: subscriptionResourceId(
      'Microsoft.Authorization/roleDefinitions',
      roles.storageBlobDataContributor
    )
  }
}

resource deployerImages 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (!empty(deployerPrincipalId)) {
  scope: storage::blobs::images
  name: guid(storage::blobs::images.id, deployerPrincipalId, roles.storageBlobDataContributor)
  properties: {
    principalId: deployerPrincipalId
    principalType: deployerPrincipalType
    roleDefinitionId: subscriptionResourceId(
      'Microsoft.Authorization/roleDefinitions',
      roles.storageBlobDataContributor
    )
  }
}

resource deployerLabels 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (!empty(deployerPrincipalId)) {
  scope: storage::tables::labels
  name: guid(storage::tables::labels.id, deployerPrincipalId, roles.storageTableDataContributor)
  properties: {
    principalId: deployerPrincipalId
    principalType: deployerPrincipalType
    roleDefinitionId: subscriptionResourceId(
      'Microsoft.Authorization/roleDefinitions',
      roles.storageTableDataContributor
    )
  }
}

resource deployerReviews 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (!empty(deployerPrincipalId)) {
  scope: storage::tables::reviews
  name: guid(storage::tables::reviews.id, deployerPrincipalId, roles.storageTableDataContributor)
  properties: {
    principalId: deployerPrincipalId
    principalType: deployerPrincipalType
    roleDefinitionId: subscriptionResourceId(
      'Microsoft.Authorization/roleDefinitions',
      roles.storageTableDataContributor
    )
  }
}

resource deployerAudits 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (!empty(deployerPrincipalId)) {
  scope: storage::tables::audits
  name: guid(storage::tables::audits.id, deployerPrincipalId, roles.storageTableDataContributor)
  properties: {
    principalId: deployerPrincipalId
    principalType: deployerPrincipalType
    roleDefinitionId: subscriptionResourceId(
      'Microsoft.Authorization/roleDefinitions',
      roles.storageTableDataContributor
    )
  }
}

// Job submitters: people or services. The type of their principals is left open, for either is allowed.
resource submitQueue 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for principal in jobSubmitters: {
    scope: storage::queues::jobs
    name: guid(storage::queues::jobs.id, principal, roles.storageQueueDataMessageSender)
    properties: {
      principalId: principal
      roleDefinitionId: subscriptionResourceId(
        'Microsoft.Authorization/roleDefinitions',
        roles.storageQueueDataMessageSender
      )
    }
  }
]

resource submitManifests 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for principal in jobSubmitters: {
    scope: storage::blobs::jobs
    name: guid(storage::blobs::jobs.id, principal, roles.storageBlobDataContributor)
    properties: {
      principalId: principal
      roleDefinitionId: subscriptionResourceId(
        'Microsoft.Authorization/roleDefinitions',
        roles.storageBlobDataContributor
      )
    }
  }
]

resource submitRows 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for principal in jobSubmitters: {
    scope: storage::tables::jobs
    name: guid(storage::tables::jobs.id, principal, roles.storageTableDataContributor)
    properties: {
      principalId: principal
      roleDefinitionId: subscriptionResourceId(
        'Microsoft.Authorization/roleDefinitions',
        roles.storageTableDataContributor
      )
    }
  }
]

resource submitResults 'Microsoft.Authorization/roleAssignments@2022-04-01' = [
  for principal in jobSubmitters: {
    scope: storage::blobs::results
    name: guid(storage::blobs::results.id, principal, roles.storageBlobDataReader)
    properties: {
      principalId: principal
      roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles.storageBlobDataReader)
    }
  }
]
