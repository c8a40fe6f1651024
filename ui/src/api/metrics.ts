import { queryOptions } from '@tanstack/react-query'
import { call } from './client'
import type { MetricCurvesRequest } from './generated'
import { toNumber, type Axis, type Curve, type Summary } from './types'

/** The first, last, least and greatest value of metrics of runs. */
export const summaries = (runIds: string[], metricKeys: string[]) =>
  queryOptions({
    queryKey: ['summaries', runIds, metricKeys],
    queryFn: async () => {
      const found = await call('POST /2.0/kiroku/metrics/summaries', { run_ids: runIds, metric_keys: metricKeys })
      return (found.summaries ?? []).map((s) => ({ ...s, first: toNumber(s.first), last: toNumber(s.last) }) as Summary)
    },
    staleTime: 10_000,
  })

/** The curves of metrics of runs, sampled to a number of buckets. The previous curves are shown until the new ones have arrived. */
export const curves = (request: MetricCurvesRequest & { axis: Axis; buckets: number }) =>
  queryOptions({
    queryKey: ['curves', request],
    queryFn: async () =>
      ((await call('POST /2.0/kiroku/metrics/curves', request)).curves ?? []).map(
        (curve) => ({ ...curve, y: (curve.y ?? []).map(toNumber) }) as Curve,
      ),
    staleTime: 4_000,
    enabled: request.run_ids.length > 0 && request.metric_keys.length > 0,
    placeholderData: (before: Curve[] | undefined) => before,
  })
