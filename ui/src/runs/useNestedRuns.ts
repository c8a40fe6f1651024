import { useQueries, useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { fetchAllRows, quote, type RowsRequest } from '../api/runs'
import { type RunRow } from '../api/types'
import { PARENT } from './view'

/** Module level: a new function on each render would make a new result on each render. */
const dataByIndex = (results: { data?: RunRow[] }[]) => new Map(results.map(({ data }, i) => [i, data]))

/**
 * The nested runs of an experiment.
 *
 * @param open the keys of open lines; those of groups are ignored
 * @param request the search of the table: nested runs get the same columns and order
 * @returns the number of nested runs of each parent, and the loaded nested runs of those that are open
 */
export function useNestedRuns(
  experimentId: string,
  enabled: boolean,
  open: ReadonlySet<string>,
  request: RowsRequest,
): { counts: Map<string, number> | undefined; children: Map<string, RunRow[] | undefined> } {
  const counts = useQuery({
    queryKey: ['parents', experimentId],
    enabled,
    refetchInterval: 20_000,
    queryFn: async () => {
      const counts = new Map<string, number>()
      const nested = await fetchAllRows({
        experiment_ids: [experimentId],
        filter: `tags.\`${PARENT}\` IS NOT NULL`,
        tags: [PARENT],
      })
      for (const run of nested) {
        const parent = run.tags?.[0]
        if (parent) counts.set(parent, (counts.get(parent) ?? 0) + 1)
      }
      return counts
    },
  })
  const parents = useMemo(() => (enabled ? [...open].filter((key) => !key.startsWith('group ')) : []), [enabled, open])
  const loaded = useQueries({
    queries: parents.map((parent) => ({
      queryKey: ['nested', parent, request],
      queryFn: () => fetchAllRows({ ...request, filter: `tags.\`${PARENT}\` = ${quote(parent)}` }),
      staleTime: 5000,
      refetchInterval: 20_000,
      structuralSharing: false,
    })),
    combine: dataByIndex,
  })
  const children = useMemo(() => new Map(parents.map((parent, i) => [parent, loaded.get(i)])), [parents, loaded])
  return { counts: counts.data, children }
}
