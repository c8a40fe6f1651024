import { queryOptions, useQuery } from '@tanstack/react-query'
import { useEffect, useMemo, useState } from 'react'
import { curves, fetchRows, type Axis } from '../api/queries'
import type { Curve, RunRow, Rows } from '../api/types'
import { PALETTE, type Looks } from '../runs/colours'
import { keyOf, valueOf, type Layout } from '../runs/view'
import { useT } from '../shell/settings'
import { Problem } from '../shell/ui'
import type { Card } from './cards'
import { band, LineChart, type Series } from './LineChart'
import type { Exports } from './Plot'
import { Bars, Importance, Parallel, Scatter } from './RunCharts'

/** The runs that charts are drawn from, of an experiment. */
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

export function title(card: Card, t: ReturnType<typeof useT>): string {
  switch (card.type) {
    case 'line':
      return card.metrics.join(', ')
    case 'bar':
      return keyOf(card.metric)
    case 'scatter':
      return `${keyOf(card.y)} / ${keyOf(card.x)}`
    case 'contour':
      return `${keyOf(card.colour)}: ${keyOf(card.y)} / ${keyOf(card.x)}`
    case 'parallel':
      return t('parallel')
    case 'importance':
      return `${t('importance')}: ${keyOf(card.metric)}`
  }
}

/**
 * The picture of a card.
 *
 * @param drawn the runs that lines and bars are drawn of: the first of {@code runs}
 * @param legend whether a few lines are named below; they need not be where the runs are listed beside
 * @param params the columns whose importance can be told
 */
export function CardPlot({
  card,
  runs,
  drawn,
  layout,
  looks,
  axis,
  group,
  legend = true,
  params,
  exports,
  onData,
}: {
  card: Card
  runs: RunRow[]
  drawn: RunRow[]
  layout: Layout
  looks: Looks
  axis: Axis
  group?: string
  legend?: boolean
  params: string[]
  exports: React.Ref<Exports>
  onData?: (series: Series[]) => void
}) {
  return card.type === 'line' ? (
    <Lines
      card={card}
      runs={drawn}
      layout={layout}
      looks={looks}
      axis={axis}
      group={group}
      legend={legend}
      exports={exports}
      onData={onData}
    />
  ) : card.type === 'bar' ? (
    <Bars runs={drawn} layout={layout} looks={looks} metric={card.metric} exports={exports} />
  ) : card.type === 'parallel' ? (
    <Parallel runs={runs} layout={layout} looks={looks} axes={card.axes} colour={card.colour} exports={exports} />
  ) : card.type === 'importance' ? (
    <Importance runs={runs} layout={layout} looks={looks} metric={card.metric} params={params} exports={exports} />
  ) : (
    <Scatter
      runs={runs}
      layout={layout}
      looks={looks}
      x={card.x}
      y={card.y}
      colour={card.colour}
      logX={card.logX}
      logY={card.logY}
      surface={card.type === 'contour'}
      exports={exports}
    />
  )
}

/** The points of the lines, as many as there are pixels; those of a part when one looks closer. */
function Lines({
  card,
  runs,
  layout,
  looks,
  axis,
  group,
  legend,
  exports,
  onData,
}: {
  card: Extract<Card, { type: 'line' }>
  runs: RunRow[]
  layout: Layout
  looks: Looks
  axis: Axis
  group: string | undefined
  legend: boolean
  exports: React.Ref<Exports>
  onData?: (series: Series[]) => void
}) {
  const t = useT()
  const [range, setRange] = useState<[number, number] | null>(null)
  useEffect(() => setRange(null), [axis])
  const ids = useMemo(() => runs.map((run) => run.run_id), [runs])
  const active = runs.some((run) => run.status === 'RUNNING')
  const found = useQuery({
    ...curves({
      run_ids: ids,
      metric_keys: card.metrics,
      axis,
      from: range?.[0],
      to: range?.[1],
      buckets: (card.w ?? 6) === 12 ? 500 : runs.length > 30 ? 120 : 240,
    }),
    refetchInterval: active ? 4000 : false,
  })
  const series = useMemo(
    () => seriesOf(found.data ?? [], runs, looks, card.metrics.length > 1),
    [found.data, runs, looks, card.metrics],
  )
  const shown = useMemo(() => {
    if (!group) return series
    const groups = new Map<string, Series[]>()
    const byId = new Map(runs.map((run) => [run.run_id, run]))
    for (const line of series) {
      const run = byId.get(line.id.split(' ')[0]!)
      const key = String((run && valueOf(run, group, layout)) ?? '—')
      groups.set(key, [...(groups.get(key) ?? []), line])
    }
    return [...groups]
      .sort(([a], [b]) => a.localeCompare(b, undefined, { numeric: true }))
      .flatMap(([key, members], i) => band(key, key, PALETTE[i % PALETTE.length]!, members) ?? [])
  }, [series, group, runs, layout])
  useEffect(() => onData?.(shown), [shown, onData])
  const bars = series.length > 0 && (found.data ?? []).every((curve) => curve.points === 1) && range === null
  if (found.error)
    return (
      <div style={{ padding: 12 }}>
        <Problem error={found.error} retry={() => void found.refetch()} />
      </div>
    )
  // One point a run says more as a bar than as a dot.
  if (bars && card.metrics.length === 1)
    return <Bars runs={runs} layout={layout} looks={looks} metric={`m:${card.metrics[0]}`} exports={exports} />
  if (found.isSuccess && series.length === 0)
    return (
      <p className="empty" style={{ height: 246 }}>
        {t('noPoints')}
      </p>
    )
  return (
    <div title={range ? undefined : t('zoomHint')}>
      <LineChart
        series={shown}
        axis={axis}
        logY={card.logY}
        smoothing={card.smooth ?? 0}
        range={range}
        onRange={setRange}
        label={card.metrics.join(', ')}
        exports={exports}
        height={(card.w ?? 6) === 12 ? 320 : 240}
      />
      {(group || (legend && shown.length <= 12)) && (card.w ?? 6) !== 4 && (
        <div className="legend">
          {shown.map((s) => (
            <span key={s.id}>
              <span
                className="swatch"
                style={{
                  background: s.dash
                    ? `repeating-linear-gradient(90deg, ${s.colour} 0 3px, transparent 3px 5px)`
                    : s.colour,
                }}
              />
              {s.label}
            </span>
          ))}
        </div>
      )}
    </div>
  )
}

const DASHES = [undefined, [6, 3], [2, 3], [8, 3, 2, 3]]

export function seriesOf(found: Curve[], runs: RunRow[], looks: Looks, withKey: boolean): Series[] {
  const byId = new Map(runs.map((run) => [run.run_id, run]))
  const keys = [...new Set(found.map((curve) => curve.key))]
  return found.flatMap((curve) => {
    const run = byId.get(curve.run_id)
    if (!run) return []
    return [
      {
        id: `${curve.run_id} ${curve.key}`,
        label: withKey ? `${run.run_name} ${curve.key}` : run.run_name,
        colour: looks.colour(curve.run_id),
        x: curve.x,
        y: curve.y,
        dash: DASHES[keys.indexOf(curve.key) % DASHES.length],
      },
    ]
  })
}
