import { useQuery } from '@tanstack/react-query'
import { useMemo, useRef, useState } from 'react'
import { curves } from '../api/metrics'
import { type Axis } from '../api/types'
import { AxisSwitch } from '../charts/AxisSwitch'
import { LineChart } from '../charts/LineChart'
import type { PlotExports } from '../charts/Plot'
import { type Series } from '../charts/series'
import { SmoothingSlider } from '../charts/SmoothingSlider'
import { PALETTE } from '../runs/colours'
import { Dialog } from '../shell/Dialog'
import { Problem, problemOf } from '../shell/Problem'
import { useT } from '../shell/settings'

/** A metric of a run as a large chart, with smoothing, a logarithmic axis and export. */
export function MetricDialog({
  runId,
  name,
  initial,
  live,
  close,
}: {
  runId: string
  name: string
  initial: Axis
  live: number | false
  close: () => void
}) {
  const t = useT()
  const [axis, setAxis] = useState(initial)
  const [range, setRange] = useState<[number, number] | null>(null)
  const [smooth, setSmooth] = useState(0)
  const [logY, setLogY] = useState(false)
  const exports = useRef<PlotExports>(null)
  const found = useQuery({
    ...curves({ run_ids: [runId], metric_keys: [name], axis, from: range?.[0], to: range?.[1], buckets: 1000 }),
    refetchInterval: live,
  })
  const series = useMemo<Series[]>(
    () => (found.data ?? []).map((curve) => ({ id: name, label: name, colour: PALETTE[0]!, x: curve.x, y: curve.y })),
    [found.data, name],
  )
  return (
    <Dialog title={name} close={close} wide>
      <div className="row wrap" style={{ gap: 14 }}>
        <AxisSwitch
          value={axis}
          onChange={(next) => {
            setAxis(next)
            setRange(null)
          }}
        />
        <label className="row soft">
          {t('smoothing')}
          <SmoothingSlider value={smooth} onChange={setSmooth} />
          <span className="num" style={{ width: 28 }}>
            {smooth.toFixed(2)}
          </span>
        </label>
        <label className="row soft">
          <input type="checkbox" checked={logY} onChange={(event) => setLogY(event.target.checked)} />
          {t('logY')}
        </label>
        {range && (
          <button className="btn small" onClick={() => setRange(null)}>
            {t('reset')}
          </button>
        )}
        <span className="spacer" />
        <button className="btn small ghost" onClick={() => exports.current?.png(name)}>
          PNG
        </button>
        <button className="btn small ghost" onClick={() => exports.current?.svg(name)}>
          SVG
        </button>
        <button className="btn small" onClick={close}>
          {t('close')}
        </button>
      </div>
      {problemOf(found) ? <Problem error={found.error} /> : null}
      <div title={range ? undefined : t('zoomHint')}>
        <LineChart
          series={series}
          axis={axis}
          logY={logY}
          smoothing={smooth}
          range={range}
          onRange={setRange}
          label={name}
          exports={exports}
          height={Math.max(240, Math.min(520, innerHeight - 220))}
        />
      </div>
    </Dialog>
  )
}
