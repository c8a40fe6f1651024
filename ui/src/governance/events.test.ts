import { expect, it } from 'vitest'
import { type Webhook } from '../api/types'
import { EVENTS, eventsOf, wireEvents } from './events'

it('keeps every event through the wire', () => expect(eventsOf(wireEvents(EVENTS) as Webhook)).toEqual(EVENTS))
it('writes events of MLflow as an entity and an action', () =>
  expect(wireEvents(['model_version_tag.set', 'gate.failed'])).toEqual({
    events: [{ entity: 'MODEL_VERSION_TAG', action: 'SET' }],
    other_events: ['gate.failed'],
  }))
