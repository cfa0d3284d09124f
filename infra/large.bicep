// The large app: Azure Functions on Container Apps, on a GPU or on CPUs, scales from zero by the length of the queue.
//
// Apart from main.bicep because it needs an image: `azd deploy` builds and pushes the image and then deploys this file (azd
// looks for infra/SERVICE.bicep). azd's other way, changing the image of an existing app, would send back what it read of the
// scale rules, without their identity.

import { asList, commonSettings, serviceBusConnection, traceSettings } from 'settings.bicep'
import { Gpu, Settings, profileOf } from 'types.bicep'

@description('Region: the environment\'s.')
param location string = resourceGroup().location

@description('Name of the app; also the id under which its Functions hosts know each other.')
@minLength(2)
@maxLength(32)
param name string

@description('Name of the azd environment, for the tag by which azd finds the app.')
param environmentName string

@description('The image, with registry and tag.')
param image string

@description('Host name of the registry.')
param registryServer string

@description('Name of the Container Apps environment.')
param containerEnvironmentName string

@description('Name of the app\'s identity.')
param identityName string

@description('Name of the storage account.')
param storageName string

@description('Name of the Service Bus namespace.')
param serviceBusName string

@description('Name of the Application Insights component.')
param insightsName string

@description('Which GPU the environment has.')
param gpu Gpu

@description('What wakes and scales the app: Rule is a scale rule that stands in this file; Platform leaves it to Container Apps to make one from the trigger, which makes the app one of kind functionapp.')
param scaling 'Rule' | 'Platform'

@description('Share of images whose traces are kept, from 0 to 1.')
param traceShare string

@description('Escalated images that the large model sees at once.')
@minValue(1)
@maxValue(1000)
param batchSize int

@description('Replicas that are always running; 0 costs nothing while no image is escalated, but the first one waits for a cold start.')
@minValue(0)
param minimumReplicas int

@description('Replicas at most; each holds one GPU. 0 for 1 with a GPU, which is the whole quota of many subscriptions, and 3 without.')
@minValue(0)
@maxValue(300)
param maximumReplicas int

@description('With Rule: waiting escalations for which another replica is started. 0 for what one replica does in five minutes.')
@minValue(0)
param messagesPerReplica int

// A GPU profile is one size; a replica takes all of it. Without a GPU, the largest that the Consumption profile gives.
var sizes = {
  none: { cpu: 4, memory: '8Gi' }
  T4: { cpu: 8, memory: '56Gi' }
  A100: { cpu: 24, memory: '220Gi' }
}

// What a replica does in five minutes at the speeds of the example in docs/deploy.md: 200, 10 and 4 ms an image. A replica
// takes minutes to start and is paid for five minutes more than it works, so one for less work than that would come too late
// and cost more than it does.
var fiveMinutesOfWork = { none: 1500, T4: 30000, A100: 75000 }

// The image listens here because a user that is not root may not bind port 80 everywhere.
var port = 8080

resource containerEnvironment 'Microsoft.App/managedEnvironments@2025-07-01' existing = {
  name: containerEnvironmentName
}

resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' existing = {
  name: identityName
}

resource insights 'Microsoft.Insights/components@2020-02-02' existing = {
  name: insightsName
}

var clientId = identity.properties.clientId
var pipelineSettings Settings = {
  TinySaver__Pipeline__LargeBatchSize: string(batchSize)
  TinySaver__Cascade__LargeProvider: gpu == 'none' ? 'Cpu' : 'Cuda'
  // With threads to itself, one batch at a time is fastest on CPUs; a GPU does the work of its own accord.
  TinySaver__Cascade__LargeThreads: gpu == 'none' ? string(sizes.none.cpu) : '1'
  // A GPU that is paid for and not used is an error, not a slow success.
  TinySaver__Functions__RequireGpu: gpu == 'none' ? 'false' : 'true'
}
var hostSettings Settings = {
  FUNCTIONS_WORKER_RUNTIME: 'dotnet-isolated'
  // Outside App Service the host makes this up from the name of the machine, so one for each replica.
  AzureFunctionsWebHost__hostid: name
  // Four batches of the model, as in host.json for the default size: while one is inferred, the next is prepared.
  AzureFunctionsJobHost__extensions__serviceBus__maxMessageBatchSize: string(min(4 * batchSize, 1000))
}
var settings = union(
  commonSettings(storageName, clientId),
  serviceBusConnection('EscalationsServiceBus', serviceBusName, clientId),
  // Names the component; its instrumentation key opens nothing, because local authentication is off.
  { APPLICATIONINSIGHTS_CONNECTION_STRING: insights.properties.ConnectionString },
  traceSettings(traceShare),
  hostSettings,
  pipelineSettings
)

var rule = {
  name: 'escalations'
  custom: {
    type: 'azure-servicebus'
    identity: identity.id
    metadata: {
      namespace: serviceBusName
      queueName: 'escalations'
      messageCount: string(messagesPerReplica > 0 ? messagesPerReplica : fiveMinutesOfWork[gpu])
    }
  }
}

resource app 'Microsoft.App/containerApps@2025-07-01' = {
  name: name
  location: location
  tags: { 'azd-env-name': environmentName, 'azd-service-name': 'large' }
  kind: scaling == 'Platform' ? 'functionapp' : null
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: { '${identity.id}': {} }
  }
  properties: {
    environmentId: containerEnvironment.id
    workloadProfileName: profileOf(gpu)
    configuration: {
      activeRevisionsMode: 'Single'
      // Nothing calls the app, but a revision is healthy only when its port answers, and with Platform the triggers are read here.
      ingress: { external: false, targetPort: port, transport: 'auto', allowInsecure: false }
      registries: [{ server: registryServer, identity: identity.id }]
    }
    template: {
      containers: [
        {
          name: 'large'
          image: image
          env: asList(settings)
          resources: sizes[gpu]
        }
      ]
      scale: {
        minReplicas: minimumReplicas
        maxReplicas: maximumReplicas > 0 ? maximumReplicas : (gpu == 'none' ? 3 : 1)
        // The platform makes its own from the triggers and refuses any that are set.
        rules: scaling == 'Rule' ? [rule] : null
      }
    }
  }
}

// azd keeps these; the next `azd provision` must not take away the profile on which the app runs.
output SERVICE_LARGE_NAME string = app.name
output TINYSAVER_LARGE_PROFILE string = profileOf(gpu)
