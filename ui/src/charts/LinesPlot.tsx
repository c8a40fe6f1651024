import { useQuery } from '@tanstack/react-query'
import { useEffect, useMemo, useState } from 'react'
import { curves } from '../api/metrics'
import { type Axis, type RunRow } from '../api/types'
import { PALETTE, type RunAppearance } from '../runs/colours'
import { valueOf, type Layout } from '../runs/view'
import { Problem, problemOf } from '../shell/Problem'
import { useT } from '../shell/settings'
import { Bars } from './Bars'
import type { Card } from './cards'
import { LineChart } from './LineChart'
import type { PlotExports } from './Plot'
import { band, seriesOf, type Series } from './series'

/** The curves of metrics, or a band for each group of runs. Zooming in requests more points of the visible part. */
export function LinesPlot({
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
  looks: RunAppearance
  axis: Axis
  group: string | undefined
  legend: boolean
  exports: React.Ref<PlotExports>
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
  if (problemOf(found))
    return (
      <div style={{ padding: 12 }}>
        <Problem error={found.error} retry={() => void found.refetch()} />
      </div>
    )
  // Metrics with one point a run are shown as bars, because a dot is hard to read.
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
