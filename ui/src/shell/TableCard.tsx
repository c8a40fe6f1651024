import type { ReactNode } from 'react'

/**
 * A list as a table on a card.
 *
 * @param columns the titles of the columns, or their `th` elements
 * @param empty what to show if the list is known to have no lines
 */
export function TableCard({
  columns,
  empty,
  children,
}: {
  columns: ReactNode[]
  empty?: ReactNode
  children: ReactNode
}) {
  return (
    <div className="card">
      <div className="scroll-x">
        <table className="plain">
          <thead>
            <tr>{columns.map((column, i) => (typeof column === 'object' ? column : <th key={i}>{column}</th>))}</tr>
          </thead>
          <tbody>{children}</tbody>
        </table>
      </div>
      {empty}
    </div>
  )
}
