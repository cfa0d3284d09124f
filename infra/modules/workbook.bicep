// The workbook: exit rate, escalations, latency, agreement, batch jobs and money on one page. Its queries are files in ../queries.

import { namesOf } from '../names.bicep'
import { Tags, Token } from '../types.bicep'

@description('Region of the workbook.')
param location string

@description('Ending that makes names unique.')
param token Token

@description('Tags of every resource.')
param tags Tags

@description('Prices per million images in US dollars, which the reader can change.')
param usdPerMillion {
  @description('What the tiny app costs for a million images.')
  images: string

  @description('What a million escalations cost on top.')
  escalations: string

  @description('What a million images cost with the large model alone.')
  largeOnly: string
}

var names = namesOf(token)

resource workspace 'Microsoft.OperationalInsights/workspaces@2025-02-01' existing = {
  name: names.workspace
}

resource bus 'Microsoft.ServiceBus/namespaces@2024-01-01' existing = {
  name: names.serviceBus
}

// Numbers are Azure's codes: item type 1 is text, 3 a query, 9 parameters, 10 a metric; parameter type 1 is text, 4 a time
// range; query type 0 is Log Analytics.
var charts = map(
  [
    { title: 'Exit rate', width: '50', query: loadTextContent('../queries/exit-rate.kql') }
    { title: 'Images by who decided', width: '50', query: loadTextContent('../queries/images.kql') }
    { title: 'Money', width: '50', query: loadTextContent('../queries/money.kql') }
    { title: 'Agreement with the large model', width: '50', query: loadTextContent('../queries/agreement.kql') }
    { title: 'Guarantee: what speaks against it', width: '50', query: loadTextContent('../queries/guarantee.kql') }
    { title: 'Guarantee: audits that differ', width: '50', query: loadTextContent('../queries/differing.kql') }
    { title: 'Latency of the functions', width: '50', query: loadTextContent('../queries/latency.kql') }
    { title: 'Where the time goes', width: '50', query: loadTextContent('../queries/steps.kql') }
    { title: 'Batch jobs: images that wait', width: '50', query: loadTextContent('../queries/jobs.kql') }
    { title: 'Failures', width: '50', query: loadTextContent('../queries/failures.kql') }
  ],
  chart => {
    type: 3
    name: chart.title
    customWidth: chart.width
    content: {
      version: 'KqlItem/1.0'
      title: chart.title
      query: chart.query
      size: 0
      queryType: 0
      resourceType: 'microsoft.operationalinsights/workspaces'
      timeContextFromParameter: 'TimeRange'
    }
  }
)

var prices = map(
  [
    { name: 'UsdPerMillionImages', label: 'Tiny app, USD per million images', value: usdPerMillion.images }
    {
      name: 'UsdPerMillionEscalations'
      label: 'Large app, USD per million escalations'
      value: usdPerMillion.escalations
    }
    {
      name: 'UsdPerMillionLargeOnly'
      label: 'Large model alone, USD per million images'
      value: usdPerMillion.largeOnly
    }
  ],
  price => {
    id: guid(price.name)
    version: 'KqlParameterItem/1.0'
    name: price.name
    label: price.label
    type: 1
    isRequired: true
    value: price.value
  }
)

var parameters = {
  type: 9
  name: 'parameters'
  content: {
    version: 'KqlParameterItem/1.0'
    style: 'pills'
    parameters: concat(
      [
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
      ],
      prices
    )
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
  items: concat(
    [
      {
        type: 1
        name: 'title'
        content: { json: '# TinySaver\nImages that a tiny model labels by itself, and those that a large model sees.' }
      }
      parameters
      totals
      queue
      age
    ],
    charts
  )
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
