import { useCallback, useMemo, useState } from 'react'
import { formatValue, runColours, scaleOf, type ChartProps } from './axes'
import { dimension } from './data'
import { frame, PAD } from './frame'
import { Plot, type Draw, type Pointer } from './Plot'
import { extent, heat, scale } from './scale'
import { Tip } from './Tip'

/** A scatter plot of runs. With `surface`, the colour is interpolated between the runs (contour). */
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
}: ChartProps & { x: string; y: string; colour?: string; logX?: boolean; logY?: boolean; surface?: boolean }) {
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
      const tint = runColours(dc, ink.dark, (i) => looks.colour(runs[i]!.run_id))
      frame(s, width, h, ink, at.x, at.y, { x: dx.label, y: dy.label })
      const points = runs
        .map((_, i) => ({ i, x: at.x.to(dx.values[i]!), y: at.y.to(dy.values[i]!) }))
        .filter((p) => Number.isFinite(p.x) && Number.isFinite(p.y))
      if (surface && dc) {
        // Inverse distance weighting: the mean of all runs, nearer runs have more weight.
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
              // In twelve steps, so that contour lines are visible.
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
                      <td className="num">{formatValue(d, hit.i)}</td>
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
