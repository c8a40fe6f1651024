import { useQuery } from '@tanstack/react-query'
import { lazy, Suspense, useEffect, useMemo, useRef, useState } from 'react'
import { quote, type Axis } from '../api/queries'
import type { Keys, RunRow } from '../api/types'
import { MOST_LINES, type ChartBlock } from '../reports/blocks'
import { giveColours, type Looks } from '../runs/colours'
import { and, filterOf, keyOf, layoutOf, NO_KEYS, valueOf, type Layout, type RunsSearch } from '../runs/view'
import { save, toCsv } from '../shell/format'
import { remember, remembered, useT } from '../shell/settings'
import { copy, Dialog, Icon, Popover, Problem, Segments, useToast } from '../shell/ui'
import { CardPlot, chartRuns, title } from './CardPlot'
import type { Card, Width } from './cards'
import { ChartForm } from './ChartForm'
import { Cursor, CursorContext } from './cursor'
import type { Series } from './LineChart'
import type { Exports } from './Plot'
import { RunList } from './RunList'

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

/** What a board shows before anybody has arranged it. */
function suggest(keys: Keys, runs: RunRow[], layout: Layout): Card[] {
  const metrics = keys.metrics.filter((m) => !m.key.startsWith('system/')).slice(0, 12)
  const w = metrics.length === 1 ? 12 : metrics.length === 2 || metrics.length === 4 ? 6 : 4
  const cards: Card[] = metrics.map((m) => ({ id: `line ${m.key}`, type: 'line', metrics: [m.key], w }))
  const varied = keys.params
    .filter((p) => new Set(runs.map((run) => valueOf(run, `p:${p}`, layout))).size > 1)
    .slice(0, 6)
  if (varied.length > 1 && metrics[0]) {
    const first = metrics.find((m) => /acc|auc|f1|score/i.test(m.key)) ?? metrics[0]
    cards.push({
      id: 'parallel',
      type: 'parallel',
      axes: [...varied.map((p) => `p:${p}`), `m:${first.key}`],
      colour: `m:${first.key}`,
      w: 12,
    })
    cards.push({ id: 'importance', type: 'importance', metric: `m:${first.key}`, w: 6 })
    cards.push({ id: 'scatter', type: 'scatter', x: `p:${varied[0]!}`, y: `m:${first.key}`, w: 6 })
  }
  return cards
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

function ChartCard({
  card,
  runs,
  drawn,
  layout,
  looks,
  axis,
  group,
  listed,
  params,
  dragged,
  onDrag,
  onDrop,
  onEdit,
  onRemove,
  onMove,
  onReport,
}: {
  card: Card
  runs: RunRow[]
  drawn: RunRow[]
  layout: Layout
  looks: Looks
  axis: Axis
  group: string | undefined
  listed: boolean
  params: string[]
  dragged: string | null
  onDrag: (id: string | null) => void
  onDrop: () => void
  onEdit: (next: Partial<Card>) => void
  onRemove: () => void
  onMove: (by: number) => void
  onReport: () => void
}) {
  const t = useT()
  const exports = useRef<Exports>(null)
  const box = useRef<HTMLElement>(null)
  const [seen, setSeen] = useState(false)
  const [over, setOver] = useState(false)
  const [data, setData] = useState<Series[]>([])
  const name = title(card, t)
  // A chart asks for its points when it comes into sight.
  useEffect(() => {
    const observer = new IntersectionObserver(
      (entries) => entries.some((entry) => entry.isIntersecting) && setSeen(true),
      { rootMargin: '200px' },
    )
    observer.observe(box.current!)
    return () => observer.disconnect()
  }, [])

  const csv = () => {
    if (card.type === 'line') {
      save(
        `${name}.csv`,
        toCsv([['run', axis.toLowerCase(), name], ...data.flatMap((s) => s.x.map((x, i) => [s.label, x, s.y[i]!]))]),
        'text/csv',
      )
    } else {
      const columns =
        card.type === 'parallel'
          ? card.axes
          : card.type === 'bar'
            ? [card.metric]
            : card.type === 'importance'
              ? [...params, card.metric]
              : [card.x, card.y, ...(card.colour ? [card.colour] : [])]
      save(
        `${name}.csv`,
        toCsv([
          ['run_id', 'run', ...columns.map(keyOf)],
          ...runs.map((run) => [run.run_id, run.run_name, ...columns.map((c) => valueOf(run, c, layout))]),
        ]),
        'text/csv',
      )
    }
  }

  return (
    <section
      ref={box}
      className={`chart w${card.w ?? 6}${dragged === card.id ? ' dragging' : ''}${over && dragged && dragged !== card.id ? ' over' : ''}`}
      aria-label={name}
      onDragOver={(event) => {
        if (dragged) {
          event.preventDefault()
          setOver(true)
        }
      }}
      onDragLeave={() => setOver(false)}
      onDrop={() => {
        setOver(false)
        onDrop()
      }}
    >
      <header
        draggable
        onDragStart={(event) => {
          event.dataTransfer.effectAllowed = 'move'
          onDrag(card.id)
        }}
        onDragEnd={() => onDrag(null)}
        style={{ cursor: 'grab' }}
      >
        <h3 className="ellipsis" title={name}>
          {name}
        </h3>
        <span className="tools">
          <Popover
            className="btn ghost icon small"
            title={`${t('options')}: ${name}`}
            label={<Icon name="more" size={14} />}
          >
            {(close) => {
              const item = (text: string, action: () => void, active = false) => (
                <button
                  key={text}
                  className={`item${active ? ' active' : ''}`}
                  onClick={() => {
                    close()
                    action()
                  }}
                >
                  {text}
                </button>
              )
              return (
                <>
                  {card.type === 'line' && (
                    <>
                      <label className="item">
                        <input
                          type="checkbox"
                          checked={card.logY === true}
                          onChange={(event) => onEdit({ logY: event.target.checked || undefined })}
                        />
                        {t('logY')}
                      </label>
                      <div className="title">{t('smoothing')}</div>
                      <div style={{ padding: '0 9px 6px' }}>
                        <input
                          type="range"
                          min={0}
                          max={0.99}
                          step={0.01}
                          value={card.smooth ?? 0}
                          aria-label={t('smoothing')}
                          onChange={(event) => onEdit({ smooth: Number(event.target.value) || undefined })}
                        />
                      </div>
                      <hr />
                    </>
                  )}
                  {(card.type === 'scatter' || card.type === 'contour') && (
                    <>
                      <label className="item">
                        <input
                          type="checkbox"
                          checked={card.logX === true}
                          onChange={(event) => onEdit({ logX: event.target.checked || undefined })}
                        />
                        {t('logX')}
                      </label>
                      <label className="item">
                        <input
                          type="checkbox"
                          checked={card.logY === true}
                          onChange={(event) => onEdit({ logY: event.target.checked || undefined })}
                        />
                        {t('logY')}
                      </label>
                      <hr />
                    </>
                  )}
                  {(
                    [
                      [4, t('third')],
                      [6, t('half')],
                      [12, t('wide')],
                    ] as [Width, string][]
                  ).map(([w, text]) => item(text, () => onEdit({ w }), (card.w ?? 6) === w))}
                  {item(t('moveEarlier'), () => onMove(-1))}
                  {item(t('moveLater'), () => onMove(1))}
                  <hr />
                  {item('PNG', () => exports.current?.png(name))}
                  {item('SVG', () => exports.current?.svg(name))}
                  {item('CSV', csv)}
                  {item(t('addToReport'), onReport)}
                  <hr />
                  {item(t('remove'), onRemove)}
                </>
              )
            }}
          </Popover>
        </span>
      </header>
      {!seen ? (
        <div style={{ height: 248 }} />
      ) : (
        <CardPlot
          card={card}
          runs={runs}
          drawn={drawn}
          layout={layout}
          looks={looks}
          axis={axis}
          group={group}
          legend={!listed || (card.type === 'line' && card.metrics.length > 1)}
          params={params}
          exports={exports}
          onData={setData}
        />
      )}
    </section>
  )
}

function AddChart({ keys, close, add }: { keys: Keys; close: () => void; add: (card: Card) => void }) {
  const t = useT()
  const [card, setCard] = useState<Card | null>(null)
  return (
    <Dialog title={t('addChart')} close={close}>
      <ChartForm keys={keys} onCard={setCard} />
      <div className="actions">
        <button className="btn" onClick={close}>
          {t('cancel')}
        </button>
        <button className="btn primary" disabled={!card} onClick={() => card && add(card)}>
          {t('add')}
        </button>
      </div>
    </Dialog>
  )
}
