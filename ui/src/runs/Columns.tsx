import { useState } from 'react'
import { Icon } from '../shell/Icon'
import { Popover } from '../shell/Popover'
import { SearchBox } from '../shell/SearchBox'
import { useT } from '../shell/settings'
import { columnLabel } from './columnLabel'
import { keyOf, kindOf } from './view'

/** The menu in which columns are shown and hidden. */
export function Columns({
  all,
  columns,
  onColumns,
}: {
  all: string[]
  columns: string[]
  onColumns: (columns: string[] | undefined) => void
}) {
  const t = useT()
  const [text, setText] = useState('')
  const groups: [string, string][] = [
    ['a', t('attributes')],
    ['m', t('metrics')],
    ['p', t('params')],
    ['t', t('tags')],
  ]
  return (
    <Popover
      width={300}
      testid="columns"
      label={
        <>
          <Icon name="columns" size={14} />
          {t('columns')}
          <span className="faint num">{columns.length}</span>
        </>
      }
    >
      {() => (
        <>
          <div style={{ position: 'sticky', top: -5, background: 'var(--card)', padding: '5px 4px' }}>
            <SearchBox label={t('columnsSearch')} style={{ width: '100%' }} value={text} onChange={setText} />
          </div>
          {groups.map(([kind, title]) => {
            const found = all.filter((c) => kindOf(c) === kind && keyOf(c).toLowerCase().includes(text.toLowerCase()))
            if (found.length === 0) return null
            const on = found.filter((c) => columns.includes(c))
            return (
              <div key={kind} role="group" aria-label={title}>
                <div className="title row" style={{ justifyContent: 'space-between' }}>
                  {title}
                  <button
                    className="btn ghost small"
                    onClick={() =>
                      onColumns(
                        on.length === found.length
                          ? columns.filter((c) => !found.includes(c))
                          : [...columns, ...found.filter((c) => !columns.includes(c))],
                      )
                    }
                  >
                    {on.length === found.length ? t('clear') : t('all')}
                  </button>
                </div>
                {found.slice(0, 300).map((column) => (
                  <label key={column} className="item">
                    <input
                      type="checkbox"
                      checked={columns.includes(column)}
                      onChange={(event) =>
                        onColumns(event.target.checked ? [...columns, column] : columns.filter((c) => c !== column))
                      }
                    />
                    <span className="ellipsis">{columnLabel(column, t)}</span>
                  </label>
                ))}
              </div>
            )
          })}
          <hr />
          <button className="item" onClick={() => onColumns(undefined)}>
            {t('reset')}
          </button>
        </>
      )}
    </Popover>
  )
}
