import type { WebhookEvent } from '../api/generated'
import { type Webhook } from '../api/types'

/** The events of webhooks, by name. Those of MLflow are an entity and an action on the wire; the others are sent by their name. */
export const EVENTS = [
  'registered_model.created',
  'model_version.created',
  'model_version_tag.set',
  'model_version_tag.deleted',
  'model_version_alias.created',
  'model_version_alias.deleted',
  'approval.requested',
  'approval.approved',
  'approval.rejected',
  'approval.withdrawn',
  'approval.expired',
  'approval.completed',
  'approval.invalidated',
  'gate.failed',
  'gate.changed',
]

const isOther = (event: string) => /^(approval|gate)\./.test(event)

/** Returns the names of the events of a webhook. */
export const eventsOf = (hook: Pick<Webhook, 'events' | 'other_events'>) => [
  ...(hook.events ?? []).map((event) => `${event.entity}.${event.action}`.toLowerCase()),
  ...(hook.other_events ?? []),
]

/** Returns the fields of a request for events of these names. */
export const wireEvents = (events: string[]) => ({
  events: events
    .filter((event) => !isOther(event))
    .map((event) => {
      const [entity, action] = event.toUpperCase().split('.')
      return { entity, action } as WebhookEvent
    }),
  other_events: events.filter(isOther),
})
