// One private endpoint with its DNS zone, so that the public host name resolves to the private address inside the network.

import { Tags } from '../types.bicep'

@description('Region of the endpoint.')
param location string

@description('Tags of every resource.')
param tags Tags

@description('Name of the endpoint.')
param name string

@description('The resource that the endpoint leads to.')
param targetId string

@description('Which of the resource\'s services: blob, queue, table or namespace.')
param group string

@description('The private DNS zone of that service.')
param zone string

@description('The virtual network in which the zone resolves.')
param networkId string

@description('The subnet of the endpoint.')
param subnetId string

resource dns 'Microsoft.Network/privateDnsZones@2024-06-01' = {
  name: zone
  location: 'global'
  tags: tags

  resource link 'virtualNetworkLinks' = {
    name: 'network'
    location: 'global'
    tags: tags
    properties: { registrationEnabled: false, virtualNetwork: { id: networkId } }
  }
}

resource endpoint 'Microsoft.Network/privateEndpoints@2024-07-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    subnet: { id: subnetId }
    privateLinkServiceConnections: [
      { name: group, properties: { privateLinkServiceId: targetId, groupIds: [group] } }
    ]
  }

  resource zones 'privateDnsZoneGroups' = {
    name: 'default'
    properties: { privateDnsZoneConfigs: [{ name: group, properties: { privateDnsZoneId: dns.id } }] }
  }
}
