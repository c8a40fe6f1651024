import { type Curve, type RunRow } from '../api/types'
import type { RunAppearance } from '../runs/colours'
import { extent, roomy } from './scale'

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

/**
 * Returns the exponential moving average of values, with the bias correction of TensorBoard: the first values are not pulled towards zero.
 *
 * @param weight of the previous values, from 0 (no smoothing) to less than 1
 */
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

/** Returns the index of the value nearest to `at`, or -1. `x` is sorted. */
export function nearest(x: number[], at: number): number {
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

/** The maximum number of points of a band. */
const MAX_PLACES = 120
/**
 * Returns the mean and the standard deviation of several lines. Where a line has more points than the band, its points around a place are
 * averaged first, so that the deviation is that between runs and not the noise of each run.
 *
 * @returns null if no line has a point
 */
export function band(id: string, label: string, colour: string, members: Series[]): Series | null {
  const x = extent(members.flatMap((m) => [m.x[0] ?? NaN, m.x[m.x.length - 1] ?? NaN]))
  if (!x) return null
  const places = Math.min(MAX_PLACES, Math.max(2, ...members.map((m) => m.x.length)))
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

/** Returns the index of the first value that is not less than `at`. `x` is sorted. */
function lowerBound(x: number[], at: number): number {
  let low = 0
  let high = x.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (x[middle]! < at) low = middle + 1
    else high = middle
  }
  return low
}

/** Returns the mean of a line's points nearer to `at` than `near`; if there are none, interpolates between its neighbours. */
export function around({ x, y }: Series, at: number, near: number): number {
  if (x.length === 0 || at < x[0]! || at > x[x.length - 1]!) return NaN
  let sum = 0
  let n = 0
  for (let i = lowerBound(x, at - near); i < x.length && x[i]! < at + near; i++) {
    if (Number.isNaN(y[i]!)) continue
    sum += y[i]!
    n++
  }
  if (n > 1) return sum / n
  const high = lowerBound(x, at)
  const low = Math.max(0, high - 1)
  const width = x[high]! - x[low]!
  return width > 0 ? y[low]! + ((y[high]! - y[low]!) * (at - x[low]!)) / width : y[high]!
}

const DASHES = [undefined, [6, 3], [2, 3], [8, 3, 2, 3]]

/**
 * Returns a line for each curve of a known run.
 *
 * @param withKey whether the name of the metric is part of the label
 */
export function seriesOf(found: Curve[], runs: RunRow[], looks: RunAppearance, withKey: boolean): Series[] {
  const byId = new Map(runs.map((run) => [run.run_id, run]))
  const keys = [...new Set(found.map((curve) => curve.key))]
  return found.flatMap((curve) => {
    const run = byId.get(curve.run_id)
    if (!run) return []
    return [
      {
        id: `${curve.run_id} ${curve.key}`,
        label: withKey ? `${run.run_name} ${curve.key}` : run.run_name,
        colour: looks.colour(curve.run_id),
        x: curve.x,
        y: curve.y,
        dash: DASHES[keys.indexOf(curve.key) % DASHES.length],
      },
    ]
  })
}

/** Returns the ranges of the axes: all of x or the given part, and the values of y in it. Null if there are no values. */
export function boundsOf(
  series: Series[],
  range: [number, number] | null,
  logY?: boolean,
): { x: [number, number]; y: [number, number] } | null {
  const x = range ?? extent(series.flatMap((s) => [s.x[0] ?? NaN, s.x[s.x.length - 1] ?? NaN]))
  const values = function* () {
    for (const s of series) {
      for (let i = 0; i < s.x.length; i++) {
        if (range && (s.x[i]! < range[0] || s.x[i]! > range[1])) continue
        yield s.low?.[i] ?? s.y[i]!
        if (s.high) yield s.high[i]!
      }
    }
  }
  const y = extent(values(), logY)
  return x && y ? { x, y: roomy(y, logY) } : null
}
