// The large app: Azure Functions on Container Apps, on a GPU or on CPUs, scales from zero by the length of the queue.
//
// Apart from main.bicep because it needs an image: `azd deploy` builds and pushes the image and then deploys this file (azd
// looks for infra/SERVICE.bicep). azd's other way, changing the image of an existing app, sends back the scale rules that the
// platform made from the triggers, and the platform refuses those for kind 'functionapp'.

import { asList, commonSettings, serviceBusConnection } from 'settings.bicep'
import { Gpu, Settings } from 'types.bicep'

@description('Region: the environment\'s.')
param location string = resourceGroup().location

@description('Name of the app.')
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

@description('The workload profile of the environment.')
param workloadProfileName string

@description('Escalated images that the large model sees at once.')
@minValue(1)
@maxValue(1000)
param batchSize int

@description('Replicas that are always running; 0 costs nothing while no image is escalated, but the first one waits for a cold start.')
@minValue(0)
param minimumReplicas int

@description('Replicas at most; each holds one GPU.')
@minValue(1)
@maxValue(300)
param maximumReplicas int

// A GPU profile is one size; a replica takes all of it. Without a GPU, the largest that the Consumption profile gives.
var sizes = {
  none: { cpu: 4, memory: '8Gi' }
  T4: { cpu: 8, memory: '56Gi' }
  A100: { cpu: 24, memory: '220Gi' }
}

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
var settings = union(
  commonSettings(storageName, clientId),
  serviceBusConnection('EscalationsServiceBus', serviceBusName, clientId),
  // Names the component; its instrumentation key opens nothing, because local authentication is off.
  { APPLICATIONINSIGHTS_CONNECTION_STRING: insights.properties.ConnectionString },
  pipelineSettings
)

resource app 'Microsoft.App/containerApps@2025-07-01' = {
  name: name
  location: location
  tags: { 'azd-env-name': environmentName, 'azd-service-name': 'large' }
  // The platform makes the scale rules from the triggers; setting any here is an error.
  kind: 'functionapp'
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: { '${identity.id}': {} }
  }
  properties: {
    environmentId: containerEnvironment.id
    workloadProfileName: workloadProfileName
    configuration: {
      activeRevisionsMode: 'Single'
      // Nothing calls the app, but the platform reads its triggers through the ingress.
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
      scale: { minReplicas: minimumReplicas, maxReplicas: maximumReplicas }
    }
  }
}

output SERVICE_LARGE_NAME string = app.name
