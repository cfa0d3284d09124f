// The optional virtual network: both apps reach storage (and, with Premium, Service Bus) through private endpoints only.

import { namesOf } from '../names.bicep'
import { Tags, Token } from '../types.bicep'

@description('Region of the network.')
param location string

@description('Ending that makes names unique.')
param token Token

@description('Tags of every resource.')
param tags Tags

@description('Whether Service Bus has a private endpoint too.')
param serviceBusEndpoint bool

var names = namesOf(token)

var servicesOfStorage = ['blob', 'queue', 'table']

resource network 'Microsoft.Network/virtualNetworks@2024-07-01' = {
  name: names.network
  location: location
  tags: tags
  properties: {
    addressSpace: { addressPrefixes: ['10.40.0.0/16'] }
    subnets: [
      {
        name: 'tiny'
        properties: {
          addressPrefix: '10.40.0.0/22'
          delegations: [{ name: 'flex', properties: { serviceName: 'Microsoft.App/environments' } }]
        }
      }
      {
        // A GPU replica takes an address of its own.
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
  name: names.storage
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

resource bus 'Microsoft.ServiceBus/namespaces@2024-01-01' existing = if (serviceBusEndpoint) {
  name: names.serviceBus
}

module busEndpoint 'private-endpoint.bicep' = if (serviceBusEndpoint) {
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
