import { useCallback, useState } from 'react'
import { type RunRow } from '../api/types'
import { useAction } from '../shell/toasts'
import { positionOf, type TableItem } from './lines'

export interface Selection {
  ids: Set<string>
  select: (ids: string[], on: boolean) => void
  /** selects or deselects the runs from one line to another, both included */
  selectRange: (from: number, to: number, on: boolean) => void
  clear: () => void
}

/**
 * The selected runs of a table.
 *
 * @param fetchAll fetches every run of the search; called when a range contains runs that are not loaded
 */
export function useSelection(lines: (TableItem | undefined)[], fetchAll: () => Promise<RunRow[]>): Selection {
  const act = useAction()
  const [ids, setIds] = useState<Set<string>>(new Set())
  const select = useCallback((runIds: string[], on: boolean) => {
    setIds((before) => {
      const next = new Set(before)
      for (const id of runIds) {
        if (on) next.add(id)
        else next.delete(id)
      }
      return next
    })
  }, [])
  const selectRange = (from: number, to: number, on: boolean) => {
    const range = lines.slice(from, to + 1)
    const loaded = range.flatMap((line) =>
      line === undefined ? [] : line.kind === 'run' ? [line.run.run_id] : line.group.runs.map((run) => run.run_id),
    )
    if (range.every((line) => line !== undefined)) return select(loaded, on)
    void act(async () => {
      const found = (await fetchAll()).slice(positionOf(lines, from), positionOf(lines, to + 1))
      select([...loaded, ...found.map((run) => run.run_id)], on)
    })
  }
  const clear = useCallback(() => setIds(new Set()), [])
  return { ids, select, selectRange, clear }
}
