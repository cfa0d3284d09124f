// The optional virtual network: both apps reach storage (and, with Premium, Service Bus) through private endpoints only.

import { Tags, Token } from '../types.bicep'

@description('Region of the network.')
param location string

@description('Ending that makes names unique.')
param token Token

@description('Tags of every resource.')
param tags Tags

@description('Name of the storage account.')
param storageName string

@description('Name of the Service Bus namespace; empty where it keeps its public endpoint.')
param serviceBusName string

var servicesOfStorage = ['blob', 'queue', 'table']

resource network 'Microsoft.Network/virtualNetworks@2024-07-01' = {
  name: 'vnet-${token}'
  location: location
  tags: tags
  properties: {
    addressSpace: { addressPrefixes: ['10.40.0.0/16'] }
    subnets: [
      {
        // One address an instance: Flex Consumption may take up to 1,000 instances in a /21 and shares addresses above that.
        name: 'tiny'
        properties: {
          addressPrefix: '10.40.0.0/21'
          delegations: [{ name: 'flex', properties: { serviceName: 'Microsoft.App/environments' } }]
        }
      }
      {
        // A GPU replica takes one address.
        name: 'large'
        properties: {
          addressPrefix: '10.40.8.0/23'
          delegations: [{ name: 'container-apps', properties: { serviceName: 'Microsoft.App/environments' } }]
        }
      }
      {
        name: 'endpoints'
        properties: { addressPrefix: '10.40.10.0/26', privateEndpointNetworkPolicies: 'Disabled' }
      }
    ]
  }

  resource tiny 'subnets' existing = { name: 'tiny' }
  resource large 'subnets' existing = { name: 'large' }
  resource endpoints 'subnets' existing = { name: 'endpoints' }
}

resource storage 'Microsoft.Storage/storageAccounts@2025-06-01' existing = {
  name: storageName
}

module storageEndpoints 'private-endpoint.bicep' = [
  for service in servicesOfStorage: {
    params: {
      location: location
      tags: tags
      name: 'pep-${service}-${token}'
      targetId: storage.id
      group: service
      zone: 'privatelink.${service}.${environment().suffixes.storage}'
      networkId: network.id
      subnetId: network::endpoints.id
    }
  }
]

resource bus 'Microsoft.ServiceBus/namespaces@2024-01-01' existing = if (!empty(serviceBusName)) {
  name: empty(serviceBusName) ? 'not-used' : serviceBusName
}

module serviceBusEndpoint 'private-endpoint.bicep' = if (!empty(serviceBusName)) {
  params: {
    location: location
    tags: tags
    name: 'pep-servicebus-${token}'
    targetId: bus.id
    group: 'namespace'
    zone: 'privatelink.servicebus.windows.net'
    networkId: network.id
    subnetId: network::endpoints.id
  }
}

output tinySubnetId string = network::tiny.id
output largeSubnetId string = network::large.id
