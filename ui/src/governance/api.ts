import { queryOptions } from '@tanstack/react-query'
import { get, send } from '../api/client'

export interface Gate {
  name: string
  models: string
  alias?: string
  stage?: string
  require?: string
  description?: string
  approvals?: { required: number; from?: string[]; expire_after?: string; open_requests?: boolean }
}

export interface GateChange {
  name: string
  before?: Gate
  after?: Gate
}

interface GateResult {
  approvals?: Gate['approvals']
  gate: string
  target: string
  passed: boolean
  conditions?: { condition: string; passed: boolean; seen?: string; explanation?: string }[]
}

export interface ApprovalRequest {
  id: number
  name: string
  alias?: string
  stage?: string
  version?: string
  holder_version?: string
  requester: string
  comment?: string
  state: 'OPEN' | 'APPROVED' | 'REJECTED' | 'WITHDRAWN' | 'EXPIRED' | 'INVALIDATED'
  reason?: string
  creation_timestamp: number
  votes?: { timestamp: number; actor: string; kind: 'COMMENT' | 'APPROVE' | 'REJECT' | 'WITHDRAW'; comment?: string }[]
  pending?: { gate: string; required: number; given: number; from?: string[] }[]
}

export interface AuditEntry {
  seq: number
  at: number
  actor: string
  request_id: string
  previous: string
  action: string
  subject: string
  model?: string
  before?: string
  after?: string
  hash: string
}

export interface Policy {
  gates?: Gate[]
  revision: string
}

/** The gates there are, and what a change of them has to be based on. */
export const policy = queryOptions({ queryKey: ['gates'], queryFn: () => get<Policy>('kiroku/gates/list') })
export const gates = { ...policy, select: (found: Policy) => found.gates ?? [] }

/** Makes these all the gates there are, if they are still at the revision that was seen. */
export const applyGates = (all: Gate[], revision: string, dryRun: boolean) =>
  send<{ changes?: GateChange[]; revision: string }>('kiroku/gates/apply', {
    gates: all,
    expected_revision: revision,
    dry_run: dryRun,
  })

export interface Webhook {
  webhook_id: string
  name: string
  description?: string
  url: string
  status: 'ACTIVE' | 'DISABLED'
  events?: { entity: string; action: string }[]
  other_events?: string[]
}

export interface Delivery {
  delivery_id: string
  webhook_name: string
  event: string
  state: 'WAITING' | 'DELIVERED' | 'FAILED'
  attempts: number
  creation_timestamp: number
  response_status?: number
  error?: string
}

/** What one can be told of; those that MLflow has, too, are an entity and an action. */
const MLFLOW_EVENTS = [
  'registered_model.created',
  'model_version.created',
  'model_version_tag.set',
  'model_version_tag.deleted',
  'model_version_alias.created',
  'model_version_alias.deleted',
]
export const EVENTS = [
  ...MLFLOW_EVENTS,
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
export const eventsOf = (hook: Webhook) => [
  ...(hook.events ?? []).map((event) => `${event.entity}.${event.action}`.toLowerCase()),
  ...(hook.other_events ?? []),
]
export const wireEvents = (events: string[]) => ({
  events: events
    .filter((event) => !/^(approval|gate)\./.test(event))
    .map((event) => ({ entity: event.split('.')[0]!.toUpperCase(), action: event.split('.')[1]!.toUpperCase() })),
  other_events: events.filter((event) => /^(approval|gate)\./.test(event)),
})
export const webhooks = queryOptions({
  queryKey: ['webhooks', 'list'],
  queryFn: async () => (await get<{ webhooks?: Webhook[] }>('mlflow/webhooks', { max_results: 100 })).webhooks ?? [],
})
export const deliveries = queryOptions({
  queryKey: ['webhooks', 'deliveries'],
  queryFn: async () =>
    (await get<{ deliveries?: Delivery[] }>('kiroku/webhook-deliveries/search', { max_results: 50 })).deliveries ?? [],
  refetchInterval: 5_000,
})

export const check = (name: string, version: string, target: { alias?: string; stage?: string }) =>
  queryOptions({
    queryKey: ['gate-check', name, version, target],
    queryFn: () => get<{ passed: boolean; gates?: GateResult[] }>('kiroku/gates/check', { name, version, ...target }),
  })

export const approvals = (state: string | undefined, name?: string) =>
  queryOptions({
    queryKey: ['approvals', state, name],
    queryFn: async () =>
      (
        await get<{ approval_requests?: ApprovalRequest[] }>('kiroku/approvals/search', {
          state,
          name,
          max_results: 200,
        })
      ).approval_requests ?? [],
    refetchInterval: 10_000,
  })

export const audit = (ask: { model?: string; actor?: string; action?: string }) =>
  queryOptions({
    queryKey: ['audit', ask],
    queryFn: async () =>
      (await get<{ entries?: AuditEntry[] }>('kiroku/audit/search', { ...ask, max_results: 200 })).entries ?? [],
  })

/** Whether others have to agree before this alias or stage of a model changes. */
export const isProtected = (all: Gate[] | undefined, model: string, target: { alias?: string; stage?: string }) =>
  (all ?? []).some(
    (gate) =>
      gate.approvals &&
      concerns(gate, model) &&
      (target.alias !== undefined ? gate.alias === target.alias : gate.stage === target.stage),
  )

/** Whether a gate is about a model: its pattern knows * as any text. */
export const concerns = (gate: Gate, model: string) =>
  new RegExp(
    `^${gate.models
      .split('*')
      .map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
      .join('.*')}$`,
  ).test(model)
