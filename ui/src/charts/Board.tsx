import { useQuery } from '@tanstack/react-query'
import { lazy, Suspense, useMemo, useState } from 'react'
import { quote } from '../api/runs'
import { type Keys } from '../api/types'
import { MAX_LINES, type ChartBlock } from '../reports/blocks'
import { assignColours, type RunAppearance } from '../runs/colours'
import { and, filterOf, layoutOf, NO_KEYS, type RunsSearch } from '../runs/view'
import { copy } from '../shell/Code'
import { Problem, problemOf } from '../shell/Problem'
import { readStored, useT, writeStored } from '../shell/settings'
import { useToast } from '../shell/toasts'
import { AddChart } from './AddChart'
import { BoardToolbar } from './BoardToolbar'
import type { Card } from './cards'
import { ChartCard } from './ChartCard'
import { chartRuns } from './chartRuns'
import { Cursor, CursorContext } from './cursor'
import { RunList } from './RunList'
import { suggestCards } from './suggest'

const AddToReport = lazy(() => import('../reports/AddToReport').then((module) => ({ default: module.AddToReport })))

/** The maximum number of runs of a chart: the first ones in the order of the table. */
const MAX_RUNS = 1000
const MAX_KEYS = 120
/** The maximum number of selected runs that a report's filter lists by id. */
const MAX_NAMED = 200

interface BoardProps {
  experimentId: string
  filter: string
  order: string[]
  deleted: boolean
  /** undefined until they are loaded */
  keys: Keys | undefined
  search: RunsSearch
  looks: RunAppearance
  /** the ids of the selected runs; if there are any, only they are shown */
  selected: Set<string>
  change: (next: Partial<RunsSearch>) => void
}

/** The charts of an experiment, arranged by the user. */
export function Board(props: BoardProps) {
  const { experimentId, filter, order, deleted, search, looks, selected, change } = props
  const keys = props.keys ?? NO_KEYS
  const t = useT()
  const say = useToast()
  const [adding, setAdding] = useState(false)
  const [list, setList] = useState(() => readStored<boolean>('run-list') ?? innerWidth > 900)
  const [dragged, setDragged] = useState<string | null>(null)
  const [reporting, setReporting] = useState<ChartBlock | null>(null)
  const cursors = useMemo(() => ({ STEP: new Cursor(), TIME: new Cursor(), RELATIVE: new Cursor() }), [])
  const axis = search.axis ?? 'STEP'
  const n = search.n ?? 20

  const metrics = useMemo(() => keys.metrics.slice(0, MAX_KEYS).map((m) => `m:${m.key}`), [keys])
  const params = useMemo(() => keys.params.slice(0, MAX_KEYS).map((p) => `p:${p}`), [keys])
  const layout = useMemo(
    () => layoutOf([...metrics, ...params, ...(search.group ? [search.group] : [])]),
    [metrics, params, search.group],
  )
  const found = useQuery({
    ...chartRuns({ experimentId, filter, order, deleted, layout, most: MAX_RUNS }),
    enabled: props.keys !== undefined,
  })
  const all = found.data?.runs
  const listed = useMemo(() => {
    const listed = selected.size > 0 ? (all ?? []).filter((run) => selected.has(run.run_id)) : (all ?? [])
    assignColours(listed)
    return listed
  }, [all, selected])
  const runs = useMemo(() => listed.filter((run) => !looks.isHidden(run.run_id)), [listed, looks])
  const cards = useMemo(
    () => search.board ?? (all ? suggestCards(keys, all, layout) : []),
    [search.board, keys, all, layout],
  )
  const drawn = useMemo(() => runs.slice(0, n), [runs, n])

  const setCards = (next: Card[] | undefined) => change({ board: next })
  const edit = (id: string, next: Partial<Card>) =>
    setCards(cards.map((card) => (card.id === id ? ({ ...card, ...next } as Card) : card)))
  /** Offers to add a chart to a report, with the filter and the selection of this board. */
  const toReport = (card: Card) => {
    const few = card.type === 'line' || card.type === 'bar'
    const chosen =
      selected.size > 0 && selected.size <= MAX_NAMED
        ? `attributes.run_id IN (${[...selected].map(quote).join(', ')})`
        : ''
    setReporting({
      show: 'chart',
      experiment: experimentId,
      filter: and(filterOf(search.q ?? ''), chosen) || undefined,
      sort: search.sort,
      n: few ? Math.min(n, MAX_LINES) : undefined,
      card,
      axis: search.axis,
      group: search.group,
    })
  }
  const move = (id: string, to: number) => {
    const card = cards.find((c) => c.id === id)!
    const rest = cards.filter((c) => c.id !== id)
    rest.splice(Math.max(0, to), 0, card)
    setCards(rest)
  }

  if (problemOf(found))
    return (
      <div style={{ padding: 14 }}>
        <Problem error={found.error} retry={() => void found.refetch()} />
      </div>
    )
  return (
    <div className="with-runs">
      {list && <RunList runs={listed} drawn={drawn} looks={looks} />}
      <div style={{ overflow: 'auto', flex: 1 }}>
        <BoardToolbar
          search={search}
          change={change}
          drawn={drawn.length}
          total={found.data?.total ?? runs.length}
          list={list}
          onList={(on) => {
            writeStored('run-list', on)
            setList(on)
          }}
          onAdd={() => setAdding(true)}
          onCopyLink={() => {
            change({ board: cards })
            requestAnimationFrame(() => copy(location.href))
            say(t('copied'))
          }}
        />
        {found.isSuccess && cards.length === 0 && <p className="empty">{t('noCharts')}</p>}
        <CursorContext.Provider value={cursors[axis]}>
          <div className="board">
            {cards.map((card, index) => (
              <ChartCard
                key={card.id}
                card={card}
                runs={runs}
                drawn={drawn}
                layout={layout}
                looks={looks}
                axis={axis}
                group={search.group}
                listed={list}
                params={params}
                dragged={dragged}
                onDrag={setDragged}
                onDrop={() => dragged && dragged !== card.id && move(dragged, index)}
                onEdit={(next) => edit(card.id, next)}
                onRemove={() => setCards(cards.filter((c) => c.id !== card.id))}
                onMove={(by) => move(card.id, index + by)}
                onReport={() => toReport(card)}
              />
            ))}
          </div>
        </CursorContext.Provider>
        {adding && (
          <AddChart
            keys={keys}
            close={() => setAdding(false)}
            add={(card) => {
              setAdding(false)
              setCards([card, ...cards])
            }}
          />
        )}
        {reporting && (
          <Suspense fallback={null}>
            <AddToReport block={reporting} close={() => setReporting(null)} />
          </Suspense>
        )}
      </div>
    </div>
  )
}
