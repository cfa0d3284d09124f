// The settings that both apps have, written once. Connections name an address and an identity, never a key.
// A test compares every name here with the options classes, the triggers' attributes and host.json.

import { Setting, Settings } from 'types.bicep'

@export()
@description('An identity-based connection to a storage account, under the name that the Functions host looks for.')
func storageConnection(name string, account string, clientId string) Settings => {
  '${name}__blobServiceUri': 'https://${account}.blob.${environment().suffixes.storage}'
  '${name}__queueServiceUri': 'https://${account}.queue.${environment().suffixes.storage}'
  '${name}__credential': 'managedidentity'
  '${name}__clientId': clientId
}

@export()
@description('An identity-based connection to a Service Bus namespace.')
func serviceBusConnection(name string, bus string, clientId string) Settings => {
  '${name}__fullyQualifiedNamespace': '${bus}.servicebus.windows.net'
  '${name}__credential': 'managedidentity'
  '${name}__clientId': clientId
}

@export()
@description('What both apps are told: the host\'s own storage, the pipeline\'s storage, telemetry, and which identity to use.')
func commonSettings(account string, clientId string) Settings =>
  union(storageConnection('AzureWebJobsStorage', account, clientId), {
    // The host keeps its diagnostic events in a table.
    AzureWebJobsStorage__tableServiceUri: 'https://${account}.table.${environment().suffixes.storage}'
    // DefaultAzureCredential picks the app's identity by this.
    AZURE_CLIENT_ID: clientId
    APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'ClientId=${clientId};Authorization=AAD'
    TinySaver__Storage__AccountUrl: 'https://${account}.blob.${environment().suffixes.storage}'
  })

@export()
@description('What both apps, and the Functions hosts beside them, are told of tracing: the share of traces that is kept, drawn by the trace\'s id, so that an escalated image\'s trace is whole or not there; and no log lines of their own for each call that went well.')
func traceSettings(share string) Settings => {
  TinySaver__Functions__TraceShare: share
  OTEL_TRACES_SAMPLER: 'microsoft.fixed_percentage'
  OTEL_TRACES_SAMPLER_ARG: share
  AzureFunctionsJobHost__logging__logLevel__Function: 'Warning'
}

@export()
@description('An object of settings as the list of names and values that both platforms take.')
func asList(settings Settings) Setting[] => map(items(settings), s => { name: s.key, value: s.value })
