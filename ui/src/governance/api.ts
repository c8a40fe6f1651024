import { queryOptions } from '@tanstack/react-query'
import { get } from '../api/client'

export interface Gate {
  name: string; models: string; alias?: string; stage?: string; require?: string; description?: string
  approvals?: { required: number; from?: string[]; expire_after?: string }
}
export interface GateResult {
  gate: string; target: string; passed: boolean
  conditions?: { condition: string; passed: boolean; seen?: string; explanation?: string }[]
}
export interface ApprovalRequest {
  id: number; name: string; alias?: string; stage?: string; version?: string; holder_version?: string; requester: string; comment?: string
  state: 'OPEN' | 'APPROVED' | 'REJECTED' | 'WITHDRAWN' | 'EXPIRED' | 'INVALIDATED'; reason?: string; creation_timestamp: number
  votes?: { timestamp: number; actor: string; kind: string; comment?: string }[]
  pending?: { gate: string; required: number; given: number; from?: string[] }[]
}
export interface AuditEntry { seq: number; at: number; actor: string; action: string; subject: string; model?: string; before?: string; after?: string; hash: string }

export const gates = queryOptions({ queryKey: ['gates'], queryFn: async () => (await get<{ gates?: Gate[] }>('kiroku/gates/list')).gates ?? [] })

export const check = (name: string, version: string, target: { alias?: string; stage?: string }) =>
  queryOptions({
    queryKey: ['gate-check', name, version, target],
    queryFn: () => get<{ passed: boolean; gates?: GateResult[] }>('kiroku/gates/check', { name, version, ...target }),
  })

export const approvals = (state: string | undefined, name?: string) =>
  queryOptions({
    queryKey: ['approvals', state, name],
    queryFn: async () => (await get<{ approval_requests?: ApprovalRequest[] }>('kiroku/approvals/search', { state, name, max_results: 200 })).approval_requests ?? [],
    refetchInterval: 10_000,
  })

export const audit = (ask: { model?: string; actor?: string; action?: string }) =>
  queryOptions({
    queryKey: ['audit', ask],
    queryFn: async () => (await get<{ entries?: AuditEntry[] }>('kiroku/audit/search', { ...ask, max_results: 200 })).entries ?? [],
  })

/** Whether a gate is about a model: its pattern knows * as any text. */
export const concerns = (gate: Gate, model: string) =>
  new RegExp(`^${gate.models.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&')).join('.*')}$`).test(model)
