import { type RunRow } from '../api/types'
import { keyOf, kindOf, valueOf, type Layout } from '../runs/view'
import { toNumber } from './numbers'

/** The values of runs on an axis. Texts are categories, whose values are their indexes. */
export interface Dimension {
  column: string
  label: string
  /** the value of each run; NaN if it has none */
  values: number[]
  /** the texts, if the values are their indexes */
  categories: string[] | null
  log: boolean
}

export function dimension(column: string, runs: RunRow[], layout: Layout): Dimension {
  const raw = runs.map((run) => valueOf(run, column, layout))
  const label = keyOf(column)
  const present = raw.filter((value) => value !== null)
  if (kindOf(column) === 'm' || present.every((value) => toNumber(value) !== null)) {
    const values = raw.map((value) => toNumber(value) ?? NaN)
    const positive = values.filter((v) => v > 0)
    const log =
      kindOf(column) === 'p' &&
      positive.length === values.filter((v) => !Number.isNaN(v)).length &&
      Math.max(...positive) / Math.min(...positive) >= 100
    return { column, label, values, categories: null, log }
  }
  const categories = [...new Set(present.map(String))].sort()
  const places = new Map(categories.map((text, i) => [text, i]))
  return {
    column,
    label,
    values: raw.map((value) => (value === null ? NaN : places.get(String(value))!)),
    categories,
    log: false,
  }
}

/**
 * Returns how much of the variance of a metric a parameter explains alone, from 0 to 1: the adjusted correlation ratio (epsilon squared)
 * over the values of the parameter, or over ten groups of equal size if it has many values.
 */
export function importance(param: Dimension, metric: Dimension): number {
  const pairs = param.values
    .map((x, i) => [x, metric.values[i]!] as const)
    .filter(([x, y]) => !Number.isNaN(x) && Number.isFinite(y))
  if (pairs.length < 4) return 0
  const distinct = new Set(pairs.map(([x]) => x)).size
  if (distinct < 2) return 0
  const sorted = [...pairs].sort((a, b) => a[0] - b[0])
  const parts = param.categories || distinct <= 10 ? null : Math.min(10, Math.floor(pairs.length / 3))
  const groups = new Map<number, number[]>()
  sorted.forEach(([x, y], i) => {
    const key = parts ? Math.floor((i * parts) / sorted.length) : x
    const group = groups.get(key)
    if (group) group.push(y)
    else groups.set(key, [y])
  })
  const mean = pairs.reduce((sum, [, y]) => sum + y, 0) / pairs.length
  const total = pairs.reduce((sum, [, y]) => sum + (y - mean) ** 2, 0)
  if (total === 0 || groups.size < 2 || groups.size >= pairs.length) return 0
  const between = [...groups.values()].reduce(
    (sum, ys) => sum + ys.length * (ys.reduce((a, b) => a + b, 0) / ys.length - mean) ** 2,
    0,
  )
  const within = total - between
  const adjusted = 1 - within / (pairs.length - groups.size) / (total / (pairs.length - 1))
  return Math.max(0, adjusted)
}
