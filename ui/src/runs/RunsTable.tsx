import { useQueries } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useVirtualizer } from '@tanstack/react-virtual'
import { memo, useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState, type CSSProperties } from 'react'
import { summaries } from '../api/queries'
import type { RunRow, Summary } from '../api/types'
import { ago, duration, instant, number } from '../shell/format'
import { remember, remembered, useT, type Translate } from '../shell/settings'
import { Icon, Popover, Status } from '../shell/ui'
import type { Looks } from './colours'
import { RunLook } from './RunLook'
import { keyOf, kindOf, sortable, valueOf, type Aggregate, type Group, type Layout, type Value } from './view'

const ROW = 30
const CHUNK = 50
const CHECK = 34
const AGGREGATES: Aggregate[] = ['last', 'min', 'max', 'first']

/** A line of the table. */
export type Item =
  | { kind: 'run'; run: RunRow; depth: number; children: number; open: boolean }
  | { kind: 'group'; group: Group; open: boolean }

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

export function label(column: string, t: Translate): string {
  if (kindOf(column) !== 'a') return keyOf(column)
  switch (keyOf(column)) {
    case 'name':
      return t('runName')
    case 'status':
      return t('status')
    case 'start_time':
      return t('started')
    case 'duration':
      return t('duration')
    case 'user':
      return t('user')
    case 'source':
      return t('source')
    default:
      return t('runId')
  }
}

const widthOf = (column: string) =>
  column === 'a:name'
    ? 230
    : kindOf(column) === 'a'
      ? 112
      : Math.min(180, Math.max(92, keyOf(column).length * 7.2 + 38))

/** How far one has scrolled, for those who come back from a run. */
const places = new Map<string, number>()

/** Stays the same function, so that its result stays the same object until something has come. */
function byRunAndKey(results: { data?: Summary[] }[]): Map<string, Summary> {
  const map = new Map<string, Summary>()
  for (const result of results) for (const one of result.data ?? []) map.set(`${one.run_id} ${one.key}`, one)
  return map
}

/** The runs as a table of which only the lines in sight exist. */
export function RunsTable(props: TableProps) {
  const { items, columns, pinned, layout, aggregates, selected, looks, place, onNeed, onSelect, onRange } = props
  const count = items.length
  const t = useT()
  const scroller = useRef<HTMLDivElement>(null)
  const [widths, setWidths] = useState<Record<string, number>>(() => remembered(`widths.${props.storageKey}`) ?? {})
  const rows = useVirtualizer({
    count,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW,
    overscan: 8,
    scrollPaddingStart: 32,
  })
  const visible = rows.getVirtualItems()
  const first = visible[0]?.index ?? 0
  const last = visible[visible.length - 1]?.index ?? 0
  useEffect(() => onNeed(first, last), [first, last, onNeed])
  const filled = count > 0
  useLayoutEffect(() => {
    if (!filled) return
    const element = scroller.current!
    element.scrollTop = places.get(place) ?? 0
    return () => void places.set(place, element.scrollTop)
  }, [place, filled])

  // Name first, then what is pinned, then the rest; what is pinned stays in sight when one scrolls sideways.
  const grouped = items[0]?.kind === 'group'
  const cells = useMemo(() => {
    const order = [
      'a:name',
      ...columns.filter((c) => pinned.includes(c)),
      ...columns.filter((c) => !pinned.includes(c)),
    ]
    let left = CHECK
    return order.map((column, index) => {
      const width = Math.max(widths[column] ?? widthOf(column), grouped && kindOf(column) === 'm' ? 126 : 0)
      const isPinned = index === 0 || pinned.includes(column)
      const style: CSSProperties = isPinned ? { width, left } : { width }
      if (isPinned) left += width
      const edge = isPinned && index === pinned.filter((p) => columns.includes(p)).length
      const right = kindOf(column) === 'm' || column === 'a:duration'
      return {
        column,
        style,
        className: `td${isPinned ? ' pinned' : ''}${edge ? ' edge' : ''}${right ? ' right' : ''}`,
      }
    })
  }, [columns, pinned, widths, grouped])
  const total = cells.reduce((sum, cell) => sum + Number(cell.style.width), CHECK)

  // First values are asked for in blocks of lines, as they come into sight.
  const firsts = useMemo(() => columns.filter((c) => aggregates[c] === 'first').map(keyOf), [columns, aggregates])
  const blocks: string[][] = []
  if (firsts.length) {
    for (let block = Math.floor(first / CHUNK); block <= Math.floor(last / CHUNK); block++) {
      blocks.push(
        items
          .slice(block * CHUNK, (block + 1) * CHUNK)
          .flatMap((item) => (item?.kind === 'run' ? [item.run.run_id] : [])),
      )
    }
  }
  const summary = useQueries({
    queries: blocks.map((ids) => ({ ...summaries(ids, firsts), enabled: ids.length > 0 })),
    combine: byRunAndKey,
  })
  const anchor = useRef(0)
  const check = useCallback(
    (index: number, on: boolean, range: boolean) => {
      const from = range ? Math.min(anchor.current, index) : index
      const to = range ? Math.max(anchor.current, index) : index
      anchor.current = index
      onRange(from, to, on)
    },
    [onRange],
  )
  const loaded = useMemo(() => {
    const ids: string[] = []
    for (const item of items) if (item?.kind === 'run') ids.push(item.run.run_id)
    return ids
  }, [items])
  const all = loaded.length > 0 && selected.size >= loaded.length
  // What lines can do stays the same object, so that a line is drawn anew only when it changes itself.
  const now = useRef({ check, looks, onToggle: props.onToggle })
  now.current = { check, looks, onToggle: props.onToggle }
  const actions = useMemo<LineActions>(
    () => ({
      check: (index, on, range) => now.current.check(index, on, range),
      toggle: (id) => now.current.onToggle(id),
      setColour: (id, colour) => now.current.looks.setColour(id, colour),
      toggleHidden: (id) => now.current.looks.toggle(id),
    }),
    [],
  )

  // Scrolling changes nothing of them.
  const headers = useMemo(
    () =>
      cells.map((cell) => (
        <Header
          key={cell.column}
          {...cell}
          {...props}
          onResize={(width) => {
            const next = { ...widths, [cell.column]: width }
            setWidths(next)
            remember(`widths.${props.storageKey}`, next)
          }}
        />
      )),
    [cells, props, widths],
  )

  return (
    <div className="runs" ref={scroller} role="grid" aria-rowcount={count + 1} aria-label={t('runs')} tabIndex={0}>
      <div className="grid" style={{ height: rows.getTotalSize() + 32, width: total }}>
        <div className="tr header" role="row" style={{ width: total }}>
          <div className="td pinned" style={{ width: CHECK, left: 0 }} role="columnheader">
            <input
              type="checkbox"
              aria-label={t('all')}
              checked={all}
              onChange={(event) => onSelect(loaded, event.target.checked)}
            />
          </div>
          {headers}
        </div>
        {visible.map((line) => {
          const item = items[line.index]
          const style: CSSProperties = { transform: `translateY(${line.start + 32}px)`, width: total }
          if (!item) {
            return (
              <div key={line.key} className="tr" style={style} role="row" aria-rowindex={line.index + 2}>
                <div className="td pinned" style={{ width: CHECK, left: 0 }} role="gridcell" />
                {cells.map((cell) => (
                  <div key={cell.column} className={cell.className} style={cell.style} role="gridcell">
                    <span className="skeleton" style={{ width: '60%' }} />
                  </div>
                ))}
              </div>
            )
          }
          if (item.kind === 'group') {
            const ids = item.group.runs.map((run) => run.run_id)
            return (
              <div key={line.key} className="tr group" style={style} role="row" aria-rowindex={line.index + 2}>
                <div className="td pinned" style={{ width: CHECK, left: 0 }} role="gridcell">
                  <input
                    type="checkbox"
                    aria-label={item.group.value}
                    checked={ids.every((id) => selected.has(id))}
                    onChange={(event) => onSelect(ids, event.target.checked)}
                  />
                </div>
                {cells.map((cell) => (
                  <div key={cell.column} className={cell.className} style={cell.style} role="gridcell">
                    {cell.column === 'a:name' ? (
                      <button
                        className="th-button"
                        onClick={() => props.onToggle(`group ${item.group.value}`)}
                        aria-expanded={item.open}
                      >
                        <Icon name={item.open ? 'down' : 'right'} size={12} />
                        <span className="ellipsis">{item.group.value}</span>
                        <span className="faint num">{item.group.runs.length}</span>
                      </button>
                    ) : (
                      <Spread group={item.group} column={cell.column} />
                    )}
                  </div>
                ))}
              </div>
            )
          }
          const { run } = item
          return (
            <Line
              key={line.key}
              index={line.index}
              top={line.start + 32}
              width={total}
              run={run}
              depth={item.depth}
              nested={item.children}
              open={item.open}
              cells={cells}
              layout={layout}
              aggregates={aggregates}
              summary={summary}
              selected={selected.has(run.run_id)}
              hidden={looks.isHidden(run.run_id)}
              colour={looks.colour(run.run_id)}
              actions={actions}
            />
          )
        })}
      </div>
    </div>
  )
}

interface LineActions {
  check: (index: number, on: boolean, range: boolean) => void
  toggle: (id: string) => void
  setColour: (id: string, colour: string | undefined) => void
  toggleHidden: (id: string) => void
}

interface LineProps {
  index: number
  top: number
  width: number
  run: RunRow
  depth: number
  nested: number
  open: boolean
  cells: { column: string; style: CSSProperties; className: string }[]
  layout: Layout
  aggregates: Record<string, Aggregate>
  summary: Map<string, Summary>
  selected: boolean
  hidden: boolean
  colour: string
  actions: LineActions
}

/** A run's line: scrolling draws only those that come into sight. */
const Line = memo(function Line({
  index,
  top,
  width,
  run,
  depth,
  nested,
  open,
  cells,
  layout,
  aggregates,
  summary,
  selected,
  hidden,
  colour,
  actions,
}: LineProps) {
  const value = (column: string): Value =>
    aggregates[column] === 'first'
      ? (summary.get(`${run.run_id} ${keyOf(column)}`)?.first ?? null)
      : valueOf(run, column, layout)
  return (
    <div
      className={`tr${selected ? ' selected' : ''}${hidden ? ' hidden-run' : ''}`}
      style={{ transform: `translateY(${top}px)`, width }}
      role="row"
      aria-rowindex={index + 2}
      aria-selected={selected}
    >
      <div className="td pinned" style={{ width: CHECK, left: 0 }} role="gridcell">
        <input
          type="checkbox"
          aria-label={run.run_name}
          checked={selected}
          onChange={() => undefined}
          onClick={(event) => actions.check(index, !selected, event.shiftKey)}
        />
      </div>
      {cells.map((cell) => (
        <div key={cell.column} className={cell.className} style={cell.style} role="gridcell">
          {cell.column === 'a:name' ? (
            <Name
              run={run}
              depth={depth}
              nested={nested}
              open={open}
              isHidden={hidden}
              colour={colour}
              actions={actions}
            />
          ) : (
            <Cell column={cell.column} value={value(cell.column)} />
          )}
        </div>
      ))}
    </div>
  )
})

function Name({
  run,
  depth,
  nested,
  open,
  isHidden,
  colour,
  actions,
}: {
  run: RunRow
  depth: number
  nested: number
  open: boolean
  isHidden: boolean
  colour: string
  actions: LineActions
}) {
  const t = useT()
  return (
    <>
      {depth > 0 && <span style={{ width: depth * 16, flex: 'none' }} />}
      {nested > 0 && (
        <button
          className="th-menu"
          aria-expanded={open}
          aria-label={`${t('childRuns')}: ${run.run_name}`}
          onClick={() => actions.toggle(run.run_id)}
        >
          <Icon name={open ? 'down' : 'right'} size={12} />
        </button>
      )}
      <RunLook
        name={run.run_name}
        colour={colour}
        hidden={isHidden}
        onColour={(chosen) => actions.setColour(run.run_id, chosen)}
        onToggle={() => actions.toggleHidden(run.run_id)}
      />
      <Link
        className="runname ellipsis"
        to="/experiments/$experimentId/runs/$runId"
        params={{ experimentId: run.experiment_id, runId: run.run_id }}
        title={run.run_name}
      >
        {run.run_name}
      </Link>
      {nested > 0 && <span className="faint num">{nested}</span>}
    </>
  )
}

const Cell = memo(function Cell({ column, value }: { column: string; value: Value }) {
  const t = useT()
  if (value === null)
    return (
      <span className="faint" aria-hidden="true">
        –
      </span>
    )
  if (kindOf(column) === 'm') return <span title={String(value)}>{number(value as number)}</span>
  switch (column) {
    case 'a:status':
      return <Status status={value as string} />
    case 'a:start_time':
      return (
        <span className="soft" title={instant(value as number)}>
          {ago(value as number, t)}
        </span>
      )
    case 'a:duration':
      return <span className="soft">{duration(value as number)}</span>
    case 'a:run_id':
      return <span className="mono soft ellipsis">{value}</span>
    default:
      return (
        <span className="ellipsis" title={String(value)}>
          {value}
        </span>
      )
  }
})

function Spread({ group, column }: { group: Group; column: string }) {
  const spread = group.spread.get(column)
  if (spread) {
    return (
      <span title={`n = ${spread.n}`}>
        {number(Number(spread.mean.toPrecision(4)))}
        {spread.n > 1 && <span className="faint"> ±{number(Number(spread.deviation.toPrecision(2)))}</span>}
      </span>
    )
  }
  return null
}

function Header({
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
