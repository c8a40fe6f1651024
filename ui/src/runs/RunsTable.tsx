import { useQueries } from '@tanstack/react-query'
import { useVirtualizer } from '@tanstack/react-virtual'
import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState, type CSSProperties } from 'react'
import { summaries } from '../api/queries'
import type { RunRow, Summary } from '../api/types'
import { Icon } from '../shell/Icon'
import { remember, remembered, useT } from '../shell/settings'
import { Spread } from './GroupLine'
import { Header, type TableProps } from './TableHeader'
import { CHECK, Line, type LineActions } from './TableLine'
import { keyOf, kindOf, type Group } from './view'

const ROW = 30
const CHUNK = 50
/** A line of the table. */
export type Item =
  | { kind: 'run'; run: RunRow; depth: number; children: number; open: boolean }
  | { kind: 'group'; group: Group; open: boolean }

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
