import type { CSSProperties } from 'react'
import { CHECK_WIDTH, type CellLayout } from './cells'

/** The line of a run that is not loaded yet. */
export function LoadingLine({
  cells,
  style,
  rowIndex,
}: {
  cells: CellLayout[]
  style: CSSProperties
  rowIndex: number
}) {
  return (
    <div className="tr" style={style} role="row" aria-rowindex={rowIndex}>
      <div className="td pinned" style={{ width: CHECK_WIDTH, left: 0 }} role="gridcell" />
      {cells.map((cell) => (
        <div key={cell.column} className={cell.className} style={cell.style} role="gridcell">
          <span className="skeleton" style={{ width: '60%' }} />
        </div>
      ))}
    </div>
  )
}
