import { useMemo } from 'react'
import { type Keys } from '../api/types'
import { readStored, writeStored } from '../shell/settings'
import { allColumns, defaultColumns, kindOf, layoutOf, type Aggregate, type Layout, type RunsSearch } from './view'

/** The maximum number of columns that a search for differing columns requests. */
const MAX_COMPARED = 400

export interface ColumnChoice {
  /** every column that the experiment has */
  all: string[]
  /** the columns to show */
  chosen: string[]
  /** the columns to request: those to show, and with "differences only" all metrics and parameters */
  requested: string[]
  pinned: string[]
  aggregates: Record<string, Aggregate>
  layout: Layout
  setColumns: (columns: string[] | undefined) => void
  togglePin: (column: string) => void
  setAggregate: (column: string, aggregate: Aggregate) => void
}

/** The columns of an experiment's table: those of the address, else those that this browser has stored, else a default. */
export function useColumns(
  id: string,
  keys: Keys,
  search: RunsSearch,
  change: (next: Partial<RunsSearch>) => void,
): ColumnChoice {
  const all = useMemo(() => allColumns(keys), [keys])
  const chosen = useMemo(
    () => search.cols ?? readStored<string[]>(`columns.${id}`) ?? defaultColumns(keys),
    [search.cols, id, keys],
  )
  const pinned = useMemo(() => search.pins ?? readStored<string[]>(`pins.${id}`) ?? [], [search.pins, id])
  const aggregates = useMemo(
    () => search.agg ?? readStored<Record<string, Aggregate>>(`aggregates.${id}`) ?? {},
    [search.agg, id],
  )
  const requested = useMemo(
    () =>
      search.diff
        ? [...new Set([...chosen, ...all.filter((c) => kindOf(c) === 'm' || kindOf(c) === 'p')])].slice(0, MAX_COMPARED)
        : chosen,
    [search.diff, chosen, all],
  )
  const layout = useMemo(
    () => layoutOf(search.group ? [...requested, search.group] : requested, aggregates),
    [requested, search.group, aggregates],
  )
  return {
    all,
    chosen,
    requested,
    pinned,
    aggregates,
    layout,
    setColumns: (next) => {
      writeStored(`columns.${id}`, next)
      change({ cols: next })
    },
    togglePin: (column) => {
      const next = pinned.includes(column) ? pinned.filter((p) => p !== column) : [...pinned, column]
      writeStored(`pins.${id}`, next)
      change({ pins: next })
    },
    setAggregate: (column, aggregate) => {
      const next = { ...aggregates, [column]: aggregate }
      writeStored(`aggregates.${id}`, next)
      change({ agg: next })
    },
  }
}
