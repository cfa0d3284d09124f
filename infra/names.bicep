// The name of every resource, by the usual abbreviations. Known before anything is deployed, so that a preview
// (`azd provision --preview`) can say what will change.

import { Token } from 'types.bicep'

@description('Names by resource.')
type Names = {
  tinyIdentity: string
  largeIdentity: string
  @minLength(3)
  @maxLength(24)
  storage: string
  serviceBus: string
  @minLength(5)
  @maxLength(50)
  registry: string
  workspace: string
  insights: string
  topic: string
  tinyPlan: string
  tinyApp: string
  largeEnvironment: string
  largeApp: string
  network: string
  people: string
}

@export()
@description('The names that end in a token.')
func namesOf(token Token) Names => {
  tinyIdentity: 'id-tiny-${token}'
  largeIdentity: 'id-large-${token}'
  storage: 'st${token}'
  serviceBus: 'sb-${token}'
  registry: 'cr${token}'
  workspace: 'log-${token}'
  insights: 'appi-${token}'
  topic: 'egst-${token}'
  tinyPlan: 'plan-tiny-${token}'
  tinyApp: 'func-tiny-${token}'
  largeEnvironment: 'cae-${token}'
  largeApp: 'ca-large-${token}'
  network: 'vnet-${token}'
  people: 'ag-${token}'
}
