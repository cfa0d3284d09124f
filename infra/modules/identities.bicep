// One identity per app, so that each has only the roles that its own work needs.

import { namesOf } from '../names.bicep'
import { Tags, Token } from '../types.bicep'

@description('Region of the identities.')
param location string

@description('Ending that makes names unique.')
param token Token

@description('Tags of every resource.')
param tags Tags

var names = namesOf(token)

resource tiny 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: names.tinyIdentity
  location: location
  tags: tags
}

resource large 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: names.largeIdentity
  location: location
  tags: tags
}
