import { useQuery } from '@tanstack/react-query'
import { lazy, Suspense, useMemo, useState } from 'react'
import { quote, type Axis } from '../api/queries'
import type { Keys } from '../api/types'
import { MOST_LINES, type ChartBlock } from '../reports/blocks'
import { giveColours, type Looks } from '../runs/colours'
import { and, filterOf, keyOf, layoutOf, NO_KEYS, type RunsSearch } from '../runs/view'
import { copy } from '../shell/Code'
import { Icon } from '../shell/Icon'
import { Problem } from '../shell/Problem'
import { remember, remembered, useT } from '../shell/settings'
import { Segments } from '../shell/Tabs'
import { useToast } from '../shell/toasts'
import { AddChart } from './AddChart'
import type { Card } from './cards'
import { ChartCard } from './ChartCard'
import { chartRuns } from './chartRuns'
import { Cursor, CursorContext } from './cursor'
import { RunList } from './RunList'
import { suggest } from './suggest'

const AddToReport = lazy(() => import('../reports/AddToReport').then((module) => ({ default: module.AddToReport })))

/** Charts over runs show this many; the newest, or the first of the chosen order. */
const MOST_RUNS = 1000
const MOST_KEYS = 120
/** So many chosen runs are named in a report, one by one. */
const MOST_NAMED = 200

export interface BoardProps {
  experimentId: string
  filter: string
  order: string[]
  deleted: boolean
  /** undefined until they are known */
  keys: Keys | undefined
  search: RunsSearch
  looks: Looks
  /** runs that the person has chosen: these alone, when there are any */
  selected: Set<string>
  change: (next: Partial<RunsSearch>) => void
}

export function Board(props: BoardProps) {
  const { experimentId, filter, order, deleted, search, looks, selected, change } = props
  const keys = props.keys ?? NO_KEYS
  const t = useT()
  const say = useToast()
  const [adding, setAdding] = useState(false)
  const [list, setList] = useState(() => remembered<boolean>('run-list') ?? innerWidth > 900)
  const [dragged, setDragged] = useState<string | null>(null)
  const [reporting, setReporting] = useState<ChartBlock | null>(null)
  const cursors = useMemo(() => ({ STEP: new Cursor(), TIME: new Cursor(), RELATIVE: new Cursor() }), [])
  const axis = search.axis ?? 'STEP'
  const n = search.n ?? 20

  const metrics = useMemo(() => keys.metrics.slice(0, MOST_KEYS).map((m) => `m:${m.key}`), [keys])
  const params = useMemo(() => keys.params.slice(0, MOST_KEYS).map((p) => `p:${p}`), [keys])
  const layout = useMemo(
    () => layoutOf([...metrics, ...params, ...(search.group ? [search.group] : [])]),
    [metrics, params, search.group],
  )
  const found = useQuery({
    ...chartRuns({ experimentId, filter, order, deleted, layout, most: MOST_RUNS }),
    enabled: props.keys !== undefined,
  })
  const all = found.data?.runs
  const listed = useMemo(() => {
    const listed = selected.size > 0 ? (all ?? []).filter((run) => selected.has(run.run_id)) : (all ?? [])
    giveColours(listed)
    return listed
  }, [all, selected])
  const runs = useMemo(() => listed.filter((run) => !looks.isHidden(run.run_id)), [listed, looks])
  const cards = useMemo(
    () => search.board ?? (all ? suggest(keys, all, layout) : []),
    [search.board, keys, all, layout],
  )
  const drawn = useMemo(() => runs.slice(0, n), [runs, n])

  const setCards = (next: Card[] | undefined) => change({ board: next })
  const edit = (id: string, next: Partial<Card>) =>
    setCards(cards.map((card) => (card.id === id ? ({ ...card, ...next } as Card) : card)))
  /** The chart as a report has it: of the runs that this board is about. */
  const toReport = (card: Card) => {
    const few = card.type === 'line' || card.type === 'bar'
    const chosen =
      selected.size > 0 && selected.size <= MOST_NAMED
        ? `attributes.run_id IN (${[...selected].map(quote).join(', ')})`
        : ''
    setReporting({
      show: 'chart',
      experiment: experimentId,
      filter: and(filterOf(search.q ?? ''), chosen) || undefined,
      sort: search.sort,
      n: few ? Math.min(n, MOST_LINES) : undefined,
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

  if (found.error)
    return (
      <div style={{ padding: 14 }}>
        <Problem error={found.error} retry={() => void found.refetch()} />
      </div>
    )
  return (
    <div className="with-runs">
      {list && <RunList runs={listed} drawn={drawn} looks={looks} />}
      <div style={{ overflow: 'auto', flex: 1 }}>
        <div className="bar" style={{ paddingBottom: 0 }}>
          <button
            className={list ? 'btn icon on' : 'btn icon'}
            aria-pressed={list}
            title={t('runs')}
            aria-label={t('runs')}
            onClick={() => {
              remember('run-list', !list)
              setList(!list)
            }}
          >
            <Icon name="list" size={14} />
          </button>
          <Segments<Axis>
            value={axis}
            label={t('xAxis')}
            onChange={(next) => change({ axis: next === 'STEP' ? undefined : next })}
            options={[
              ['STEP', t('step')],
              ['RELATIVE', t('relative')],
              ['TIME', t('time')],
            ]}
          />
          <label className="row soft">
            {t('runsShown')}
            <select
              className="input"
              value={n}
              onChange={(event) =>
                change({ n: Number(event.target.value) === 20 ? undefined : Number(event.target.value) })
              }
            >
              {[5, 10, 20, 50, 100].map((count) => (
                <option key={count} value={count}>
                  {count}
                </option>
              ))}
            </select>
          </label>
          <span className="faint num">
            {t('chartsHidden', { n: drawn.length, all: (found.data?.total ?? runs.length).toLocaleString() })}
          </span>
          {search.group && (
            <span className="chip accent">
              {t('band')}: {keyOf(search.group)}
            </span>
          )}
          <span className="spacer" />
          <button className="btn" onClick={() => setAdding(true)}>
            <Icon name="plus" size={13} />
            {t('addChart')}
          </button>
          <button
            className="btn ghost"
            onClick={() => {
              change({ board: cards })
              requestAnimationFrame(() => copy(location.href))
              say(t('copied'))
            }}
          >
            <Icon name="link" size={14} />
            {t('boardLink')}
          </button>
          {search.board && (
            <button className="btn ghost" onClick={() => setCards(undefined)}>
              {t('boardReset')}
            </button>
          )}
        </div>
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
