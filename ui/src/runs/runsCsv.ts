import { type RunRow } from '../api/types'
import type { Translate } from '../shell/settings'
import { columnLabel } from './columnLabel'
import { keyOf, kindOf, plain, valueOf, type Layout } from './view'

/** Returns the rows of a CSV file of runs: a header, then a row for each run with its id, its name and the columns. */
export function runsCsv(runs: RunRow[], columns: string[], layout: Layout, t: Translate): (string | number | null)[][] {
  const names = columns.map((column) =>
    column === 'a:duration' ? `${t('duration')} (s)` : kindOf(column) === 'a' ? columnLabel(column, t) : keyOf(column),
  )
  return [
    ['run_id', 'run_name', ...names],
    ...runs.map((run) => [
      run.run_id,
      run.run_name,
      ...columns.map((column) => plain(valueOf(run, column, layout), column)),
    ]),
  ]
}
