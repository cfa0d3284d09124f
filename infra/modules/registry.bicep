// The registry of the large app's image.

import { namesOf } from '../names.bicep'
import { Tags, Token } from '../types.bicep'

@description('Region of the registry.')
param location string

@description('Ending that makes names unique.')
param token Token

@description('Tags of every resource.')
param tags Tags

@description('Basic is enough; Premium adds artifact streaming, which shortens the cold start of the GPU image.')
param sku 'Basic' | 'Standard' | 'Premium'

var names = namesOf(token)

resource registry 'Microsoft.ContainerRegistry/registries@2025-04-01' = {
  name: names.registry
  location: location
  tags: tags
  sku: { name: sku }
  properties: {
    // Pulls and pushes are by identity only.
    adminUserEnabled: false
    anonymousPullEnabled: false
  }
}

output loginServer string = registry.properties.loginServer
