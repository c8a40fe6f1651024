import { useState, type ReactNode } from 'react'
import { useT } from '../shell/settings'

const STEP = 200

/** Shows the first entries of a long list, and a button that shows more. The entries are the rows of a table with `columns` columns. */
export function ListPart<T>({ all, columns, row }: { all: T[]; columns: number; row: (one: T) => ReactNode }) {
  const t = useT()
  const [count, setCount] = useState(STEP)
  return (
    <>
      {all.slice(0, count).map(row)}
      {all.length > count && (
        <tr>
          <td colSpan={columns} style={{ textAlign: 'center' }}>
            <button className="btn small" onClick={() => setCount(count + STEP)}>
              {t('showMore', { n: all.length - count })}
            </button>
          </td>
        </tr>
      )}
    </>
  )
}
