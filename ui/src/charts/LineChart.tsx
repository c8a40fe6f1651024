import { useCallback, useMemo, useState, type Ref } from 'react'
import { type Axis } from '../api/types'
import { duration, instant, number } from '../shell/format'
import { useT } from '../shell/settings'
import { type ChartColours } from './chartColours'
import { useCursor } from './cursor'
import { frame, PAD } from './frame'
import { Plot, type Draw, type PlotExports, type Pointer } from './Plot'
import { scale } from './scale'
import { boundsOf, nearest, smooth, type Series } from './series'
import { Tip } from './Tip'

/** With more lines than this, lines are thin and have no marks at the crosshair. */
const MANY = 40

/** Lines over steps or time, with a crosshair that charts share, and zoom by dragging. */
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
  exports?: Ref<PlotExports>
  xName?: string
}) {
  const [cursor, share] = useCursor()
  const [pointer, setPointer] = useState<Pointer | null>(null)
  const lines = useMemo(() => series.map((s) => ({ ...s, smooth: smooth(s.y, smoothing) })), [series, smoothing])
  const bounds = useMemo(() => boundsOf(series, range, logY), [series, range, logY])

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
    (c: CanvasRenderingContext2D, width: number, h: number, ink: ChartColours) => {
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
      {pointer && listed.length > 0 && <LineTip pointer={pointer} axis={axis} points={listed} />}
    </Plot>
  )
}

/** A lower bound of the width of the chart, which is all that the order of the tooltip needs. */
const pointerWidth = (pointer: Pointer) => Math.max(300, pointer.x + PAD.right)

interface Point {
  line: Series
  x: number
  y: number
}

/** The values of the lines nearest to the pointer. */
function LineTip({ pointer, axis, points }: { pointer: Pointer; axis: Axis; points: Point[] }) {
  const t = useT()
  return (
    <Tip pointer={pointer}>
      <div className="faint num">
        {axis === 'STEP'
          ? number(Math.round(points[0]!.x))
          : axis === 'TIME'
            ? instant(points[0]!.x)
            : duration(points[0]!.x, t)}
      </div>
      <table>
        <tbody>
          {points.map(({ line, y }) => (
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
  )
}
