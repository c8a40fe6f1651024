import { queryOptions } from '@tanstack/react-query'
import { call } from './client'
import type { StartImportRequest } from './generated'
import type { Import, Origin } from './types'

/** The imports, the latest first, and what may be imported. Read again each second while one is running. */
export const imports = queryOptions({
  queryKey: ['imports'],
  queryFn: async () => {
    const found = await call('GET /2.0/kiroku/imports/list', {})
    return { sources: found.sources ?? [], imports: (found.imports ?? []) as Import[] }
  },
  refetchInterval: (query) => (query.state.data?.imports.some((one) => one.state === 'RUNNING') ? 1_000 : 10_000),
})

export const startImport = async (request: StartImportRequest) =>
  (await call('POST /2.0/kiroku/imports/start', request)).server_import as Import

export const cancelImport = (id: number) => call('POST /2.0/kiroku/imports/cancel', { import_id: id })

/** Where an experiment was imported from, the latest import first. */
export const origins = (experimentId: string) =>
  queryOptions({
    queryKey: ['origins', experimentId],
    queryFn: async () =>
      ((await call('GET /2.0/kiroku/experiments/origins', { experiment_id: experimentId })).origins ?? []) as Origin[],
    staleTime: 60_000,
    retry: false,
  })
