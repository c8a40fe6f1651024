import { number } from '../shell/format'

export interface Scale {
  to: (value: number) => number
  from: (pixel: number) => number
  ticks: { at: number; label: string }[]
}

/** Returns a scale from values to pixels, linear or logarithmic, with ticks at round values. */
export function scale(
  min: number,
  max: number,
  start: number,
  end: number,
  options: { log?: boolean; time?: 'TIME' | 'RELATIVE'; ticks?: number } = {},
): Scale {
  const log = options.log === true && max > 0
  let low = log ? Math.log10(Math.max(min, max * 1e-12)) : min
  let high = log ? Math.log10(max) : max
  if (!(high > low)) {
    const room = Math.abs(low) * 0.05 || 0.5
    low -= room
    high += room
  }
  const to = (value: number) =>
    start + (((log ? (value > 0 ? Math.log10(value) : NaN) : value) - low) / (high - low)) * (end - start)
  const from = (pixel: number) => {
    const inner = low + ((pixel - start) / (end - start)) * (high - low)
    return log ? 10 ** inner : inner
  }
  const wanted = options.ticks ?? Math.max(2, Math.floor(Math.abs(end - start) / 70))
  const ticks: Scale['ticks'] = []
  if (log && high - low > 0.8) {
    const every = Math.max(1, Math.ceil((high - low) / wanted))
    for (let power = Math.ceil(low - 1e-9); power <= high + 1e-9; power += every)
      ticks.push({ at: to(10 ** power), label: number(10 ** power) })
  } else {
    const a = log ? 10 ** low : low
    const b = log ? 10 ** high : high
    const step = options.time ? timeStep((b - a) / wanted) : niceStep((b - a) / wanted)
    const offset = options.time === 'TIME' ? new Date(a).getTimezoneOffset() * 60_000 : 0
    for (let value = Math.ceil((a - offset) / step) * step + offset; value <= b + step * 1e-6; value += step) {
      const clean = Math.abs(value) < step * 1e-6 ? 0 : value
      ticks.push({
        at: to(clean),
        label: options.time ? timeLabel(clean, step, options.time) : number(Number(clean.toPrecision(12))),
      })
    }
  }
  return { to, from, ticks }
}

function niceStep(rough: number): number {
  const power = 10 ** Math.floor(Math.log10(rough))
  const unit = rough / power
  return (unit <= 1 ? 1 : unit <= 2 ? 2 : unit <= 5 ? 5 : 10) * power
}

const TIMES = [
  1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 15e3, 3e4, 6e4, 12e4, 3e5, 6e5, 9e5, 18e5, 36e5, 72e5, 108e5,
  216e5, 432e5, 864e5, 1728e5, 6048e5,
]
const timeStep = (rough: number) => TIMES.find((step) => step >= rough) ?? niceStep(rough)

function timeLabel(value: number, step: number, kind: 'TIME' | 'RELATIVE'): string {
  if (kind === 'RELATIVE') {
    if (step < 1000) return `${number(value)} ms`
    if (step < 60_000)
      return value < 60_000
        ? `${value / 1000} s`
        : `${Math.floor(value / 60_000)}:${String(Math.round((value % 60_000) / 1000)).padStart(2, '0')}`
    if (step < 3_600_000) return `${Math.round(value / 60_000)} m`
    return `${number(value / 3_600_000)} h`
  }
  const date = new Date(value)
  const two = (n: number) => String(n).padStart(2, '0')
  if (step >= 86_400_000) return `${two(date.getMonth() + 1)}-${two(date.getDate())}`
  return step < 60_000
    ? `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`
    : `${two(date.getHours())}:${two(date.getMinutes())}`
}

/** Returns the least and the greatest finite number; null if there is none. */
export function extent(values: Iterable<number>, positive = false): [number, number] | null {
  let min = Infinity
  let max = -Infinity
  for (const value of values) {
    if (!Number.isFinite(value) || Math.abs(value) > 1.79e308 || (positive && value <= 0)) continue
    if (value < min) min = value
    if (value > max) max = value
  }
  return min <= max ? [min, max] : null
}

/** Widens a range by some per cent on both sides. */
export const roomy = ([min, max]: [number, number], log = false): [number, number] =>
  log ? [min / 1.1, max * 1.1] : [min - (max - min) * 0.04, max + (max - min) * 0.04]

/** Returns a colour from blue (0) through green and yellow to red (1). */
export function heat(t: number, dark: boolean): string {
  const stops = dark
    ? [
        [58, 110, 220],
        [70, 168, 178],
        [150, 190, 96],
        [236, 176, 70],
        [230, 90, 70],
      ]
    : [
        [37, 73, 160],
        [42, 142, 160],
        [126, 168, 64],
        [222, 146, 32],
        [194, 54, 36],
      ]
  const at = Math.min(0.9999, Math.max(0, t)) * (stops.length - 1)
  const i = Math.floor(at)
  const mix = stops[i]!.map((c, k) => Math.round(c + (stops[i + 1]![k]! - c) * (at - i)))
  return `rgb(${mix.join(',')})`
}
