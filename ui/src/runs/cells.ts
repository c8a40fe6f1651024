import type { CSSProperties } from 'react'
import { keyOf, kindOf } from './view'

/** The width of the column of checkboxes, in pixels. */
export const CHECK_WIDTH = 34

/** How the cells of a column are laid out. */
export interface CellLayout {
  column: string
  style: CSSProperties & { width: number }
  className: string
}

const defaultWidth = (column: string) =>
  column === 'a:name'
    ? 230
    : kindOf(column) === 'a'
      ? 112
      : Math.min(180, Math.max(92, keyOf(column).length * 7.2 + 38))

/**
 * Lays out the columns of the table: the name, then the pinned columns, then the others. Pinned columns stay visible when the table is
 * scrolled sideways.
 *
 * @param widths the widths that the user has set, by column
 * @param grouped whether the lines are groups, whose cells show a mean and a deviation and need more room
 */
export function cellLayouts(
  columns: string[],
  pinned: string[],
  widths: Record<string, number>,
  grouped: boolean,
): CellLayout[] {
  const pinnedHere = columns.filter((c) => pinned.includes(c))
  const order = ['a:name', ...pinnedHere, ...columns.filter((c) => !pinned.includes(c))]
  let left = CHECK_WIDTH
  return order.map((column, index) => {
    const width = Math.max(widths[column] ?? defaultWidth(column), grouped && kindOf(column) === 'm' ? 126 : 0)
    const isPinned = index <= pinnedHere.length
    const style = isPinned ? { width, left } : { width }
    if (isPinned) left += width
    const classes = ['td']
    if (isPinned) classes.push('pinned')
    if (index === pinnedHere.length) classes.push('edge')
    if (kindOf(column) === 'm' || column === 'a:duration') classes.push('right')
    return { column, style, className: classes.join(' ') }
  })
}

export const totalWidth = (cells: CellLayout[]) => cells.reduce((sum, cell) => sum + cell.style.width, CHECK_WIDTH)
