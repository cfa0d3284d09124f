// What somebody should hear of before the users tell them.

import { namesOf } from '../names.bicep'
import { Tags, Token } from '../types.bicep'

@description('Region of the log alerts: the workspace\'s.')
param location string

@description('Ending that makes names unique.')
param token Token

@description('Tags of every resource.')
param tags Tags

@description('Where alerts are sent by e-mail; empty to show them in the portal only.')
param email string

@description('Minutes that an escalation may wait.')
@minValue(5)
param backlogMinutes int

@description('Percent of images that may fail.')
@minValue(0)
@maxValue(100)
param failurePercent int

@description('The exit rate in percent below which the saver has become useless, or the images strange.')
@minValue(0)
@maxValue(100)
param exitRateLowPercent int

@description('The exit rate in percent above which the saver is suspiciously sure.')
@minValue(0)
@maxValue(100)
param exitRateHighPercent int

var names = namesOf(token)

// A call of the tiny app works for ten minutes at most, and what it leaves is taken up within one.
var jobMinutes = 30

resource workspace 'Microsoft.OperationalInsights/workspaces@2025-02-01' existing = {
  name: names.workspace
}

resource bus 'Microsoft.ServiceBus/namespaces@2024-01-01' existing = {
  name: names.serviceBus
}

resource topic 'Microsoft.EventGrid/systemTopics@2025-02-15' existing = {
  name: names.topic
}

// The backlog's age is worked out from the queue's metrics, which have to be in the workspace for that.
resource busMetrics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: bus
  name: 'metrics'
  properties: {
    workspaceId: workspace.id
    metrics: [{ category: 'AllMetrics', enabled: true }]
  }
}

resource people 'Microsoft.Insights/actionGroups@2023-01-01' = if (!empty(email)) {
  name: names.people
  location: 'global'
  tags: tags
  properties: {
    enabled: true
    groupShortName: 'TinySaver'
    emailReceivers: [{ name: 'operator', emailAddress: email, useCommonAlertSchema: true }]
  }
}

var groups = empty(email) ? [] : [people.id]

resource deadLetters 'Microsoft.Insights/metricAlerts@2018-03-01' = {
  name: 'alert-dead-letters-${token}'
  location: 'global'
  tags: tags
  properties: {
    description: 'Escalations landed in the dead-letter queue: the large app failed on them five times, or nobody took them in time. Each gets a Failed row with its reason.'
    severity: 1
    enabled: true
    scopes: [bus.id]
    evaluationFrequency: 'PT5M'
    windowSize: 'PT5M'
    autoMitigate: true
    criteria: {
      'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
      allOf: [
        {
          criterionType: 'StaticThresholdCriterion'
          name: 'dead letters'
          metricNamespace: 'Microsoft.ServiceBus/namespaces'
          metricName: 'DeadletteredMessages'
          timeAggregation: 'Maximum'
          operator: 'GreaterThan'
          threshold: 0
        }
      ]
    }
    actions: [for group in groups: { actionGroupId: group }]
  }
}

resource eventDeadLetters 'Microsoft.Insights/metricAlerts@2018-03-01' = {
  name: 'alert-event-dead-letters-${token}'
  location: 'global'
  tags: tags
  properties: {
    description: 'Event Grid gave up on announcing images: the tiny app could not be reached for a day. The events are in the container event-dead-letters; `tinysaver retry` puts their images back.'
    severity: 1
    enabled: true
    scopes: [topic.id]
    evaluationFrequency: 'PT5M'
    windowSize: 'PT15M'
    autoMitigate: true
    criteria: {
      'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
      allOf: [
        {
          criterionType: 'StaticThresholdCriterion'
          name: 'dead-lettered events'
          metricNamespace: 'Microsoft.EventGrid/systemTopics'
          metricName: 'DeadLetteredCount'
          timeAggregation: 'Total'
          operator: 'GreaterThan'
          threshold: 0
        }
      ]
    }
    actions: [for group in groups: { actionGroupId: group }]
  }
}

resource backlogAge 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = {
  name: 'alert-backlog-age-${token}'
  location: location
  tags: tags
  kind: 'LogAlert'
  properties: {
    displayName: 'Escalations wait too long'
    description: 'The oldest waiting escalation is older than ${backlogMinutes} minutes: the large app does not start, has no GPU quota, or is too small.'
    severity: 2
    enabled: true
    scopes: [workspace.id]
    evaluationFrequency: 'PT10M'
    windowSize: 'PT1H'
    overrideQueryTimeRange: 'P2D'
    // The tables fill only after the first images.
    skipQueryValidation: true
    autoMitigate: true
    criteria: {
      allOf: [
        {
          query: loadTextContent('../queries/backlog-age.kql')
          metricMeasureColumn: 'AgeMinutes'
          timeAggregation: 'Maximum'
          operator: 'GreaterThan'
          threshold: backlogMinutes
        }
      ]
    }
    actions: { actionGroups: groups }
  }
}

resource jobStandstill 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = {
  name: 'alert-job-standstill-${token}'
  location: location
  tags: tags
  kind: 'LogAlert'
  properties: {
    displayName: 'A batch job does not move'
    description: 'Images of a batch job wait, and nothing of it has moved for ${jobMinutes} minutes: its messages were lost, or the tiny app fails on them. `tinysaver doctor` says which; submitted again, the same under its name, it goes on.'
    severity: 2
    enabled: true
    scopes: [workspace.id]
    evaluationFrequency: 'PT15M'
    // Two of the tiny app's looks at the jobs: one may come late.
    windowSize: 'PT30M'
    skipQueryValidation: true
    autoMitigate: true
    criteria: {
      allOf: [
        {
          query: loadTextContent('../queries/job-standstill.kql')
          metricMeasureColumn: 'StandstillMinutes'
          timeAggregation: 'Maximum'
          operator: 'GreaterThan'
          threshold: jobMinutes
        }
      ]
    }
    actions: { actionGroups: groups }
  }
}

resource guarantee 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = {
  name: 'alert-guarantee-${token}'
  location: location
  tags: tags
  kind: 'LogAlert'
  properties: {
    displayName: 'The guarantee is broken'
    description: 'On the images of the audit sample the policy answers otherwise than the large model more often than its guarantee allows, and chance does not explain it. `tinysaver status` has the figures; look at the differences with `tinysaver view`, and find a new policy with `tinysaver recalibrate`.'
    severity: 1
    enabled: true
    scopes: [workspace.id]
    evaluationFrequency: 'PT15M'
    // Two of the tiny app's looks at the audits: one may come late.
    windowSize: 'PT30M'
    skipQueryValidation: true
    autoMitigate: true
    criteria: {
      allOf: [
        {
          query: loadTextContent('../queries/guarantee-alert.kql')
          metricMeasureColumn: 'GuaranteeState'
          timeAggregation: 'Maximum'
          operator: 'GreaterThan'
          threshold: 2
        }
      ]
    }
    actions: { actionGroups: groups }
  }
}

resource failureRate 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = {
  name: 'alert-failure-rate-${token}'
  location: location
  tags: tags
  kind: 'LogAlert'
  properties: {
    displayName: 'Too many images fail'
    description: 'More than ${failurePercent} % of the last hour\'s images failed; the rows say why.'
    severity: 2
    enabled: true
    scopes: [workspace.id]
    evaluationFrequency: 'PT15M'
    windowSize: 'PT1H'
    skipQueryValidation: true
    autoMitigate: true
    criteria: {
      allOf: [
        {
          query: loadTextContent('../queries/failure-rate.kql')
          metricMeasureColumn: 'FailedPercent'
          timeAggregation: 'Maximum'
          operator: 'GreaterThan'
          threshold: failurePercent
        }
      ]
    }
    actions: { actionGroups: groups }
  }
}

// The five alerts around this one ask the logs, and hear nothing once the cap has stopped them.
resource logCap 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = {
  name: 'alert-log-cap-${token}'
  location: location
  tags: tags
  kind: 'LogAlert'
  properties: {
    displayName: 'Logs have reached their daily cap'
    description: 'The workspace takes no more logs and metrics until tomorrow: the alerts on backlog age, batch jobs, the guarantee, failure rate and exit rate are blind until then. Look at what wrote so much, or raise TINYSAVER_LOG_DAILY_GB.'
    severity: 2
    enabled: true
    scopes: [workspace.id]
    evaluationFrequency: 'PT15M'
    windowSize: 'PT15M'
    skipQueryValidation: true
    autoMitigate: true
    criteria: {
      allOf: [
        {
          query: loadTextContent('../queries/log-cap.kql')
          timeAggregation: 'Count'
          operator: 'GreaterThan'
          threshold: 0
        }
      ]
    }
    actions: { actionGroups: groups }
  }
}

resource exitRate 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = {
  name: 'alert-exit-rate-${token}'
  location: location
  tags: tags
  kind: 'LogAlert'
  properties: {
    displayName: 'The exit rate is out of its band'
    description: 'Less than ${exitRateLowPercent} % or more than ${exitRateHighPercent} % of the last hour\'s images exited at the saver: the images are no longer like those that the threshold was calibrated on.'
    severity: 3
    enabled: true
    scopes: [workspace.id]
    evaluationFrequency: 'PT15M'
    windowSize: 'PT1H'
    skipQueryValidation: true
    autoMitigate: true
    criteria: {
      allOf: [
        {
          query: replace(
            replace(loadTextContent('../queries/exit-rate-alert.kql'), 'LOW_PERCENT', string(exitRateLowPercent)),
            'HIGH_PERCENT',
            string(exitRateHighPercent)
          )
          timeAggregation: 'Count'
          operator: 'GreaterThan'
          threshold: 0
        }
      ]
    }
    actions: { actionGroups: groups }
  }
}
