import { type RunRow } from '../api/types'
import type { Group } from './view'

/** A line of the table of runs: a run, or the head of a group of runs. */
export type TableItem =
  | { kind: 'run'; run: RunRow; depth: number; children: number; open: boolean }
  | { kind: 'group'; group: Group; open: boolean }

/** The key under which {@link groupLines} looks up whether a group is open. */
export const groupKey = (group: Group) => `group ${group.value}`

/** Returns a line for each run; undefined for a run that is not loaded. */
export const flatLines = (runs: (RunRow | undefined)[]): (TableItem | undefined)[] =>
  runs.map((run) => run && { kind: 'run', run, depth: 0, children: 0, open: false })

/** Returns the head of each group, followed by its runs if the group is open. */
export function groupLines(groups: Group[], open: ReadonlySet<string>): TableItem[] {
  return groups.flatMap((group): TableItem[] => {
    const isOpen = open.has(groupKey(group))
    const members = isOpen ? group.runs : []
    return [
      { kind: 'group', group, open: isOpen },
      ...members.map((run): TableItem => ({ kind: 'run', run, depth: 1, children: 0, open: false })),
    ]
  })
}

/**
 * Returns a line for each run, followed by its nested runs if the run is open, to any depth.
 *
 * @param counts the number of nested runs by the id of the parent
 * @param children the loaded nested runs by the id of the parent
 */
export function treeLines(
  runs: (RunRow | undefined)[],
  open: ReadonlySet<string>,
  counts: ReadonlyMap<string, number> | undefined,
  children: ReadonlyMap<string, RunRow[] | undefined>,
): (TableItem | undefined)[] {
  const lines = (run: RunRow, depth: number): TableItem[] => {
    const isOpen = open.has(run.run_id)
    return [
      { kind: 'run', run, depth, children: counts?.get(run.run_id) ?? 0, open: isOpen },
      ...(isOpen ? (children.get(run.run_id) ?? []).flatMap((child) => lines(child, depth + 1)) : []),
    ]
  }
  return runs.flatMap((run) => (run ? lines(run, 0) : [undefined]))
}

/** Returns the position in the search result of the run at a line. Nested runs are not part of the search result. */
export function positionOf(lines: (TableItem | undefined)[], index: number): number {
  let position = 0
  for (let i = 0; i < Math.min(index, lines.length); i++) {
    const line = lines[i]
    if (line?.kind !== 'run' || line.depth === 0) position++
  }
  return position
}
