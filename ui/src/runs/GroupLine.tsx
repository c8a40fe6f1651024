import type { CSSProperties } from 'react'
import { number } from '../shell/format'
import { Icon } from '../shell/Icon'
import { CHECK_WIDTH, type CellLayout } from './cells'
import type { Group } from './view'

/** The head of a group of runs: its value, the number of its runs, and mean and standard deviation of each metric. */
export function GroupLine({
  group,
  open,
  cells,
  style,
  rowIndex,
  selected,
  onSelect,
  onToggle,
}: {
  group: Group
  open: boolean
  cells: CellLayout[]
  style: CSSProperties
  rowIndex: number
  selected: Set<string>
  onSelect: (ids: string[], on: boolean) => void
  onToggle: () => void
}) {
  const ids = group.runs.map((run) => run.run_id)
  return (
    <div className="tr group" style={style} role="row" aria-rowindex={rowIndex}>
      <div className="td pinned" style={{ width: CHECK_WIDTH, left: 0 }} role="gridcell">
        <input
          type="checkbox"
          aria-label={group.value}
          checked={ids.every((id) => selected.has(id))}
          onChange={(event) => onSelect(ids, event.target.checked)}
        />
      </div>
      {cells.map((cell) => (
        <div key={cell.column} className={cell.className} style={cell.style} role="gridcell">
          {cell.column === 'a:name' ? (
            <button className="th-button" onClick={onToggle} aria-expanded={open}>
              <Icon name={open ? 'down' : 'right'} size={12} />
              <span className="ellipsis">{group.value}</span>
              <span className="faint num">{group.runs.length}</span>
            </button>
          ) : (
            <Spread group={group} column={cell.column} />
          )}
        </div>
      ))}
    </div>
  )
}

function Spread({ group, column }: { group: Group; column: string }) {
  const spread = group.spread.get(column)
  if (!spread) return null
  return (
    <span title={`n = ${spread.n}`}>
      {number(Number(spread.mean.toPrecision(4)))}
      {spread.n > 1 && <span className="faint"> ±{number(Number(spread.deviation.toPrecision(2)))}</span>}
    </span>
  )
}
