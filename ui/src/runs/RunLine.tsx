import { memo } from 'react'
import { type RunRow, type Summary } from '../api/types'
import { ago, duration, instant, number } from '../shell/format'
import { Icon } from '../shell/Icon'
import { useT } from '../shell/settings'
import { Status } from '../shell/Status'
import { CHECK_WIDTH, type CellLayout } from './cells'
import { RunAppearanceMenu } from './RunAppearanceMenu'
import { RunNameLink } from './RunNameLink'
import { keyOf, kindOf, valueOf, type Aggregate, type Layout, type Value } from './view'

export interface LineActions {
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
  cells: CellLayout[]
  layout: Layout
  aggregates: Record<string, Aggregate>
  summary: Map<string, Summary>
  selected: boolean
  hidden: boolean
  colour: string
  actions: LineActions
}

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
      <RunAppearanceMenu
        name={run.run_name}
        colour={colour}
        hidden={isHidden}
        onColour={(chosen) => actions.setColour(run.run_id, chosen)}
        onToggle={() => actions.toggleHidden(run.run_id)}
      />
      <RunNameLink className="runname ellipsis" run={run} />
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
      return <span className="soft">{duration(value as number, t)}</span>
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
/** The line of a run. Memoised: scrolling renders only the lines that become visible. */
export const RunLine = memo(function Line({
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
      <div className="td pinned" style={{ width: CHECK_WIDTH, left: 0 }} role="gridcell">
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
