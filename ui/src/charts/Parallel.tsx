import { useCallback, useMemo, useState } from 'react'
import { useT } from '../shell/settings'
import { runColours, scaleOf, type ChartProps } from './axes'
import { dimension } from './data'
import { Plot, type Draw } from './Plot'

const TOP = 34
/** Parallel coordinates: each run is a line across the axes. Dragging along an axis selects the runs that cross it there. */
export function Parallel({
  runs,
  layout,
  looks,
  axes,
  colour,
  height = 320,
  exports,
}: ChartProps & { axes: string[]; colour?: string }) {
  const t = useT()
  const ds = useMemo(() => axes.map((axis) => dimension(axis, runs, layout)), [axes, runs, layout])
  const dc = useMemo(() => (colour ? dimension(colour, runs, layout) : null), [colour, runs, layout])
  const [brushes, setBrushes] = useState<Record<string, [number, number]>>({})
  const place = useCallback((i: number, width: number) => 60 + (i * (width - 120)) / Math.max(1, ds.length - 1), [ds])
  const scales = useMemo(() => ds.map((d) => scaleOf(d, height - 16, TOP)), [ds, height])
  const kept = useMemo(
    () =>
      runs.map((_, r) =>
        ds.every((d, i) => {
          const brush = brushes[d.column]
          if (!brush) return true
          const y = scales[i]?.to(d.values[r]!) ?? NaN
          return y >= brush[0] && y <= brush[1]
        }),
      ),
    [runs, ds, brushes, scales],
  )
  const draw = useCallback<Draw>(
    (s, width, h, ink) => {
      const tint = runColours(dc, ink.dark, (i) => looks.colour(runs[i]!.run_id))
      const xs = ds.map((_, i) => place(i, width))
      const crowded = Math.max(0.16, Math.min(0.75, 60 / Math.max(1, kept.filter(Boolean).length)))
      for (const pass of [false, true]) {
        for (let r = 0; r < runs.length; r++) {
          if (kept[r] !== pass) continue
          s.line(
            xs,
            ds.map((d, i) => scales[i]?.to(d.values[r]!) ?? NaN),
            pass ? { colour: tint(r), alpha: crowded, width: 1.1 } : { colour: ink.soft, alpha: 0.06 },
          )
        }
      }
      ds.forEach((d, i) => {
        const x = xs[i]!
        s.rect(x - 0.5, TOP - 4, 1, h - 12 - TOP + 4, { colour: ink.soft, alpha: 0.7 })
        s.text(x, 14, d.label.length > 18 ? `${d.label.slice(0, 17)}…` : d.label, {
          colour: ink.ink,
          align: 'middle',
          size: 11,
        })
        for (const tick of scales[i]?.ticks ?? [])
          s.rect(x + 3, tick.at - 6, tick.label.length * 6 + 4, 12, { colour: ink.paper, alpha: 0.82 })
        for (const tick of scales[i]?.ticks ?? []) s.text(x + 5, tick.at + 3, tick.label, { colour: ink.ink, size: 10 })
        const brush = brushes[d.column]
        if (brush) s.rect(x - 6, brush[0], 12, brush[1] - brush[0], { colour: ink.ink, alpha: 0.22 })
      })
    },
    [ds, dc, scales, looks, runs, kept, brushes, place],
  )
  return (
    <>
      <Plot
        draw={draw}
        height={height}
        label={ds.map((d) => d.label).join(', ')}
        exports={exports}
        onDrag={(from, to, width, vertical) => {
          const middle = (from + to) / 2
          const i = ds.reduce(
            (best, _, k) => (Math.abs(place(k, width) - middle) < Math.abs(place(best, width) - middle) ? k : best),
            0,
          )
          if (ds[i] && vertical[1] - vertical[0] > 4) setBrushes({ ...brushes, [ds[i].column]: vertical })
        }}
        onDouble={() => setBrushes({})}
      />
      <div className="legend">
        <span className="num">{t('chartsHidden', { n: kept.filter(Boolean).length, all: runs.length })}</span>
        {Object.keys(brushes).length > 0 && (
          <button className="btn small ghost" onClick={() => setBrushes({})}>
            {t('reset')}
          </button>
        )}
      </div>
    </>
  )
}
