import { queryOptions } from '@tanstack/react-query'
import { allPages, call } from './client'
import type { ApprovalRequestState, CreateApprovalRequest, SearchAuditLogRequest } from './generated'
import type { ApprovalRequest, AuditEntry, Gate, GateChange, GateCheck, GatePolicy } from './types'

/** All gates, and the revision that a change of them is based on. */
export const gatePolicy = queryOptions({
  queryKey: ['gates'],
  queryFn: async () => (await call('GET /2.0/kiroku/gates/list', {})) as GatePolicy,
})

export const gates = { ...gatePolicy, select: (found: GatePolicy) => found.gates ?? [] }

/**
 * Replaces all gates, if they have not changed since a revision.
 *
 * @param dryRun whether only the changes are computed
 */
export const applyGates = async (all: Gate[], revision: string, dryRun: boolean) => {
  const request = { gates: all, expected_revision: revision, dry_run: dryRun }
  return ((await call('POST /2.0/kiroku/gates/apply', request)).changes ?? []) as GateChange[]
}

/** What the gates say of a version for an alias or a stage. */
export const gateCheck = (name: string, version: string, target: { alias?: string; stage?: string }) =>
  queryOptions({
    queryKey: ['gate-check', name, version, target],
    queryFn: async () => (await call('GET /2.0/kiroku/gates/check', { name, version, ...target })) as GateCheck,
  })

/** Requests for approval: of a state or of all, of a model or of all. */
export const approvals = (state: ApprovalRequestState | undefined, name?: string) =>
  queryOptions({
    queryKey: ['approvals', state, name],
    queryFn: async () => {
      const found = await call('GET /2.0/kiroku/approvals/search', { state, name, max_results: 200 })
      return (found.approval_requests ?? []) as ApprovalRequest[]
    },
    refetchInterval: 10_000,
  })

export const requestApproval = (request: CreateApprovalRequest) => call('POST /2.0/kiroku/approvals/request', request)

type ApprovalAction = 'approve' | 'reject' | 'comment' | 'withdraw'

export const actOnApproval = (id: number, action: ApprovalAction, comment: string | undefined) =>
  call(`POST /2.0/kiroku/approvals/${action}`, { id, comment })

/** The latest entries of the audit log. */
export const audit = (request: SearchAuditLogRequest) =>
  queryOptions({
    queryKey: ['audit', request],
    queryFn: async () =>
      ((await call('GET /2.0/kiroku/audit/search', { ...request, max_results: 200 })).entries ?? []) as AuditEntry[],
  })

/** Fetches a page of the audit log, the oldest entry first. */
export async function fetchAuditPage(
  page_token: string | undefined,
  filter: { model?: string; action?: string } = {},
): Promise<{ entries?: AuditEntry[]; next_page_token?: string }> {
  const request = { ...filter, ascending: true, max_results: 1000, page_token }
  return (await call('GET /2.0/kiroku/audit/search', request)) as { entries?: AuditEntry[]; next_page_token?: string }
}

/** Fetches the number of entries of the audit log and the hash of the last one. */
export const fetchAuditHead = async () =>
  (await call('GET /2.0/kiroku/audit/head', {})) as { count: number; hash: string }

/** The changes of the aliases of a model, the oldest first. */
export const aliasChanges = (name: string) =>
  queryOptions({
    queryKey: ['model', 'holders', name],
    queryFn: () =>
      allPages(
        (token) => fetchAuditPage(token, { model: name, action: 'alias' }),
        (page) => page.entries,
      ),
    retry: false,
  })
