import { useVirtualizer } from '@tanstack/react-virtual'
import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState, type CSSProperties } from 'react'
import { readStored, useT, writeStored } from '../shell/settings'
import { cellLayouts, CHECK_WIDTH, totalWidth } from './cells'
import { GroupLine } from './GroupLine'
import { groupKey } from './lines'
import { LoadingLine } from './LoadingLine'
import { RunLine, type LineActions } from './RunLine'
import { TableHeader, type RunsTableProps } from './TableHeader'
import { useFirstValues } from './useFirstValues'

const ROW_HEIGHT = 30
const HEADER_HEIGHT = 32

/** The scroll positions of tables that were left, for those who come back from a run. */
const scrollPositions = new Map<string, number>()

/** The runs as a table. Only the visible lines are in the document. */
export function RunsTable(props: RunsTableProps) {
  const { items, columns, pinned, layout, aggregates, selected, looks, place, onNeed, onSelect, onRange } = props
  const count = items.length
  const t = useT()
  const scroller = useRef<HTMLDivElement>(null)
  const [widths, setWidths] = useState<Record<string, number>>(() => readStored(`widths.${props.storageKey}`) ?? {})
  const rows = useVirtualizer({
    count,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: 8,
    scrollPaddingStart: HEADER_HEIGHT,
  })
  const visible = rows.getVirtualItems()
  const first = visible[0]?.index ?? 0
  const last = visible[visible.length - 1]?.index ?? 0
  useEffect(() => onNeed(first, last), [first, last, onNeed])
  const filled = count > 0
  useLayoutEffect(() => {
    if (!filled) return
    const element = scroller.current!
    element.scrollTop = scrollPositions.get(place) ?? 0
    return () => void scrollPositions.set(place, element.scrollTop)
  }, [place, filled])

  const grouped = items[0]?.kind === 'group'
  const cells = useMemo(() => cellLayouts(columns, pinned, widths, grouped), [columns, pinned, widths, grouped])
  const width = totalWidth(cells)
  const summary = useFirstValues(items, columns, aggregates, first, last)
  const loaded = useMemo(() => items.flatMap((item) => (item?.kind === 'run' ? [item.run.run_id] : [])), [items])
  const actions = useLineActions(onRange, looks, props.onToggle)

  // Memoised, because scrolling does not change them.
  const headers = useMemo(
    () =>
      cells.map((cell) => (
        <TableHeader
          key={cell.column}
          {...cell}
          {...props}
          onResize={(width) => {
            const next = { ...widths, [cell.column]: width }
            setWidths(next)
            writeStored(`widths.${props.storageKey}`, next)
          }}
        />
      )),
    [cells, props, widths],
  )

  return (
    <div className="runs" ref={scroller} role="grid" aria-rowcount={count + 1} aria-label={t('runs')} tabIndex={0}>
      <div className="grid" style={{ height: rows.getTotalSize() + HEADER_HEIGHT, width }}>
        <div className="tr header" role="row" style={{ width }}>
          <div className="td pinned" style={{ width: CHECK_WIDTH, left: 0 }} role="columnheader">
            <input
              type="checkbox"
              aria-label={t('all')}
              checked={loaded.length > 0 && selected.size >= loaded.length}
              onChange={(event) => onSelect(loaded, event.target.checked)}
            />
          </div>
          {headers}
        </div>
        {visible.map(({ key, index, start }) => {
          const item = items[index]
          const top = start + HEADER_HEIGHT
          const style: CSSProperties = { transform: `translateY(${top}px)`, width }
          if (!item) return <LoadingLine key={key} cells={cells} style={style} rowIndex={index + 2} />
          if (item.kind === 'group') {
            return (
              <GroupLine
                key={key}
                group={item.group}
                open={item.open}
                cells={cells}
                style={style}
                rowIndex={index + 2}
                selected={selected}
                onSelect={onSelect}
                onToggle={() => props.onToggle(groupKey(item.group))}
              />
            )
          }
          return (
            <RunLine
              key={key}
              index={index}
              top={top}
              width={width}
              run={item.run}
              depth={item.depth}
              nested={item.children}
              open={item.open}
              cells={cells}
              layout={layout}
              aggregates={aggregates}
              summary={summary}
              selected={selected.has(item.run.run_id)}
              hidden={looks.isHidden(item.run.run_id)}
              colour={looks.colour(item.run.run_id)}
              actions={actions}
            />
          )
        })}
      </div>
    </div>
  )
}

/** What a line can do, as one object that never changes: a line is rendered again only when its own data changes. */
function useLineActions(
  onRange: RunsTableProps['onRange'],
  looks: RunsTableProps['looks'],
  onToggle: RunsTableProps['onToggle'],
): LineActions {
  // The line from which a click with the shift key selects.
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
  const latest = useRef({ check, looks, onToggle })
  latest.current = { check, looks, onToggle }
  return useMemo<LineActions>(
    () => ({
      check: (index, on, range) => latest.current.check(index, on, range),
      toggle: (id) => latest.current.onToggle(id),
      setColour: (id, colour) => latest.current.looks.setColour(id, colour),
      toggleHidden: (id) => latest.current.looks.toggle(id),
    }),
    [],
  )
}
