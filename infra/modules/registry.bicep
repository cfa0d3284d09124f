// The registry of the large app's image.

import { Tags, Token } from '../types.bicep'

@description('Region of the registry.')
param location string

@description('Ending that makes names unique.')
param token Token

@description('Tags of every resource.')
param tags Tags

@description('Basic is enough; Premium adds artifact streaming, which shortens the cold start of the GPU image.')
param sku 'Basic' | 'Standard' | 'Premium'

resource registry 'Microsoft.ContainerRegistry/registries@2025-04-01' = {
  name: 'cr${token}'
  location: location
  tags: tags
  sku: { name: sku }
  properties: {
    // Pulls and pushes are by identity only.
    adminUserEnabled: false
    anonymousPullEnabled: false
  }
}

output name string = registry.name
output loginServer string = registry.properties.loginServer
