import { useQuery } from '@tanstack/react-query'
import { useCallback, useMemo } from 'react'
import { fetchAllRows, keys as keysQuery, type RowsRequest } from '../api/runs'
import { type Keys, type RunRow } from '../api/types'
import { assignColours } from './colours'
import { flatLines, groupLines, positionOf, treeLines, type TableItem } from './lines'
import { useColumns, type ColumnChoice } from './useColumns'
import { useNestedRuns } from './useNestedRuns'
import { useOpenLines } from './useOpenLines'
import { useRows, type RowsState } from './useRows'
import { useSelection, type Selection } from './useSelection'
import { differingColumns, filterOf, groupsOf, NO_KEYS, PARENT, rowsRequest, type RunsSearch } from './view'

/** Grouping and "differences only" need all runs. This limits the memory of the browser. */
const MAX_RUNS_AT_ONCE = 10_000

export interface ExperimentRuns {
  /** the keys that the runs have logged; undefined until they are loaded */
  keys: Keys | undefined
  /** whether nested runs are shown below their parents; undefined if there are none */
  tree: boolean | undefined
  filter: string
  request: RowsRequest
  rows: RowsState
  /** the runs that are loaded */
  loaded: RunRow[]
  /** the number of runs, nested runs included */
  total: number
  columnChoice: ColumnChoice
  /** the columns to show */
  columns: string[]
  lines: (TableItem | undefined)[]
  selection: Selection
  /** reports the first and the last visible line */
  need: (first: number, last: number) => void
  /** opens or closes a run or a group */
  toggle: (key: string) => void
  /** fetches every run, loaded or not, nested runs included */
  fetchAll: () => Promise<RunRow[]>
}

/** The runs of an experiment that the address of its page asks for, as lines of the table. */
export function useExperimentRuns(
  id: string,
  search: RunsSearch,
  change: (next: Partial<RunsSearch>) => void,
): ExperimentRuns {
  const known = useQuery({ ...keysQuery([id]), refetchInterval: 15_000 })
  const keys = known.data ?? NO_KEYS
  const [open, toggle] = useOpenLines(id)
  const columnChoice = useColumns(id, keys, search, change)
  const { chosen, requested, aggregates, layout } = columnChoice

  const nested = keys.tags.includes(PARENT)
  const charts = search.tab === 'charts'
  const tree = nested && !charts && search.tree !== false && !search.group && !search.q && !search.sort
  const filter = filterOf(search.q ?? '')
  const request = useMemo(
    () => rowsRequest(id, { filter, tree, deleted: search.deleted, sort: search.sort }, aggregates, layout),
    [id, filter, tree, search.deleted, search.sort, aggregates, layout],
  )
  const rows = useRows(request, {
    enabled: known.isSuccess,
    most: !charts && (search.group || search.diff) ? MAX_RUNS_AT_ONCE : undefined,
    watched: !charts,
  })
  const { runs, need: needRuns } = rows
  const loaded = useMemo(() => {
    const loaded = runs.filter((run) => run !== undefined)
    assignColours(loaded)
    return loaded
  }, [runs])
  const columns = useMemo(
    () => (search.diff && loaded.length > 1 ? differingColumns(requested, chosen, loaded, layout) : chosen),
    [search.diff, chosen, requested, loaded, layout],
  )
  const { counts, children } = useNestedRuns(id, tree, open, request)
  const lines = useMemo(() => {
    if (search.group) return groupLines(groupsOf(loaded, search.group, columns, layout), open)
    return tree ? treeLines(runs, open, counts, children) : flatLines(runs)
  }, [runs, loaded, search.group, columns, layout, open, tree, counts, children])
  const selection = useSelection(lines, () => fetchAllRows(request))
  const need = useCallback(
    (first: number, last: number) => needRuns(positionOf(lines, first), positionOf(lines, last)),
    [lines, needRuns],
  )
  return {
    keys: known.data,
    tree: nested ? tree : undefined,
    filter,
    request,
    rows,
    loaded,
    total: runs.length + (tree ? [...(counts?.values() ?? [])].reduce((sum, n) => sum + n, 0) : 0),
    columnChoice,
    columns,
    lines,
    selection,
    need,
    toggle,
    fetchAll: () => fetchAllRows({ ...request, filter }),
  }
}
