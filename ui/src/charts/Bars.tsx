import { useCallback, useMemo } from 'react'
import { number } from '../shell/format'
import { type ChartProps } from './axes'
import { dimension } from './data'
import { Plot, type Draw } from './Plot'
import { extent, scale } from './scale'

/** The latest value of a metric of each run, as bars. */
export function Bars({ runs, layout, looks, metric, exports }: ChartProps & { metric: string }) {
  const d = useMemo(() => dimension(metric, runs, layout), [metric, runs, layout])
  const shown = useMemo(
    () =>
      runs
        .map((run, i) => ({ run, value: d.values[i]! }))
        .filter((bar) => Number.isFinite(bar.value))
        .slice(0, 40),
    [runs, d],
  )
  const step = 20
  const height = Math.max(80, shown.length * step + 36)
  const draw = useCallback<Draw>(
    (s, width, h, ink) => {
      const bounds = extent(shown.map((bar) => bar.value))
      if (!bounds) return
      const label = Math.min(150, width * 0.35)
      const x = scale(Math.min(0, bounds[0]), Math.max(0, bounds[1]), label, width - 58)
      shown.forEach((bar, i) => {
        const y = 8 + i * step
        s.text(
          label - 8,
          y + 12,
          bar.run.run_name.length > 22 ? `${bar.run.run_name.slice(0, 21)}…` : bar.run.run_name,
          { colour: ink.soft, align: 'end' },
        )
        const from = x.to(0)
        const to = x.to(bar.value)
        s.rect(Math.min(from, to), y + 2, Math.max(1, Math.abs(to - from)), step - 6, {
          colour: looks.colour(bar.run.run_id),
          alpha: 0.85,
        })
        s.text(Math.max(from, to) + 5, y + 12, number(bar.value), { colour: ink.ink })
      })
      for (const tick of x.ticks) s.text(tick.at, h - 8, tick.label, { colour: ink.soft, align: 'middle', size: 10.5 })
    },
    [shown, looks],
  )
  return <Plot draw={draw} height={height} label={d.label} exports={exports} />
}
