import { useCallback, useMemo, useState, type Ref } from 'react'
import type { Axis } from '../api/queries'
import { duration, instant, number } from '../shell/format'
import { useCursor } from './cursor'
import { frame, PAD, Plot, Tip, type Draw, type Exports, type Ink, type Pointer } from './Plot'
import { extent, roomy, scale } from './scale'

export interface Series {
  id: string
  label: string
  colour: string
  x: number[]
  y: number[]
  low?: number[]
  high?: number[]
  dash?: number[]
}

/** Weighted with what came before, as TensorBoard does it; the start is not pulled towards zero. */
export function smooth(y: number[], weight: number): number[] {
  if (weight <= 0) return y
  let last = 0
  let debias = 0
  return y.map((value) => {
    if (Number.isNaN(value)) return value
    last = last * weight + (1 - weight) * value
    debias = debias * weight + (1 - weight)
    return last / debias
  })
}

const MANY = 40

/** Lines of one metric, or several, over steps or time. */
export function LineChart({
  series,
  height = 240,
  axis,
  logY,
  smoothing = 0,
  range,
  onRange,
  label,
  exports,
  xName,
}: {
  series: Series[]
  height?: number
  axis: Axis
  logY?: boolean
  smoothing?: number
  range: [number, number] | null
  onRange: (range: [number, number] | null) => void
  label: string
  exports?: Ref<Exports>
  xName?: string
}) {
  const [cursor, share] = useCursor()
  const [pointer, setPointer] = useState<Pointer | null>(null)
  const lines = useMemo(() => series.map((s) => ({ ...s, smooth: smooth(s.y, smoothing) })), [series, smoothing])
  const bounds = useMemo(() => {
    const x = range ?? extent(series.flatMap((s) => [s.x[0] ?? NaN, s.x[s.x.length - 1] ?? NaN]))
    const shown = function* () {
      for (const s of series) {
        for (let i = 0; i < s.x.length; i++) {
          if (range && (s.x[i]! < range[0] || s.x[i]! > range[1])) continue
          yield s.low?.[i] ?? s.y[i]!
          if (s.high) yield s.high[i]!
        }
      }
    }
    const y = extent(shown(), logY)
    return x && y ? { x, y: roomy(y, logY) } : null
  }, [series, range, logY])

  const scales = useCallback(
    (width: number) => {
      if (!bounds) return null
      const time = axis === 'STEP' ? undefined : axis
      return {
        x: scale(bounds.x[0], bounds.x[1], PAD.left, width - PAD.right, { time }),
        y: scale(bounds.y[0], bounds.y[1], height - PAD.bottom, PAD.top, {
          log: logY,
          ticks: Math.max(2, Math.floor(height / 40)),
        }),
      }
    },
    [bounds, axis, logY, height],
  )

  const draw = useCallback<Draw>(
    (s, width, h, ink) => {
      const at = scales(width)
      if (!at) return
      frame(s, width, h, ink, at.x, at.y, { x: xName })
      s.clip(PAD.left, PAD.top - 2, width - PAD.left - PAD.right, h - PAD.top - PAD.bottom + 4, () => {
        for (const line of lines) {
          const x = line.x.map(at.x.to)
          if (line.low && line.high)
            s.area(x, line.low.map(at.y.to), line.high.map(at.y.to), { colour: line.colour, alpha: 0.16 })
          if (smoothing > 0) s.line(x, line.y.map(at.y.to), { colour: line.colour, alpha: 0.22 })
          s.line(x, line.smooth.map(at.y.to), {
            colour: line.colour,
            width: lines.length > MANY ? 1 : 1.6,
            alpha: lines.length > MANY ? 0.75 : 1,
            dash: line.dash,
          })
          if (line.x.length === 1) s.circle(x[0]!, at.y.to(line.y[0]!), 3.5, { colour: line.colour })
        }
      })
    },
    [scales, lines, smoothing, xName],
  )

  const near = useMemo(() => {
    if (cursor === null) return []
    return lines.flatMap((line) => {
      const i = nearest(line.x, cursor)
      return i < 0 || Number.isNaN(line.smooth[i]!) ? [] : [{ line, x: line.x[i]!, y: line.smooth[i]! }]
    })
  }, [cursor, lines])

  const overlay = useCallback(
    (c: CanvasRenderingContext2D, width: number, h: number, ink: Ink) => {
      const at = scales(width)
      if (!at || cursor === null) return
      const x = at.x.to(cursor)
      if (x < PAD.left || x > width - PAD.right) return
      c.strokeStyle = ink.soft
      c.globalAlpha = 0.6
      c.beginPath()
      c.moveTo(x, PAD.top)
      c.lineTo(x, h - PAD.bottom)
      c.stroke()
      c.globalAlpha = 1
      if (near.length <= MANY) {
        for (const point of near) {
          c.fillStyle = point.line.colour
          c.beginPath()
          c.arc(at.x.to(point.x), at.y.to(point.y), 3, 0, 7)
          c.fill()
        }
      }
    },
    [scales, cursor, near],
  )

  const listed = useMemo(() => {
    if (!pointer) return []
    const at = scales(pointerWidth(pointer))
    return [...near]
      .sort((a, b) => (at ? Math.abs(at.y.to(a.y) - pointer.y) - Math.abs(at.y.to(b.y) - pointer.y) : 0))
      .slice(0, 10)
      .sort((a, b) => b.y - a.y)
  }, [near, pointer, scales])

  return (
    <Plot
      draw={draw}
      overlay={overlay}
      height={height}
      label={label}
      exports={exports}
      onHover={(p, width) => {
        const at = p && scales(width)
        setPointer(p)
        share.set(p && at && p.x >= PAD.left - 4 ? at.x.from(p.x) : null)
      }}
      onDrag={(from, to, width) => {
        const at = scales(width)
        if (at && to - from > 5)
          onRange([at.x.from(Math.max(from, PAD.left)), at.x.from(Math.min(to, width - PAD.right))])
      }}
      onDouble={() => onRange(null)}
    >
      {pointer && listed.length > 0 && (
        <Tip pointer={pointer}>
          <div className="faint num">
            {axis === 'STEP'
              ? number(Math.round(listed[0]!.x))
              : axis === 'TIME'
                ? instant(listed[0]!.x)
                : duration(listed[0]!.x)}
          </div>
          <table>
            <tbody>
              {listed.map(({ line, y }) => (
                <tr key={line.id}>
                  <td>
                    <span className="swatch" style={{ background: line.colour }} />
                  </td>
                  <td className="ellipsis" style={{ maxWidth: 210 }}>
                    {line.label}
                  </td>
                  <td className="num">{number(y)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </Tip>
      )}
    </Plot>
  )
}

/** The order of a tip needs no exact width. */
const pointerWidth = (pointer: Pointer) => Math.max(300, pointer.x + PAD.right)

function nearest(x: number[], at: number): number {
  if (x.length === 0) return -1
  let low = 0
  let high = x.length - 1
  while (high - low > 1) {
    const middle = (low + high) >> 1
    if (x[middle]! < at) low = middle
    else high = middle
  }
  return Math.abs(x[low]! - at) <= Math.abs(x[high]! - at) ? low : high
}

/** A band is drawn at so many places at most. */
const PLACES = 120

/**
 * The mean of some lines and how far they spread, over the stretch where there are any. Where lines have more points than the band has
 * places, each counts with the mean of its points around a place: that the runs differ is shown, not how each of them trembles.
 */
export function band(id: string, label: string, colour: string, members: Series[]): Series | null {
  const x = extent(members.flatMap((m) => [m.x[0] ?? NaN, m.x[m.x.length - 1] ?? NaN]))
  if (!x) return null
  const places = Math.min(PLACES, Math.max(2, ...members.map((m) => m.x.length)))
  const step = (x[1] - x[0]) / (places - 1)
  const out: Series = { id, label, colour, x: [], y: [], low: [], high: [] }
  for (let i = 0; i < places; i++) {
    const at = Math.min(x[1], x[0] + step * i)
    const values = members.map((m) => around(m, at, step / 2)).filter((v) => !Number.isNaN(v))
    if (values.length === 0) continue
    const mean = values.reduce((a, b) => a + b, 0) / values.length
    const spread =
      values.length > 1 ? Math.sqrt(values.reduce((a, b) => a + (b - mean) ** 2, 0) / (values.length - 1)) : 0
    out.x.push(at)
    out.y.push(mean)
    out.low!.push(mean - spread)
    out.high!.push(mean + spread)
  }
  return out
}

/** The first place of those that are not less. */
function from(x: number[], at: number): number {
  let low = 0
  let high = x.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (x[middle]! < at) low = middle + 1
    else high = middle
  }
  return low
}

/** The mean of a line's points so near to a place, or what lies between its neighbours where there are none. */
function around({ x, y }: Series, at: number, near: number): number {
  if (x.length === 0 || at < x[0]! || at > x[x.length - 1]!) return NaN
  let sum = 0
  let n = 0
  for (let i = from(x, at - near); i < x.length && x[i]! < at + near; i++) {
    if (Number.isNaN(y[i]!)) continue
    sum += y[i]!
    n++
  }
  if (n > 1) return sum / n
  const high = from(x, at)
  const low = Math.max(0, high - 1)
  const width = x[high]! - x[low]!
  return width > 0 ? y[low]! + ((y[high]! - y[low]!) * (at - x[low]!)) / width : y[high]!
}
