import type { RowsRequest } from '../api/runs'
import { type Axis, type Keys, type RunRow } from '../api/types'
import type { Card } from '../charts/cards'

/** Which value of a metric a column shows. */
export type Aggregate = 'last' | 'min' | 'max' | 'first'

/** The state of an experiment's page. It is part of the address, so that a link shows the same. */
export interface RunsSearch {
  tab?: 'charts' | 'permissions'
  q?: string
  /** the column to sort by; with a leading - in descending order */
  sort?: string
  cols?: string[]
  pins?: string[]
  diff?: boolean
  group?: string
  deleted?: boolean
  tree?: boolean
  agg?: Record<string, Aggregate>
  board?: Card[]
  /** the number of runs that charts show */
  n?: number
  axis?: Axis
}

/**
 * A column as text, as it is in addresses and in storage: its kind (a: attribute, m: metric, p: parameter, t: tag), a colon, and its
 * key.
 */
export type Column = `${'a' | 'm' | 'p' | 't'}:${string}`
export const kindOf = (column: string) => column[0] as 'a' | 'm' | 'p' | 't'
export const keyOf = (column: string) => column.slice(2)

export const NO_KEYS: Keys = { metrics: [], params: [], tags: [] }
export const PARENT = 'mlflow.parentRunId'
const SOURCE = 'mlflow.source.name'
export const ATTRIBUTES = ['status', 'start_time', 'duration', 'user', 'source', 'run_id'] as const

/** Returns metric keys with system metrics last. */
export const systemLast = (keys: string[]) => [
  ...keys.filter((key) => !key.startsWith('system/')),
  ...keys.filter((key) => key.startsWith('system/')),
]

/** Returns the columns that are shown until the user chooses others: up to eight metrics and eight parameters. */
export function defaultColumns(keys: Keys): string[] {
  const metrics = keys.metrics.filter((metric) => !metric.key.startsWith('system/')).slice(0, 8)
  return [
    'a:status',
    'a:start_time',
    'a:duration',
    ...metrics.map((m) => `m:${m.key}`),
    ...keys.params.slice(0, 8).map((p) => `p:${p}`),
  ]
}

export function allColumns(keys: Keys): string[] {
  return [
    ...ATTRIBUTES.map((a) => `a:${a}`),
    ...keys.metrics.map((m) => `m:${m.key}`),
    ...keys.params.map((p) => `p:${p}`),
    ...keys.tags.filter((tag) => !tag.startsWith('mlflow.')).map((tag) => `t:${tag}`),
  ]
}

/** Which values a search requests, and where the value of each column is in a row. */
export interface Layout {
  /** the value that metric columns show, if not the latest */
  aggregates: Record<string, Aggregate>
  metrics: string[]
  /** the metrics of which the least or the greatest value is shown */
  extremes: string[]
  params: string[]
  tags: string[]
  place: Map<string, number>
}

export function layoutOf(columns: string[], aggregates: Record<string, Aggregate> = {}): Layout {
  const of = (kind: string) => [...new Set(columns.filter((c) => kindOf(c) === kind).map(keyOf))]
  const extremes = [...new Set(columns.filter((c) => aggregates[c] === 'min' || aggregates[c] === 'max').map(keyOf))]
  const layout: Layout = {
    aggregates,
    metrics: of('m').filter((key) => !extremes.includes(key)),
    extremes,
    params: of('p'),
    tags: [...new Set([PARENT, SOURCE, ...of('t')])],
    place: new Map<string, number>(),
  }
  layout.metrics.forEach((key, i) => layout.place.set(`m:${key}`, i))
  layout.extremes.forEach((key, i) => layout.place.set(`m:${key}`, i))
  layout.params.forEach((key, i) => layout.place.set(`p:${key}`, i))
  layout.tags.forEach((key, i) => layout.place.set(`t:${key}`, i))
  return layout
}

export type Value = string | number | null

export function valueOf(run: RunRow, column: string, layout: Layout): Value {
  const at = layout.place.get(column)
  switch (kindOf(column)) {
    case 'm':
      if (at === undefined) return null
      switch (layout.aggregates[column]) {
        case 'min':
          return run.least?.[at] ?? null
        case 'max':
          return run.greatest?.[at] ?? null
        default:
          return run.metrics?.[at] ?? null
      }
    case 'p':
      return at === undefined ? null : (run.params?.[at] ?? null)
    case 't':
      return at === undefined ? null : (run.tags?.[at] ?? null)
    case 'a':
      switch (keyOf(column)) {
        case 'status':
          return run.status
        case 'start_time':
          return run.start_time
        case 'duration':
          return run.end_time
            ? run.end_time - run.start_time
            : run.status === 'RUNNING'
              ? Date.now() - run.start_time
              : null
        case 'user':
          return run.user_id || null
        case 'source':
          return run.tags?.[layout.place.get(`t:${SOURCE}`)!] ?? null
        default:
          return run.run_id
      }
  }
}

/** Returns the `order_by` of a column, by the value that it shows; empty if the server cannot sort by it. */
export function orderOf(sort: string | undefined, aggregates: Record<string, Aggregate> = {}): string[] {
  if (!sort) return []
  const descending = sort.startsWith('-')
  const column = descending ? sort.slice(1) : sort
  const direction = descending ? 'DESC' : 'ASC'
  const key = keyOf(column)
  switch (kindOf(column)) {
    case 'm':
      return [
        `${{ min: 'least', max: 'greatest', first: 'metrics', last: 'metrics' }[aggregates[column] ?? 'last']}.\`${key}\` ${direction}`,
      ]
    case 'p':
      return [`params.\`${key}\` ${direction}`]
    case 't':
      return [`tags.\`${key}\` ${direction}`]
    case 'a': {
      const attribute = {
        name: 'run_name',
        status: 'status',
        start_time: 'start_time',
        user: 'user_id',
        run_id: 'run_id',
      }[key]
      return attribute ? [`attributes.${attribute} ${direction}`] : []
    }
  }
}

export const sortable = (column: string) =>
  kindOf(column) !== 'a' || ['name', 'status', 'start_time', 'user', 'run_id'].includes(keyOf(column))

/** Returns the filter of an input: a text without operators of the search language is searched in the names of runs. */
export function filterOf(text: string): string {
  const trimmed = text.trim()
  if (!trimmed || /[=<>'"`]|\b(like|ilike|in|is)\b/i.test(trimmed)) return trimmed
  return `attributes.run_name ILIKE '%${trimmed.replace(/'/g, "''")}%'`
}

export const and = (...conditions: string[]) => conditions.filter(Boolean).join(' AND ')

/**
 * Returns the search for the runs of an experiment's page.
 *
 * @param shown `filter` in the search language; `tree` whether nested runs are left out, because they are shown below their parents
 */
export const rowsRequest = (
  experimentId: string,
  shown: { filter: string; tree: boolean; deleted?: boolean; sort?: string },
  aggregates: Record<string, Aggregate>,
  layout: Layout,
): RowsRequest => ({
  experiment_ids: [experimentId],
  filter: and(shown.filter, shown.tree ? `tags.\`${PARENT}\` IS NULL` : ''),
  run_view_type: shown.deleted ? 'DELETED_ONLY' : 'ACTIVE_ONLY',
  order_by: orderOf(shown.sort, aggregates),
  metrics: layout.metrics,
  extremes: layout.extremes,
  params: layout.params,
  tags: layout.tags,
})

export interface Group {
  value: string
  runs: RunRow[]
  /** mean and standard deviation of each metric column */
  spread: Map<string, { mean: number; deviation: number; n: number }>
}

export function groupsOf(runs: RunRow[], by: string, columns: string[], layout: Layout): Group[] {
  const groups = new Map<string, RunRow[]>()
  for (const run of runs) {
    const key = String(valueOf(run, by, layout) ?? '—')
    const group = groups.get(key)
    if (group) group.push(run)
    else groups.set(key, [run])
  }
  const metrics = columns.filter((c) => kindOf(c) === 'm')
  return [...groups].map(([key, members]) => {
    const spread: Group['spread'] = new Map()
    for (const column of metrics) {
      const numbers = members
        .map((run) => valueOf(run, column, layout))
        .filter((v): v is number => typeof v === 'number' && !Number.isNaN(v))
      if (numbers.length === 0) continue
      const mean = numbers.reduce((a, b) => a + b, 0) / numbers.length
      const squares = numbers.reduce((a, b) => a + (b - mean) ** 2, 0)
      spread.set(column, {
        mean,
        deviation: numbers.length > 1 ? Math.sqrt(squares / (numbers.length - 1)) : 0,
        n: numbers.length,
      })
    }
    return { value: key, runs: members, spread }
  })
}

/** Returns a value as it is written to a CSV file: a time in ISO 8601, a duration in seconds. */
export function plain(value: Value, column: string): string | number | null {
  if (value === null) return null
  if (column === 'a:start_time') return new Date(value as number).toISOString()
  if (column === 'a:duration') return (value as number) / 1000
  return value
}

/**
 * Returns the metrics and parameters in which runs differ, and the attributes and tags that were chosen. Runs without a value, such as
 * the parents of others, do not count.
 */
export function differingColumns(columns: string[], chosen: string[], runs: RunRow[], layout: Layout): string[] {
  return columns.filter((column) => {
    if (kindOf(column) === 'a' || kindOf(column) === 't') return chosen.includes(column)
    const present = runs.map((run) => valueOf(run, column, layout)).filter((value) => value !== null)
    return present.some((value) => value !== present[0])
  })
}
