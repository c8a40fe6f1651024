import {
  useCallback,
  useEffect,
  useImperativeHandle,
  useLayoutEffect,
  useRef,
  useState,
  type ReactNode,
  type PointerEvent as ReactPointerEvent,
  type Ref,
} from 'react'
import { save } from '../shell/format'
import { LIGHT, useChartColours, type ChartColours } from './chartColours'
import { CanvasSurface, SvgSurface, type Surface } from './surface'

export interface PlotExports {
  png: (name: string) => void
  svg: (name: string) => void
  /** returns the chart in light colours as SVG markup */
  markup: () => string
}

export type Draw = (surface: Surface, width: number, height: number, ink: ChartColours) => void
export interface Pointer {
  x: number
  y: number
  clientX: number
  clientY: number
}

/** A canvas of the width of its container. It is redrawn when `draw` changes, and can be exported as PNG and SVG. */
export function Plot({
  draw,
  overlay,
  height,
  label,
  exports,
  onHover,
  onDrag,
  onDouble,
  children,
}: {
  draw: Draw
  /** draws on a second canvas above, which changes more often, such as a crosshair */
  overlay?: (context: CanvasRenderingContext2D, width: number, height: number, ink: ChartColours) => void
  height: number
  label: string
  exports?: Ref<PlotExports>
  onHover?: (pointer: Pointer | null, width: number) => void
  onDrag?: (from: number, to: number, width: number, vertical: [number, number]) => void
  onDouble?: () => void
  children?: ReactNode
}) {
  const ink = useChartColours()
  const box = useRef<HTMLDivElement>(null)
  const base = useRef<HTMLCanvasElement>(null)
  const top = useRef<HTMLCanvasElement>(null)
  const [width, setWidth] = useState(0)
  const drag = useRef<{ x: number; y: number } | null>(null)
  const [selection, setSelection] = useState<[number, number] | null>(null)

  useLayoutEffect(() => {
    const element = box.current!
    const observer = new ResizeObserver(() => setWidth(element.clientWidth - 8))
    observer.observe(element)
    setWidth(element.clientWidth - 8)
    return () => observer.disconnect()
  }, [])

  const prepare = useCallback(
    (canvas: HTMLCanvasElement) => {
      const ratio = devicePixelRatio || 1
      canvas.width = Math.round(width * ratio)
      canvas.height = Math.round(height * ratio)
      const context = canvas.getContext('2d')!
      context.scale(ratio, ratio)
      return context
    },
    [width, height],
  )
  useEffect(() => {
    if (width > 0) draw(new CanvasSurface(prepare(base.current!)), width, height, ink)
  }, [draw, width, height, ink, prepare])
  useEffect(() => {
    if (width <= 0) return
    const context = prepare(top.current!)
    overlay?.(context, width, height, ink)
    if (selection) {
      context.fillStyle = ink.ink
      context.globalAlpha = 0.1
      context.fillRect(Math.min(...selection), 0, Math.abs(selection[1] - selection[0]), height)
    }
  }, [overlay, selection, width, height, ink, prepare])

  const svg = (on: ChartColours) => {
    const surface = new SvgSurface(width, height, on.paper)
    draw(surface, width, height, on)
    return surface.toString()
  }
  useImperativeHandle(exports, () => ({
    png: (name) => {
      const canvas = document.createElement('canvas')
      canvas.width = width * 2
      canvas.height = height * 2
      const context = canvas.getContext('2d')!
      context.scale(2, 2)
      context.fillStyle = ink.paper
      context.fillRect(0, 0, width, height)
      draw(new CanvasSurface(context), width, height, ink)
      canvas.toBlob((blob) => blob && save(`${name}.png`, blob))
    },
    svg: (name) => {
      save(`${name}.svg`, svg(ink), 'image/svg+xml')
    },
    markup: () => svg(LIGHT),
  }))

  const at = (event: ReactPointerEvent): Pointer => {
    const r = base.current!.getBoundingClientRect()
    return { x: event.clientX - r.left, y: event.clientY - r.top, clientX: event.clientX, clientY: event.clientY }
  }
  return (
    <div className="plot" ref={box}>
      <canvas ref={base} role="img" aria-label={label} style={{ height }} />
      <canvas
        ref={top}
        aria-hidden="true"
        style={{
          height,
          position: 'absolute',
          inset: '0 4px auto',
          width: 'calc(100% - 8px)',
          cursor: onDrag ? 'crosshair' : undefined,
        }}
        onPointerMove={(event) => {
          const pointer = at(event)
          onHover?.(pointer, width)
          if (drag.current && Math.abs(pointer.x - drag.current.x) > 3) setSelection([drag.current.x, pointer.x])
        }}
        onPointerLeave={() => onHover?.(null, width)}
        onPointerDown={(event) => {
          if (!onDrag || event.button !== 0) return
          event.currentTarget.setPointerCapture(event.pointerId)
          drag.current = at(event)
        }}
        onPointerUp={(event) => {
          const pointer = at(event)
          if (
            drag.current &&
            onDrag &&
            (Math.abs(pointer.x - drag.current.x) > 5 || Math.abs(pointer.y - drag.current.y) > 5)
          ) {
            onDrag(Math.min(drag.current.x, pointer.x), Math.max(drag.current.x, pointer.x), width, [
              Math.min(drag.current.y, pointer.y),
              Math.max(drag.current.y, pointer.y),
            ])
          }
          drag.current = null
          setSelection(null)
        }}
        onDoubleClick={onDouble}
      />
      {children}
    </div>
  )
}
