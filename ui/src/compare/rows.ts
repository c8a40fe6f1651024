import { type RunRow } from '../api/types'
import { valueOf, type Layout, type Value } from '../runs/view'

/** A metric, parameter or tag of several runs. */
export interface ComparedRow {
  column: string
  /** the value of each run, in their order */
  values: Value[]
  /** whether any two values differ; a missing value counts as one */
  differs: boolean
}

/** Returns a row for each column in which at least one run has a value. */
export function compareRows(columns: string[], runs: RunRow[], layout: Layout): ComparedRow[] {
  return columns
    .map((column) => {
      const values = runs.map((run) => valueOf(run, column, layout))
      return { column, values, differs: values.some((value) => value !== values[0]) }
    })
    .filter((row) => row.values.some((value) => value !== null))
}

/** Returns the least and the greatest finite number; null if there are fewer than two. */
export function bounds(values: Value[]): [number, number] | null {
  const numbers = values.filter((v): v is number => typeof v === 'number' && Number.isFinite(v))
  return numbers.length > 1 ? [Math.min(...numbers), Math.max(...numbers)] : null
}
