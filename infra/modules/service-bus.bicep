// The queue between the two apps.

import { namesOf } from '../names.bicep'
import { Tags, Token } from '../types.bicep'

@description('Region of the namespace.')
param location string

@description('Ending that makes names unique.')
param token Token

@description('Tags of every resource.')
param tags Tags

@description('Standard has duplicate detection and costs about 10 USD a month; only Premium can have a private endpoint.')
param sku 'Standard' | 'Premium'

@description('Closes the namespace to all but its private endpoint; needs Premium.')
param privateEndpointOnly bool

@description('How long an escalation waits for the large app before it is dead-lettered, as an ISO 8601 duration.')
param escalationTimeToLive string

var names = namesOf(token)

resource bus 'Microsoft.ServiceBus/namespaces@2024-01-01' = {
  name: names.serviceBus
  location: location
  tags: tags
  sku: sku == 'Premium' ? { name: sku, tier: sku, capacity: 1 } : { name: sku, tier: sku }
  properties: {
    // No shared access keys: both apps sign in with their identities.
    disableLocalAuth: true
    minimumTlsVersion: '1.2'
    publicNetworkAccess: privateEndpointOnly ? 'Disabled' : 'Enabled'
  }
}

resource escalations 'Microsoft.ServiceBus/namespaces/queues@2024-01-01' = {
  parent: bus
  name: 'escalations'
  properties: {
    // The message id is a hash of container, name and ETag: a trigger that runs twice escalates once.
    requiresDuplicateDetection: true
    duplicateDetectionHistoryTimeWindow: 'PT1H'
    // The longest that Service Bus allows; the large app renews it while a batch runs.
    lockDuration: 'PT5M'
    maxDeliveryCount: 5
    // An escalation that nobody took becomes a row that says so, by way of the dead-letter queue.
    deadLetteringOnMessageExpiration: true
    defaultMessageTimeToLive: escalationTimeToLive
    maxSizeInMegabytes: 5120
  }
}
