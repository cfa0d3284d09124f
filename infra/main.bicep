// Everything that `azd up` makes but the large app itself (large.bicep, which needs an image) and the event subscription
// (event-subscription.bicep, which needs the deployed tiny app). docs/deploy.md has a picture.

targetScope = 'subscription'

import { namesOf } from 'names.bicep'
import { traceSettings } from 'settings.bicep'
import { Gpu, Profile, profileOf } from 'types.bicep'

@description('Name of the azd environment; part of the resource group\'s name and of the tags.')
@minLength(1)
@maxLength(64)
param environmentName string

@description('Region of everything. With a GPU, one that has serverless GPUs.')
@metadata({ azd: { type: 'location' } })
param location string

@description('Who deploys: gets data roles to upload models and images and to read labels. Empty for nobody.')
param principalId string = ''

@description('Whether that is a person or a pipeline.')
param principalType 'User' | 'ServicePrincipal' = 'User'

@description('Principal ids of who may submit batch jobs, separated by commas; empty for nobody beside the tiny app\'s web address.')
param jobSubmitters string = ''

@description('What the large model runs on. T4 and A100 need quota; none is CPUs.')
param gpu Gpu = 'none'

@description('The profile on which the large app runs at present, which cannot be taken away from under it; empty before the first deployment.')
param profileInUse Profile | '' = ''

@description('The large app\'s role on its queue. Scaling reads the queue\'s length, for which Owner is known to be enough; Receiver is less, where you have seen it to work.')
param largeQueueRole 'Owner' | 'Receiver' = 'Owner'

@description('Memory of a tiny instance in MB; 512 comes with 0.25 vCPU, 2048 with 1, 4096 with 2.')
param tinyInstanceMemoryMb 512 | 2048 | 4096 = 2048

@description('Tiny instances at most.')
@minValue(40)
@maxValue(1000)
param tinyMaximumInstances int = 40

@description('Tiny instances that are always running; 0 costs nothing while idle.')
@minValue(0)
param tinyAlwaysReadyInstances int = 0

@description('Share of all images that both models answer whoever decides, from 0 to 1, to watch whether the guarantee holds.')
param auditShare string = '0'

@description('The earlier name of auditShare; the greater of the two counts.')
param shadowShare string = '0'

@description('Whether every image goes to the large model while the audits say that the guarantee is broken.')
param safeMode bool = false

@description('Share of images whose traces are kept, from 0 to 1.')
param traceShare string = '0.05'

@description('Escalations that may wait before the tiny label is accepted instead; 0 for any number.')
@minValue(0)
param maximumBacklog int = 0

@description('How long an escalation waits for the large app before it fails, as an ISO 8601 duration.')
param escalationTimeToLive string = 'P7D'

@description('Closes storage to all but private endpoints and lets only Event Grid call the tiny app.')
param privateNetwork bool = false

@description('With privateNetwork: Service Bus Premium behind a private endpoint, at several hundred dollars a month.')
param privateServiceBus bool = false

@description('With privateNetwork: the public IPv4 address from which models and images are uploaded; empty for none.')
param deployerIpAddress string = ''

@description('Redundancy of the storage account.')
param storageSku 'Standard_LRS' | 'Standard_ZRS' | 'Standard_GRS' = 'Standard_LRS'

@description('Days after which an image moves to the cool tier; 0 for never.')
@minValue(0)
param imagesToCoolAfterDays int = 0

@description('Days after which an image is deleted; 0 for never.')
@minValue(0)
param deleteImagesAfterDays int = 0

@description('Tier of the container registry; Premium has artifact streaming.')
param registrySku 'Basic' | 'Standard' | 'Premium' = 'Basic'

@description('Where alerts are sent by e-mail; empty to show them in the portal only.')
param alertEmail string = ''

@description('Minutes that an escalation may wait before an alert; a GPU replica may take ten to start.')
@minValue(5)
param alertBacklogMinutes int = 60

@description('Percent of images that may fail before an alert.')
@minValue(0)
@maxValue(100)
param alertFailurePercent int = 5

@description('An alert when the exit rate in percent falls below this.')
@minValue(0)
@maxValue(100)
param alertExitRateLowPercent int = 20

@description('An alert when the exit rate in percent rises above this.')
@minValue(0)
@maxValue(100)
param alertExitRateHighPercent int = 99

@description('Days for which logs are kept.')
@minValue(30)
@maxValue(730)
param logRetentionDays int = 30

@description('Gigabytes of logs a day after which ingestion stops; -1 for no limit.')
param logDailyQuotaGb int = 1

// The cost model's figures for the example without a GPU in docs/deploy.md, which says how to get your own.
@description('For the workbook: what the tiny app costs for a million images, in US dollars.')
param usdPerMillionImages string = '3.88'

@description('For the summaries of batch jobs: what the tiny app costs for a million images of theirs, in US dollars.')
param usdPerMillionJobImages string = '1.35'

@description('For the workbook and the summaries of batch jobs: what a million escalations cost on top, in US dollars.')
param usdPerMillionEscalations string = '51.01'

@description('For the workbook and the summaries of batch jobs: what a million images cost with the large model alone, in US dollars.')
param usdPerMillionLargeOnly string = '51.61'

var token = uniqueString(subscription().id, environmentName, location)
var names = namesOf(token)
var tags = { 'azd-env-name': environmentName }

resource group 'Microsoft.Resources/resourceGroups@2025-04-01' = {
  name: 'rg-${environmentName}'
  location: location
  tags: tags
}

module identities 'modules/identities.bicep' = {
  scope: group
  params: { location: location, token: token, tags: tags }
}

module monitoring 'modules/monitoring.bicep' = {
  scope: group
  params: {
    location: location
    token: token
    tags: tags
    retentionInDays: logRetentionDays
    dailyQuotaGb: logDailyQuotaGb
  }
}

module storage 'modules/storage.bicep' = {
  scope: group
  params: {
    location: location
    token: token
    tags: tags
    sku: storageSku
    privateNetwork: privateNetwork
    deployerIpAddress: deployerIpAddress
    imagesToCoolAfterDays: imagesToCoolAfterDays
    deleteImagesAfterDays: deleteImagesAfterDays
    deleteEventDeadLettersAfterDays: 30
  }
}

var closedServiceBus = privateNetwork && privateServiceBus

module serviceBus 'modules/service-bus.bicep' = {
  scope: group
  params: {
    location: location
    token: token
    tags: tags
    sku: closedServiceBus ? 'Premium' : 'Standard'
    privateEndpointOnly: closedServiceBus
    escalationTimeToLive: escalationTimeToLive
  }
}

module registry 'modules/registry.bicep' = {
  scope: group
  params: { location: location, token: token, tags: tags, sku: registrySku }
}

module eventTopic 'modules/event-topic.bicep' = {
  scope: group
  params: { location: location, token: token, tags: tags }
  dependsOn: [storage]
}

module network 'modules/network.bicep' = if (privateNetwork) {
  scope: group
  params: { location: location, token: token, tags: tags, serviceBusEndpoint: closedServiceBus }
  dependsOn: [storage, serviceBus]
}

module access 'modules/access.bicep' = {
  scope: group
  params: {
    token: token
    topicPrincipalId: eventTopic.outputs.principalId
    deployerPrincipalId: principalId
    deployerPrincipalType: principalType
    jobSubmitters: empty(jobSubmitters) ? [] : split(jobSubmitters, ',')
    largeQueueRole: largeQueueRole
    tinyCountsQueue: maximumBacklog > 0
  }
  dependsOn: [identities, monitoring, storage, serviceBus, registry]
}

module tinyApp 'modules/tiny-app.bicep' = {
  scope: group
  params: {
    location: location
    token: token
    tags: tags
    instanceMemoryMb: tinyInstanceMemoryMb
    maximumInstances: tinyMaximumInstances
    alwaysReadyInstances: tinyAlwaysReadyInstances
    subnetId: network.?outputs.tinySubnetId ?? ''
    onlyEventGridMayCall: privateNetwork
    pipelineSettings: union(
      {
        TinySaver__Pipeline__AuditShare: auditShare
        TinySaver__Pipeline__ShadowShare: shadowShare
        TinySaver__Pipeline__SafeMode: string(safeMode)
        TinySaver__Pipeline__UsdPerMillionImages: usdPerMillionJobImages
        TinySaver__Pipeline__UsdPerMillionEscalations: usdPerMillionEscalations
        TinySaver__Pipeline__UsdPerMillionLargeOnly: usdPerMillionLargeOnly
      },
      traceSettings(traceShare),
      maximumBacklog > 0 ? { TinySaver__Pipeline__MaxBacklog: string(maximumBacklog) } : {}
    )
  }
  // The app's first start takes leases and reads models: its roles have to be there.
  dependsOn: [access]
}

module largeEnvironment 'modules/large-environment.bicep' = {
  scope: group
  params: {
    location: location
    token: token
    tags: tags
    profiles: union([profileOf(gpu)], filter([profileInUse], p => !empty(p)))
    subnetId: network.?outputs.largeSubnetId ?? ''
  }
  dependsOn: [monitoring]
}

module alerts 'modules/alerts.bicep' = {
  scope: group
  params: {
    location: location
    token: token
    tags: tags
    email: alertEmail
    backlogMinutes: alertBacklogMinutes
    failurePercent: alertFailurePercent
    exitRateLowPercent: alertExitRateLowPercent
    exitRateHighPercent: alertExitRateHighPercent
  }
  dependsOn: [monitoring, serviceBus, eventTopic]
}

module workbook 'modules/workbook.bicep' = {
  scope: group
  params: {
    location: location
    token: token
    tags: tags
    usdPerMillion: {
      images: usdPerMillionImages
      escalations: usdPerMillionEscalations
      largeOnly: usdPerMillionLargeOnly
    }
  }
  dependsOn: [monitoring, serviceBus]
}

// azd keeps these in its environment: large.parameters.json and the hooks read them there.
output AZURE_LOCATION string = location
output AZURE_TENANT_ID string = tenant().tenantId
output AZURE_RESOURCE_GROUP string = group.name
output AZURE_CONTAINER_REGISTRY_ENDPOINT string = registry.outputs.loginServer
output TINYSAVER_STORAGE_ACCOUNT string = names.storage
output TINYSAVER_STORAGE_URL string = 'https://${names.storage}.blob.${environment().suffixes.storage}'
output TINYSAVER_SERVICE_BUS string = names.serviceBus
output TINYSAVER_EVENT_TOPIC string = names.topic
output TINYSAVER_INSIGHTS string = names.insights
output TINYSAVER_TINY_APP string = names.tinyApp
output TINYSAVER_LARGE_APP string = names.largeApp
output TINYSAVER_LARGE_IDENTITY string = names.largeIdentity
output TINYSAVER_LARGE_ENVIRONMENT string = names.largeEnvironment
output TINYSAVER_GPU string = gpu
