import { queryOptions } from '@tanstack/react-query'
import { allPages, call } from './client'
import type { Double } from './generated'
import { toNumber, type KeyKind, type Keys, type Rows, type Run, type RunRow, type RunRowsRequest } from './types'

/** A search for runs that returns only the named metrics, parameters and tags. */
export type RowsRequest = RunRowsRequest

/** Fetches a page of the runs of a search. */
export async function fetchRows(request: RowsRequest): Promise<Rows> {
  const page = (await call('POST /2.0/kiroku/runs/rows', request)) as Rows
  for (const row of page.runs ?? []) {
    // A null is a run without the metric.
    if (row.metrics) row.metrics = (row.metrics as (Double | null)[]).map((v) => (v === null ? null : toNumber(v)))
  }
  return page
}

/** Fetches all runs of a search, page by page. */
export const fetchAllRows = (request: RowsRequest): Promise<RunRow[]> =>
  allPages(
    (page_token) => fetchRows({ ...request, page_token, max_results: 10_000 }),
    (page) => page.runs,
  )

/** The keys of metrics, parameters and tags of the runs of some experiments. */
export const keys = (experimentIds: string[]) =>
  queryOptions({
    queryKey: ['keys', experimentIds],
    queryFn: async (): Promise<Keys> => {
      const found = await call('POST /2.0/kiroku/runs/keys', { experiment_ids: experimentIds })
      return { metrics: (found.metrics ?? []) as Keys['metrics'], params: found.params ?? [], tags: found.tags ?? [] }
    },
    staleTime: 20_000,
  })

/** Values of a parameter or a tag that contain a text; at most 50. */
export const values = (experimentIds: string[], kind: KeyKind, key: string, containing: string) =>
  queryOptions({
    queryKey: ['values', experimentIds, kind, key, containing],
    queryFn: async () =>
      (await call('POST /2.0/kiroku/runs/values', { experiment_ids: experimentIds, kind, key, containing })).values ??
      [],
    staleTime: 20_000,
  })

export const run = (id: string) =>
  queryOptions({
    queryKey: ['run', id],
    queryFn: async () => {
      const found = (await call('GET /2.0/mlflow/runs/get', { run_id: id })).run as Run
      for (const metric of found.data.metrics ?? []) metric.value = toNumber(metric.value)
      return found
    },
  })

export const renameRun = (id: string, name: string) =>
  call('POST /2.0/mlflow/runs/update', { run_id: id, run_name: name })

export const deleteRun = (id: string) => call('POST /2.0/mlflow/runs/delete', { run_id: id })

export const restoreRun = (id: string) => call('POST /2.0/mlflow/runs/restore', { run_id: id })

export const setRunTag = (id: string, key: string, value: string) =>
  call('POST /2.0/mlflow/runs/set-tag', { run_id: id, key, value })

export const deleteRunTag = (id: string, key: string) => call('POST /2.0/mlflow/runs/delete-tag', { run_id: id, key })

/** Quotes a text for the search language. */
export const quote = (text: string) => `'${text.replace(/'/g, "''")}'`
