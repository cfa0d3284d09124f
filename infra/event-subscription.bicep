// The subscription that turns an uploaded image into a call of ClassifyWithTinyModel. Deployed by the post-deploy hook, after
// the app has made its key. The key is read here, by the deployment, and passes through no shell, log or parameter.

@description('Name of the system topic.')
param topicName string

@description('Name of the tiny app.')
param appName string

@description('Name of the storage account that takes undeliverable events.')
param storageName string

// As in host.json, the trigger's attribute and modules/storage.bicep; a test compares them.
var functionName = 'ClassifyWithTinyModel'
var imagesContainer = 'images'
var deadLetterContainer = 'event-dead-letters'

resource topic 'Microsoft.EventGrid/systemTopics@2025-02-15' existing = {
  name: topicName
}

resource app 'Microsoft.Web/sites@2024-11-01' existing = {
  name: appName
}

resource storage 'Microsoft.Storage/storageAccounts@2025-06-01' existing = {
  name: storageName
}

var webhook = 'https://${app.properties.defaultHostName}/runtime/webhooks/blobs'
var blobsKey = listKeys('${app.id}/host/default', '2024-11-01').systemKeys.blobs_extension

resource subscription 'Microsoft.EventGrid/systemTopics/eventSubscriptions@2025-02-15' = {
  parent: topic
  name: 'images'
  properties: {
    destination: {
      endpointType: 'WebHook'
      properties: {
        endpointUrl: '${webhook}?functionName=Host.Functions.${functionName}&code=${blobsKey}'
        // One image a call: an event that fails is retried alone.
        maxEventsPerBatch: 1
      }
    }
    eventDeliverySchema: 'EventGridSchema'
    filter: {
      includedEventTypes: ['Microsoft.Storage.BlobCreated']
      // The trailing part matters: without /blobs/ the prefix would also match a container named images-old.
      subjectBeginsWith: '/blobServices/default/containers/${imagesContainer}/blobs/'
      enableAdvancedFilteringOnArrays: false
      advancedFilters: [
        {
          // Each of these means that the whole blob is there. Not among them: AppendBlock and the first, empty step of a
          // Data Lake upload (CreateFile), which would announce an image that cannot be read yet.
          operatorType: 'StringIn'
          key: 'data.api'
          values: ['PutBlob', 'PutBlockList', 'CopyBlob', 'FlushWithClose']
        }
      ]
    }
    // Event Grid's longest: 30 attempts within 24 hours.
    retryPolicy: { maxDeliveryAttempts: 30, eventTimeToLiveInMinutes: 1440 }
    deadLetterWithResourceIdentity: {
      identity: { type: 'SystemAssigned' }
      deadLetterDestination: {
        endpointType: 'StorageBlob'
        properties: { resourceId: storage.id, blobContainerName: deadLetterContainer }
      }
    }
  }
}

output name string = subscription.name
