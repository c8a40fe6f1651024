import { useState, type CSSProperties } from 'react'
import { Icon } from '../shell/Icon'
import { MenuItem } from '../shell/MenuItem'
import { Popover } from '../shell/Popover'
import { useT } from '../shell/settings'
import type { RunAppearance } from './colours'
import { columnLabel } from './columnLabel'
import { type TableItem } from './lines'
import { keyOf, kindOf, sortable, type Aggregate, type Layout } from './view'

export interface RunsTableProps {
  /** the lines; undefined for a run that is not loaded */
  items: (TableItem | undefined)[]
  columns: string[]
  pinned: string[]
  layout: Layout
  sort: string | undefined
  aggregates: Record<string, Aggregate>
  selected: Set<string>
  looks: RunAppearance
  storageKey: string
  /** the key under which the scroll position is kept until the pages are left */
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

const AGGREGATES: Aggregate[] = ['last', 'min', 'max', 'first']

/** The head of a column: sorts it, moves it, resizes it. */
export function TableHeader({
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
}: RunsTableProps & { column: string; style: CSSProperties; className: string; onResize: (width: number) => void }) {
  const t = useT()
  const [over, setOver] = useState(false)
  const isName = column === 'a:name'
  const direction = sort === column ? 'ascending' : sort === `-${column}` ? 'descending' : undefined
  const aggregate = aggregates[column] ?? 'last'
  const canSort = sortable(column) && aggregate !== 'first'
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
        <span className="ellipsis">{columnLabel(column, t)}</span>
        {aggregate !== 'last' && (
          <span className="chip accent" style={{ height: 16, padding: '0 4px', fontSize: 10.5 }}>
            {t(aggregate)}
          </span>
        )}
        {direction && <Icon name={direction === 'ascending' ? 'up' : 'down'} size={11} />}
      </button>
      <HeaderMenu
        column={column}
        columns={columns}
        pinned={pinned}
        sortable={canSort}
        aggregate={aggregate}
        onSort={onSort}
        onColumns={onColumns}
        onPin={onPin}
        onAggregate={onAggregate}
      />
      <Resizer width={Number(style.width)} onResize={onResize} />
    </div>
  )
}

function HeaderMenu({
  column,
  columns,
  pinned,
  sortable,
  aggregate,
  onSort,
  onColumns,
  onPin,
  onAggregate,
}: Pick<RunsTableProps, 'columns' | 'pinned' | 'onSort' | 'onColumns' | 'onPin' | 'onAggregate'> & {
  column: string
  sortable: boolean
  aggregate: Aggregate
}) {
  const t = useT()
  const at = columns.indexOf(column)
  const move = (to: number) => {
    const next = columns.filter((c) => c !== column)
    next.splice(Math.max(0, to), 0, column)
    onColumns(next)
  }
  return (
    <Popover
      className="th-menu"
      title={`${t('options')}: ${columnLabel(column, t)}`}
      label={<Icon name="more" size={13} />}
    >
      {(close) => (
        <>
          {sortable && (
            <>
              <MenuItem close={close} onClick={() => onSort(column)}>
                {t('sortAscending')}
              </MenuItem>
              <MenuItem close={close} onClick={() => onSort(`-${column}`)}>
                {t('sortDescending')}
              </MenuItem>
            </>
          )}
          {kindOf(column) === 'm' && (
            <>
              <hr />
              <div className="title">{t('shownValue')}</div>
              {AGGREGATES.map((a) => (
                <MenuItem key={a} close={close} active={a === aggregate} onClick={() => onAggregate(column, a)}>
                  {t(a)}
                </MenuItem>
              ))}
            </>
          )}
          {column !== 'a:name' && (
            <>
              <hr />
              <MenuItem close={close} onClick={() => onPin(column)}>
                {pinned.includes(column) ? t('unpin') : t('pin')}
              </MenuItem>
              <MenuItem close={close} disabled={at <= 0} onClick={() => move(at - 1)}>
                {t('moveLeft')}
              </MenuItem>
              <MenuItem close={close} disabled={at >= columns.length - 1} onClick={() => move(at + 1)}>
                {t('moveRight')}
              </MenuItem>
              <MenuItem close={close} onClick={() => onColumns(columns.filter((c) => c !== column))}>
                {t('hideColumn')}
              </MenuItem>
            </>
          )}
        </>
      )}
    </Popover>
  )
}

/** The edge of a header that changes the width of its column. */
function Resizer({ width, onResize }: { width: number; onResize: (width: number) => void }) {
  return (
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
        const target = event.currentTarget
        target.setPointerCapture(event.pointerId)
        const drag = (e: PointerEvent) => onResize(Math.max(76, width + e.clientX - start))
        const end = () => {
          target.removeEventListener('pointermove', drag)
          target.removeEventListener('pointerup', end)
        }
        target.addEventListener('pointermove', drag)
        target.addEventListener('pointerup', end)
      }}
    />
  )
}
