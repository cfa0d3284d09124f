// One identity per app, so that each has only the roles that its own work needs.

import { Tags, Token } from '../types.bicep'

@description('Region of the identities.')
param location string

@description('Ending that makes names unique.')
param token Token

@description('Tags of every resource.')
param tags Tags

resource tiny 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: 'id-tiny-${token}'
  location: location
  tags: tags
}

resource large 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: 'id-large-${token}'
  location: location
  tags: tags
}

output tinyName string = tiny.name
output largeName string = large.name
