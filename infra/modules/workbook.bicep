// The workbook: exit rate, escalations, latency, agreement and money on one page. Its queries are files in ../queries.

import { Tags } from '../types.bicep'

@description('Region of the workbook.')
param location string

@description('Tags of every resource.')
param tags Tags

@description('Name of the Log Analytics workspace.')
param workspaceName string

@description('Name of the Service Bus namespace.')
param serviceBusName string

@description('Prices per million images in US dollars, which the reader can change.')
param usdPerMillion {
  @description('What the tiny app costs for a million images.')
  images: string

  @description('What a million escalations cost on top.')
  escalations: string

  @description('What a million images cost with the large model alone.')
  largeOnly: string
}

resource workspace 'Microsoft.OperationalInsights/workspaces@2025-02-01' existing = {
  name: workspaceName
}

resource bus 'Microsoft.ServiceBus/namespaces@2024-01-01' existing = {
  name: serviceBusName
}

type Item = {
  type: int
  name: string
  customWidth: string?
  content: { *: any }
}

type Parameter = { *: any }

// Numbers are Azure's codes: item type 1 is text, 3 a query, 9 parameters, 10 a metric; parameter type 1 is text, 4 a time
// range; query type 0 is Log Analytics.
func chart(title string, query string, width string) Item => {
  type: 3
  name: title
  customWidth: width
  content: {
    version: 'KqlItem/1.0'
    title: title
    query: query
    size: 0
    queryType: 0
    resourceType: 'microsoft.operationalinsights/workspaces'
    timeContextFromParameter: 'TimeRange'
  }
}

func text(markdown string) Item => { type: 1, name: uniqueString(markdown), content: { json: markdown } }

func price(name string, label string, value string) Parameter => {
  id: guid(name)
  version: 'KqlParameterItem/1.0'
  name: name
  label: label
  type: 1
  isRequired: true
  value: value
}

var parameters = {
  type: 9
  name: 'parameters'
  content: {
    version: 'KqlParameterItem/1.0'
    style: 'pills'
    parameters: [
      {
        id: guid('TimeRange')
        version: 'KqlParameterItem/1.0'
        name: 'TimeRange'
        label: 'Period'
        type: 4
        isRequired: true
        value: { durationMs: 86400000 }
        typeSettings: {
          selectableValues: [
            { durationMs: 3600000 }
            { durationMs: 14400000 }
            { durationMs: 86400000 }
            { durationMs: 604800000 }
            { durationMs: 2592000000 }
          ]
          allowCustom: true
        }
      }
      price('UsdPerMillionImages', 'Tiny app, USD per million images', usdPerMillion.images)
      price('UsdPerMillionEscalations', 'Large app, USD per million escalations', usdPerMillion.escalations)
      price('UsdPerMillionLargeOnly', 'Large model alone, USD per million images', usdPerMillion.largeOnly)
    ]
  }
}

var totals = {
  type: 3
  name: 'totals'
  content: {
    version: 'KqlItem/1.0'
    query: loadTextContent('../queries/totals.kql')
    size: 3
    queryType: 0
    resourceType: 'microsoft.operationalinsights/workspaces'
    timeContextFromParameter: 'TimeRange'
    visualization: 'tiles'
    tileSettings: {
      titleContent: { columnMatch: 'What', formatter: 1 }
      leftContent: { columnMatch: 'Count', formatter: 12, formatOptions: { palette: 'none' } }
      showBorder: false
    }
  }
}

var queue = {
  type: 10
  name: 'queue'
  customWidth: '50'
  content: {
    version: 'MetricsItem/2.0'
    title: 'Escalations waiting, and dead letters'
    chartId: guid('queue')
    size: 0
    chartType: 2
    metricScope: 0
    resourceType: 'microsoft.servicebus/namespaces'
    resourceIds: [bus.id]
    timeContextFromParameter: 'TimeRange'
    metrics: [
      {
        namespace: 'microsoft.servicebus/namespaces'
        metric: 'microsoft.servicebus/namespaces--ActiveMessages'
        aggregation: 3
        columnName: 'waiting'
      }
      {
        namespace: 'microsoft.servicebus/namespaces'
        metric: 'microsoft.servicebus/namespaces--DeadletteredMessages'
        aggregation: 3
        columnName: 'dead letters'
      }
    ]
  }
}

// Not of the chosen period: an escalation may have waited for longer.
var age = {
  type: 3
  name: 'age'
  customWidth: '50'
  content: {
    version: 'KqlItem/1.0'
    title: 'Minutes that the oldest escalation has waited'
    query: loadTextContent('../queries/backlog-age.kql')
    size: 0
    queryType: 0
    resourceType: 'microsoft.operationalinsights/workspaces'
    timeContext: { durationMs: 172800000 }
  }
}

var content = {
  version: 'Notebook/1.0'
  fallbackResourceIds: [workspace.id]
  items: [
    text('# TinySaver\nImages that a tiny model labels by itself, and those that a large model sees.')
    parameters
    totals
    chart('Exit rate', loadTextContent('../queries/exit-rate.kql'), '50')
    chart('Images by who decided', loadTextContent('../queries/images.kql'), '50')
    chart('Money', loadTextContent('../queries/money.kql'), '50')
    queue
    age
    chart('Agreement with the large model', loadTextContent('../queries/agreement.kql'), '50')
    chart('Latency of the functions', loadTextContent('../queries/latency.kql'), '50')
    chart('Where the time goes', loadTextContent('../queries/steps.kql'), '50')
    chart('Failures', loadTextContent('../queries/failures.kql'), '100')
  ]
}

resource workbook 'Microsoft.Insights/workbooks@2023-06-01' = {
  name: guid(workspace.id, 'tinysaver')
  location: location
  tags: tags
  kind: 'shared'
  properties: {
    displayName: 'TinySaver'
    category: 'workbook'
    sourceId: workspace.id
    version: '1.0'
    serializedData: string(content)
  }
}

output id string = workbook.id
