import { queryOptions } from '@tanstack/react-query'
import { fetchRows } from '../api/runs'
import { type Rows } from '../api/types'
import type { Layout } from '../runs/view'

/** The runs of an experiment that charts show. */
export const chartRuns = ({
  experimentId,
  filter,
  order,
  deleted,
  layout,
  most,
}: {
  experimentId: string
  filter: string
  order: string[]
  deleted?: boolean
  layout: Layout
  most: number
}) =>
  queryOptions({
    queryKey: ['chart-runs', experimentId, filter, order, deleted, layout.metrics, layout.params, layout.tags, most],
    queryFn: () =>
      fetchRows({
        experiment_ids: [experimentId],
        filter,
        order_by: order,
        run_view_type: deleted ? 'DELETED_ONLY' : 'ACTIVE_ONLY',
        max_results: most,
        metrics: layout.metrics,
        params: layout.params,
        tags: layout.tags,
      }),
    refetchInterval: 6000,
    placeholderData: (before: Rows | undefined) => before,
  })
