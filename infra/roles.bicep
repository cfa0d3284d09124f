// The built-in roles that are assigned anywhere in this deployment, by their ids, which are the same in every tenant.
// Source: "Azure built-in roles" in Microsoft's documentation. Each comment says why the role is needed at all.

@export()
@description('Ids of the built-in roles that this deployment assigns.')
var roles = {
  // Read, write and delete blobs. The deployer uploads models and images; Event Grid writes its dead letters.
  storageBlobDataContributor: 'ba92f5b4-2d11-453d-a403-e96b0029c9fe'
  // The Functions host demands this one, not Contributor, on the account of AzureWebJobsStorage and of a blob trigger: it
  // takes leases, creates its own containers (azure-webjobs-hosts, azure-webjobs-secrets) and keeps the function keys there.
  storageBlobDataOwner: 'b7e6dc6d-f1e8-4753-8033-0f276bb0955b'
  // Reads blobs: whoever submits batch jobs reads their results.
  storageBlobDataReader: '2a2b9908-6ea1-4ae2-8e65-a410df84e7d1'
  // Sends queue messages, receives none: whoever submits batch jobs.
  storageQueueDataMessageSender: 'c6a89b2d-59bc-44d0-9896-0f6e12d7b80a'
  // The blob trigger keeps its work list and its poison messages in queues.
  storageQueueDataContributor: '974c5e8b-45b9-4653-ba55-5f855dd0fb88'
  // Label rows; the Functions host also writes its diagnostic events to a table.
  storageTableDataContributor: '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3'
  // Sends escalations, receives nothing.
  serviceBusDataSender: '69a216fc-b8fb-44d8-bc22-1f3c2cd27a39'
  // Receives and settles: the large app escalations, the tiny app dead letters.
  serviceBusDataReceiver: '4f6d3b9b-027b-4f4c-9142-0e5a2a2247e0'
  // Sends and receives, and reads the queue's properties with its length by Service Bus's own interface, which asks for the
  // claim Manage: what scales the large app does that (KEDA), and the tiny app where its backlog is limited.
  serviceBusDataOwner: '090c5cfd-751d-490a-894a-3ce6f1109419'
  // Sends telemetry to Application Insights, where instrumentation keys alone are refused.
  monitoringMetricsPublisher: '3913510d-42f4-4e42-8a64-420c390055eb'
  // Pulls the large app's image.
  acrPull: '7f951dda-4ed3-4680-a7ca-43fe172d538d'
}
