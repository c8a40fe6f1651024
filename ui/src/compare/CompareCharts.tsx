import { useQuery } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import { curves } from '../api/metrics'
import { type Axis, type RunRow } from '../api/types'
import { AxisSwitch } from '../charts/AxisSwitch'
import { LineChart } from '../charts/LineChart'
import { Parallel } from '../charts/Parallel'
import { seriesOf } from '../charts/series'
import type { RunAppearance } from '../runs/colours'
import { RunNameLink } from '../runs/RunNameLink'
import { valueOf, type Layout } from '../runs/view'
import { Problem, problemOf } from '../shell/Problem'
import { useT } from '../shell/settings'

export function CompareCharts({ runs, layout, looks }: { runs: RunRow[]; layout: Layout; looks: RunAppearance }) {
  const t = useT()
  const [axis, setAxis] = useState<Axis>('STEP')
  const [range, setRange] = useState<[number, number] | null>(null)
  const drawn = useMemo(() => runs.slice(0, 100), [runs])
  const ids = useMemo(() => drawn.map((run) => run.run_id), [drawn])
  const metrics = useMemo(
    () => layout.metrics.filter((key) => drawn.some((run) => valueOf(run, `m:${key}`, layout) !== null)),
    [layout, drawn],
  )
  const keys = useMemo(
    () => metrics.slice(0, Math.max(1, Math.min(12, Math.floor(1900 / Math.max(1, ids.length))))),
    [metrics, ids],
  )
  const found = useQuery(
    curves({
      run_ids: ids,
      metric_keys: keys,
      axis,
      from: range?.[0],
      to: range?.[1],
      buckets: ids.length > 30 ? 120 : 240,
    }),
  )
  const varied = layout.params
    .filter((key) => new Set(runs.map((run) => valueOf(run, `p:${key}`, layout))).size > 1)
    .slice(0, 7)
  return (
    <div style={{ overflow: 'auto', flex: 1 }}>
      <div className="bar">
        <AxisSwitch
          value={axis}
          onChange={(next) => {
            setAxis(next)
            setRange(null)
          }}
        />
        <ul className="legend" aria-label={t('runs')} tabIndex={0}>
          {drawn.map((run) => (
            <li key={run.run_id}>
              <span className="swatch" style={{ background: looks.colour(run.run_id) }} />
              <RunNameLink className="runname" run={run} />
            </li>
          ))}
        </ul>
        {runs.length > drawn.length && (
          <span className="faint num nowrap">{t('chartsHidden', { n: drawn.length, all: runs.length })}</span>
        )}
      </div>
      {problemOf(found) ? <Problem error={found.error} /> : null}
      <div className="board">
        {keys.map((key) => (
          <section key={key} className="chart w6" aria-label={key}>
            <header>
              <h3>{key}</h3>
            </header>
            <LineChart
              series={seriesOf(
                (found.data ?? []).filter((curve) => curve.key === key),
                drawn,
                looks,
                false,
              )}
              axis={axis}
              range={range}
              onRange={setRange}
              label={key}
            />
          </section>
        ))}
        {varied.length > 1 && metrics[0] && (
          <section className="chart w12" aria-label={t('parallel')}>
            <header>
              <h3>{t('parallel')}</h3>
            </header>
            <Parallel
              runs={runs}
              layout={layout}
              looks={looks}
              axes={[...varied.map((p) => `p:${p}`), `m:${metrics[0]}`]}
              colour={`m:${metrics[0]}`}
            />
          </section>
        )}
      </div>
    </div>
  )
}
