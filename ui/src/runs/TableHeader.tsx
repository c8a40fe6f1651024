import { useState, type CSSProperties } from 'react'
import { Icon } from '../shell/Icon'
import { Popover } from '../shell/Popover'
import { useT } from '../shell/settings'
import type { Looks } from './colours'
import { label } from './label'
import { type Item } from './RunsTable'
import { keyOf, kindOf, sortable, type Aggregate, type Layout } from './view'

export interface TableProps {
  /** undefined for a line that is not loaded */
  items: (Item | undefined)[]
  columns: string[]
  pinned: string[]
  layout: Layout
  sort: string | undefined
  aggregates: Record<string, Aggregate>
  selected: Set<string>
  looks: Looks
  storageKey: string
  /** what the place to which one has scrolled is remembered by, until the page is left for good */
  place: string
  onSort: (sort: string | undefined) => void
  onSelect: (ids: string[], on: boolean) => void
  onRange: (from: number, to: number, on: boolean) => void
  onColumns: (columns: string[]) => void
  onPin: (column: string) => void
  onAggregate: (column: string, aggregate: Aggregate) => void
  onToggle: (id: string) => void
  onNeed: (first: number, last: number) => void
}
export const AGGREGATES: Aggregate[] = ['last', 'min', 'max', 'first']
export function Header({
  column,
  style,
  className,
  columns,
  pinned,
  sort,
  aggregates,
  onSort,
  onColumns,
  onPin,
  onAggregate,
  onResize,
}: TableProps & { column: string; style: CSSProperties; className: string; onResize: (width: number) => void }) {
  const t = useT()
  const [over, setOver] = useState(false)
  const isName = column === 'a:name'
  const direction = sort === column ? 'ascending' : sort === `-${column}` ? 'descending' : undefined
  const aggregate = aggregates[column] ?? 'last'
  const canSort = sortable(column) && aggregate !== 'first'
  const move = (to: number) => {
    const next = columns.filter((c) => c !== column)
    next.splice(Math.max(0, to), 0, column)
    onColumns(next)
  }
  const at = columns.indexOf(column)
  return (
    <div
      className={`${className}${over ? ' drop' : ''}`}
      style={{ ...style, position: className.includes('pinned') ? 'sticky' : 'relative' }}
      role="columnheader"
      aria-sort={direction ?? 'none'}
      draggable={!isName}
      onDragStart={(event) => event.dataTransfer.setData('text/column', column)}
      onDragOver={(event) => {
        if (!isName) {
          event.preventDefault()
          setOver(true)
        }
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        setOver(false)
        const dragged = event.dataTransfer.getData('text/column')
        if (!dragged || dragged === column) return
        const next = columns.filter((c) => c !== dragged)
        next.splice(next.indexOf(column), 0, dragged)
        onColumns(next)
      }}
    >
      <button
        className={`th-button${direction ? ' sorted' : ''}`}
        title={keyOf(column)}
        disabled={!canSort}
        onClick={() => onSort(direction === undefined ? `-${column}` : direction === 'descending' ? column : undefined)}
      >
        <span className="ellipsis">{label(column, t)}</span>
        {aggregate !== 'last' && (
          <span className="chip accent" style={{ height: 16, padding: '0 4px', fontSize: 10.5 }}>
            {t(aggregate)}
          </span>
        )}
        {direction && <Icon name={direction === 'ascending' ? 'up' : 'down'} size={11} />}
      </button>
      <Popover
        className="th-menu"
        title={`${t('options')}: ${label(column, t)}`}
        label={<Icon name="more" size={13} />}
      >
        {(close) => {
          const run = (action: () => void) => () => {
            close()
            action()
          }
          return (
            <>
              {canSort && (
                <button className="item" onClick={run(() => onSort(column))}>
                  {t('sortAscending')}
                </button>
              )}
              {canSort && (
                <button className="item" onClick={run(() => onSort(`-${column}`))}>
                  {t('sortDescending')}
                </button>
              )}
              {kindOf(column) === 'm' && (
                <>
                  <hr />
                  <div className="title">{t('shownValue')}</div>
                  {AGGREGATES.map((a) => (
                    <button
                      key={a}
                      className={`item${a === aggregate ? ' active' : ''}`}
                      onClick={run(() => onAggregate(column, a))}
                    >
                      {t(a)}
                    </button>
                  ))}
                </>
              )}
              {!isName && (
                <>
                  <hr />
                  <button className="item" onClick={run(() => onPin(column))}>
                    {pinned.includes(column) ? t('unpin') : t('pin')}
                  </button>
                  <button className="item" disabled={at <= 0} onClick={run(() => move(at - 1))}>
                    {t('moveLeft')}
                  </button>
                  <button className="item" disabled={at >= columns.length - 1} onClick={run(() => move(at + 1))}>
                    {t('moveRight')}
                  </button>
                  <button className="item" onClick={run(() => onColumns(columns.filter((c) => c !== column)))}>
                    {t('hideColumn')}
                  </button>
                </>
              )}
            </>
          )
        }}
      </Popover>
      <span
        className="resizer"
        aria-hidden="true"
        draggable
        onDragStart={(event) => {
          event.preventDefault()
          event.stopPropagation()
        }}
        onPointerDown={(event) => {
          event.preventDefault()
          const start = event.clientX
          const before = Number(style.width)
          const target = event.currentTarget
          target.setPointerCapture(event.pointerId)
          const drag = (e: PointerEvent) => onResize(Math.max(76, before + e.clientX - start))
          const end = () => {
            target.removeEventListener('pointermove', drag)
            target.removeEventListener('pointerup', end)
          }
          target.addEventListener('pointermove', drag)
          target.addEventListener('pointerup', end)
        }}
      />
    </div>
  )
}
