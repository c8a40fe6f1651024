import { useQuery } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import { curves, summaries } from '../api/metrics'
import { type Axis, type Run, type Summary } from '../api/types'
import { AxisSwitch } from '../charts/AxisSwitch'
import { LineChart } from '../charts/LineChart'
import type { Series } from '../charts/series'
import { PALETTE } from '../runs/colours'
import { number } from '../shell/format'
import { Icon } from '../shell/Icon'
import { Problem, problemOf } from '../shell/Problem'
import { SearchBox } from '../shell/SearchBox'
import { useT } from '../shell/settings'
import { MetricDialog } from './MetricDialog'
import { LIVE } from './RunPage'

/** A small chart of each metric of a run, with its last, least and greatest value. */
export function Metrics({ run, keys, byTime }: { run: Run; keys: string[]; byTime?: boolean }) {
  const t = useT()
  const [axis, setAxis] = useState<Axis>(byTime ? 'RELATIVE' : 'STEP')
  const [range, setRange] = useState<[number, number] | null>(null)
  const [text, setText] = useState('')
  const [enlarged, setEnlarged] = useState<string | null>(null)
  const live = run.info.status === 'RUNNING' ? LIVE : (false as const)
  const shown = useMemo(
    () => keys.filter((key) => key.toLowerCase().includes(text.toLowerCase())).slice(0, 60),
    [keys, text],
  )
  const ids = useMemo(() => [run.info.run_id], [run.info.run_id])
  const found = useQuery({
    ...curves({ run_ids: ids, metric_keys: shown, axis, from: range?.[0], to: range?.[1], buckets: 200 }),
    refetchInterval: live,
  })
  const ends = useQuery({ ...summaries(ids, shown), enabled: shown.length > 0, refetchInterval: live })
  if (keys.length === 0) return <p className="empty">{t('noCharts')}</p>
  return (
    <>
      <div className="row" style={{ marginBottom: 12 }}>
        <AxisSwitch
          value={axis}
          onChange={(next) => {
            setAxis(next)
            setRange(null)
          }}
        />
        <SearchBox label={t('search')} value={text} onChange={setText} />
        {range && (
          <button className="btn" onClick={() => setRange(null)}>
            {t('reset')}
          </button>
        )}
      </div>
      {problemOf(found) ? <Problem error={found.error} /> : null}
      <div className="sparks">
        {shown.map((key) => {
          const curve = found.data?.find((c) => c.key === key)
          const end = ends.data?.find((s) => s.key === key)
          return (
            <Spark
              key={key}
              name={key}
              x={curve?.x ?? []}
              y={curve?.y ?? []}
              end={end}
              axis={axis}
              range={range}
              onRange={setRange}
              onEnlarge={() => setEnlarged(key)}
            />
          )
        })}
      </div>
      {enlarged && (
        <MetricDialog
          runId={run.info.run_id}
          name={enlarged}
          initial={axis}
          live={live}
          close={() => setEnlarged(null)}
        />
      )}
    </>
  )
}

function Spark({
  name,
  x,
  y,
  end,
  axis,
  range,
  onRange,
  onEnlarge,
}: {
  name: string
  x: number[]
  y: number[]
  end: Summary | undefined
  axis: Axis
  range: [number, number] | null
  onRange: (range: [number, number] | null) => void
  onEnlarge: () => void
}) {
  const t = useT()
  const series = useMemo<Series[]>(() => [{ id: name, label: name, colour: PALETTE[0]!, x, y }], [name, x, y])
  return (
    <section className="spark" aria-label={name}>
      <div className="row">
        <h3 className="ellipsis" style={{ flex: 1 }} title={name}>
          {name}
        </h3>
        <span className="value">{number(end?.last)}</span>
        {(end?.points ?? 0) > 1 && (
          <button
            className="btn ghost icon small"
            aria-label={`${t('enlarge')}: ${name}`}
            title={t('enlarge')}
            onClick={onEnlarge}
          >
            <Icon name="expand" size={13} />
          </button>
        )}
      </div>
      <div className="faint num" style={{ fontSize: 11.5 }}>
        {t('min')} {number(end?.min)} · {t('max')} {number(end?.max)} · n = {end?.points.toLocaleString() ?? ''}
      </div>
      {(end?.points ?? 0) > 1 && (
        <LineChart series={series} axis={axis} range={range} onRange={onRange} label={name} height={120} />
      )}
    </section>
  )
}
