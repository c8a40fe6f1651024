import { useCallback, useMemo, useState, type Ref } from 'react'
import type { RunRow } from '../api/types'
import type { Looks } from '../runs/colours'
import type { Layout } from '../runs/view'
import { number } from '../shell/format'
import { useT } from '../shell/settings'
import { dimension, importance, type Dimension } from './data'
import { frame, PAD, Plot, Tip, type Draw, type Exports, type Pointer } from './Plot'
import { extent, heat, roomy, scale, type Scale } from './scale'

interface Common {
  runs: RunRow[]
  layout: Layout
  looks: Looks
  height?: number
  exports?: Ref<Exports>
}

const scaleOf = (d: Dimension, start: number, end: number, log?: boolean): Scale | null => {
  const on = log ?? d.log
  const bounds = extent(d.values, on)
  if (!bounds) return null
  if (!d.categories) return scale(...roomy(bounds, on), start, end, { log: on })
  const s = scale(-0.5, d.categories.length - 0.5, start, end)
  return {
    ...s,
    ticks: d.categories.map((label, i) => ({
      at: s.to(i),
      label: label.length > 12 ? `${label.slice(0, 11)}…` : label,
    })),
  }
}
const show = (d: Dimension, i: number) =>
  Number.isNaN(d.values[i]!) ? '–' : d.categories ? d.categories[d.values[i]!]! : number(d.values[i]!)

function tints(colour: Dimension | null, dark: boolean, fallback: (i: number) => string): (i: number) => string {
  const bounds = colour && extent(colour.values, colour.log)
  if (!colour || !bounds) return fallback
  const s = scale(bounds[0], bounds[1], 0, 1, { log: colour.log })
  return (i) => (Number.isNaN(colour.values[i]!) ? '#999' : heat(s.to(colour.values[i]!), dark))
}

/** Each run as a dot. */
export function Scatter({
  runs,
  layout,
  looks,
  x,
  y,
  colour,
  logX,
  logY,
  height = 300,
  exports,
  surface,
}: Common & { x: string; y: string; colour?: string; logX?: boolean; logY?: boolean; surface?: boolean }) {
  const dx = useMemo(() => dimension(x, runs, layout), [x, runs, layout])
  const dy = useMemo(() => dimension(y, runs, layout), [y, runs, layout])
  const dc = useMemo(() => (colour ? dimension(colour, runs, layout) : null), [colour, runs, layout])
  const [hit, setHit] = useState<{ pointer: Pointer; i: number } | null>(null)
  const scales = useCallback(
    (width: number) => {
      const sx = scaleOf(dx, PAD.left, width - PAD.right, logX)
      const sy = scaleOf(dy, height - PAD.bottom, PAD.top, logY)
      return sx && sy ? { x: sx, y: sy } : null
    },
    [dx, dy, logX, logY, height],
  )
  const draw = useCallback<Draw>(
    (s, width, h, ink) => {
      const at = scales(width)
      if (!at) return
      const tint = tints(dc, ink.dark, (i) => looks.colour(runs[i]!.run_id))
      frame(s, width, h, ink, at.x, at.y, { x: dx.label, y: dy.label })
      const points = runs
        .map((_, i) => ({ i, x: at.x.to(dx.values[i]!), y: at.y.to(dy.values[i]!) }))
        .filter((p) => Number.isFinite(p.x) && Number.isFinite(p.y))
      if (surface && dc) {
        // Between the runs: the mean of the runs around, the nearer the heavier.
        const known = points.filter((p) => !Number.isNaN(dc.values[p.i]!)).slice(0, 1500)
        const bounds = extent(dc.values, dc.log)
        if (bounds && known.length > 2) {
          const z = scale(bounds[0], bounds[1], 0, 1, { log: dc.log })
          const cell = 7
          for (let px = PAD.left; px < width - PAD.right; px += cell) {
            for (let py = PAD.top; py < h - PAD.bottom; py += cell) {
              let sum = 0
              let weights = 0
              for (const p of known) {
                const d = (p.x - px - cell / 2) ** 2 + (p.y - py - cell / 2) ** 2
                const w = 1 / (d * d + 900)
                sum += w * z.to(dc.values[p.i]!)
                weights += w
              }
              // In steps, so that lines of equal value are seen.
              s.rect(px, py, Math.min(cell, width - PAD.right - px), Math.min(cell, h - PAD.bottom - py), {
                colour: heat(Math.round((sum / weights) * 12) / 12, ink.dark),
                alpha: 0.82,
              })
            }
          }
        }
      }
      for (const p of points)
        s.circle(p.x, p.y, surface ? 2.2 : runs.length > 300 ? 2.6 : 4, {
          colour: surface ? ink.paper : tint(p.i),
          alpha: surface ? 0.9 : 0.78,
        })
    },
    [scales, dc, looks, runs, dx, dy, surface],
  )
  return (
    <Plot
      draw={draw}
      height={height}
      label={`${dy.label} / ${dx.label}`}
      exports={exports}
      onHover={(pointer, width) => {
        const at = pointer && scales(width)
        if (!at) return setHit(null)
        let best = -1
        let least = 144
        for (let i = 0; i < runs.length; i++) {
          const d = (at.x.to(dx.values[i]!) - pointer.x) ** 2 + (at.y.to(dy.values[i]!) - pointer.y) ** 2
          if (d < least) {
            least = d
            best = i
          }
        }
        setHit(best < 0 ? null : { pointer, i: best })
      }}
    >
      {hit && runs[hit.i] && (
        <Tip pointer={hit.pointer}>
          <strong>{runs[hit.i]!.run_name}</strong>
          <table>
            <tbody>
              {[dx, dy, dc].map(
                (d, k) =>
                  d && (
                    <tr key={k}>
                      <td className="faint">{d.label}</td>
                      <td className="num">{show(d, hit.i)}</td>
                    </tr>
                  ),
              )}
            </tbody>
          </table>
        </Tip>
      )}
    </Plot>
  )
}

/** The latest value of each run. */
export function Bars({ runs, layout, looks, metric, exports }: Common & { metric: string }) {
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

const TOP = 34

/** Each run as a line across axes; dragging along an axis keeps only the runs that pass there. */
export function Parallel({
  runs,
  layout,
  looks,
  axes,
  colour,
  height = 320,
  exports,
}: Common & { axes: string[]; colour?: string }) {
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
      const tint = tints(dc, ink.dark, (i) => looks.colour(runs[i]!.run_id))
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

/** Which params matter for a metric. */
export function Importance({ runs, layout, metric, params, exports }: Common & { metric: string; params: string[] }) {
  const t = useT()
  const rows = useMemo(() => {
    const m = dimension(metric, runs, layout)
    return params
      .map((param) => ({ param, value: importance(dimension(param, runs, layout), m) }))
      .filter((row) => row.value > 0)
      .sort((a, b) => b.value - a.value)
      .slice(0, 15)
  }, [runs, layout, metric, params])
  const step = 24
  const draw = useCallback<Draw>(
    (s, width, _h, ink) => {
      const label = Math.min(150, width * 0.35)
      rows.forEach((row, i) => {
        const y = 8 + i * step
        s.text(label - 8, y + 13, row.param.slice(2).slice(0, 24), { colour: ink.ink, align: 'end', size: 11.5 })
        s.rect(label, y + 2, width - 60 - label, step - 9, { colour: ink.line, alpha: 0.7 })
        s.rect(label, y + 2, Math.max(2, (width - 60 - label) * row.value), step - 9, {
          colour: ink.dark ? '#86aaf2' : '#2d55a6',
          alpha: 0.9,
        })
        s.text(width - 54, y + 13, `${Math.round(row.value * 100)} %`, { colour: ink.soft })
      })
    },
    [rows],
  )
  if (rows.length === 0) return <p className="empty">{t('noPoints')}</p>
  return (
    <>
      <Plot draw={draw} height={rows.length * step + 14} label={t('importance')} exports={exports} />
      <p className="faint" style={{ padding: '0 12px 10px', fontSize: 11.75 }}>
        {t('importanceHint', { n: runs.length })}
      </p>
    </>
  )
}
