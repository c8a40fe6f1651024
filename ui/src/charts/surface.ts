/** Drawing operations that a canvas and an SVG file both support. */
interface Style {
  colour: string
  width?: number
  alpha?: number
  dash?: number[]
}

interface TextStyle {
  colour: string
  size?: number
  align?: 'start' | 'middle' | 'end'
  rotate?: number
}

export interface Surface {
  line(x: ArrayLike<number>, y: ArrayLike<number>, style: Style): void
  area(x: ArrayLike<number>, low: ArrayLike<number>, high: ArrayLike<number>, style: Style): void
  rect(x: number, y: number, width: number, height: number, style: Style): void
  circle(x: number, y: number, radius: number, style: Style): void
  text(x: number, y: number, text: string, style: TextStyle): void
  clip(x: number, y: number, width: number, height: number, inside: () => void): void
}

const FONT = "ui-sans-serif, system-ui, -apple-system, 'Segoe UI', 'Hiragino Sans', 'Noto Sans CJK JP', sans-serif"

export class CanvasSurface implements Surface {
  constructor(private readonly c: CanvasRenderingContext2D) {}

  private begin(style: Style) {
    this.c.globalAlpha = style.alpha ?? 1
    this.c.strokeStyle = this.c.fillStyle = style.colour
    this.c.lineWidth = style.width ?? 1
    this.c.setLineDash(style.dash ?? [])
    this.c.lineJoin = 'round'
  }

  line(x: ArrayLike<number>, y: ArrayLike<number>, style: Style) {
    this.begin(style)
    this.c.beginPath()
    let pen = false
    for (let i = 0; i < x.length; i++) {
      const py = y[i]!
      if (Number.isNaN(py)) {
        pen = false
      } else if (pen) {
        this.c.lineTo(x[i]!, py)
      } else {
        this.c.moveTo(x[i]!, py)
        pen = true
      }
    }
    this.c.stroke()
    this.c.globalAlpha = 1
  }

  area(x: ArrayLike<number>, low: ArrayLike<number>, high: ArrayLike<number>, style: Style) {
    this.begin(style)
    this.c.beginPath()
    for (let i = 0; i < x.length; i++) this.c.lineTo(x[i]!, high[i]!)
    for (let i = x.length - 1; i >= 0; i--) this.c.lineTo(x[i]!, low[i]!)
    this.c.fill()
    this.c.globalAlpha = 1
  }

  rect(x: number, y: number, width: number, height: number, style: Style) {
    this.begin(style)
    this.c.fillRect(x, y, width, height)
    this.c.globalAlpha = 1
  }

  circle(x: number, y: number, radius: number, style: Style) {
    this.begin(style)
    this.c.beginPath()
    this.c.arc(x, y, radius, 0, 2 * Math.PI)
    this.c.fill()
    this.c.globalAlpha = 1
  }

  text(x: number, y: number, text: string, style: TextStyle) {
    this.c.save()
    this.c.translate(x, y)
    if (style.rotate) this.c.rotate((style.rotate * Math.PI) / 180)
    this.c.font = `${style.size ?? 11}px ${FONT}`
    this.c.fillStyle = style.colour
    this.c.textAlign = style.align === 'middle' ? 'center' : (style.align ?? 'start')
    this.c.fillText(text, 0, 0)
    this.c.restore()
  }

  clip(x: number, y: number, width: number, height: number, inside: () => void) {
    this.c.save()
    this.c.beginPath()
    this.c.rect(x, y, width, height)
    this.c.clip()
    inside()
    this.c.restore()
  }
}

export class SvgSurface implements Surface {
  private readonly parts: string[] = []
  private clips = 0

  constructor(
    private readonly width: number,
    private readonly height: number,
    paper: string,
  ) {
    this.rect(0, 0, width, height, { colour: paper })
  }

  line(x: ArrayLike<number>, y: ArrayLike<number>, style: Style) {
    let path = ''
    let pen = false
    for (let i = 0; i < x.length; i++) {
      const py = y[i]!
      if (Number.isNaN(py)) pen = false
      else {
        path += `${pen ? 'L' : 'M'}${round(x[i]!)} ${round(py)}`
        pen = true
      }
    }
    this.parts.push(
      `<path d="${path}" fill="none" stroke="${escape(style.colour)}" stroke-width="${style.width ?? 1}" stroke-opacity="${style.alpha ?? 1}"${style.dash ? ` stroke-dasharray="${style.dash.join(' ')}"` : ''}/>`,
    )
  }

  area(x: ArrayLike<number>, low: ArrayLike<number>, high: ArrayLike<number>, style: Style) {
    const points: string[] = []
    for (let i = 0; i < x.length; i++) points.push(`${round(x[i]!)},${round(high[i]!)}`)
    for (let i = x.length - 1; i >= 0; i--) points.push(`${round(x[i]!)},${round(low[i]!)}`)
    this.parts.push(
      `<polygon points="${points.join(' ')}" fill="${escape(style.colour)}" fill-opacity="${style.alpha ?? 1}"/>`,
    )
  }

  rect(x: number, y: number, width: number, height: number, style: Style) {
    this.parts.push(
      `<rect x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${round(height)}" fill="${escape(style.colour)}" fill-opacity="${style.alpha ?? 1}"/>`,
    )
  }

  circle(x: number, y: number, radius: number, style: Style) {
    this.parts.push(
      `<circle cx="${round(x)}" cy="${round(y)}" r="${radius}" fill="${escape(style.colour)}" fill-opacity="${style.alpha ?? 1}"/>`,
    )
  }

  text(x: number, y: number, text: string, style: TextStyle) {
    const turn = style.rotate ? ` transform="rotate(${style.rotate} ${round(x)} ${round(y)})"` : ''
    this.parts.push(
      `<text x="${round(x)}" y="${round(y)}" font-size="${style.size ?? 11}" fill="${escape(style.colour)}" text-anchor="${style.align ?? 'start'}"${turn}>${escape(text)}</text>`,
    )
  }

  clip(x: number, y: number, width: number, height: number, inside: () => void) {
    const id = `c${this.clips++}`
    this.parts.push(
      `<clipPath id="${id}"><rect x="${x}" y="${y}" width="${width}" height="${height}"/></clipPath><g clip-path="url(#${id})">`,
    )
    inside()
    this.parts.push('</g>')
  }

  toString() {
    return `<svg xmlns="http://www.w3.org/2000/svg" width="${this.width}" height="${this.height}" viewBox="0 0 ${this.width} ${this.height}" font-family="${FONT.replace(/"/g, "'")}">${this.parts.join('')}</svg>`
  }
}

const round = (n: number) => Math.round(n * 10) / 10
const escape = (text: string) =>
  text.replace(/[&<>"]/g, (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[c]!)
