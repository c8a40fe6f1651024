import { useQuery } from '@tanstack/react-query'
import { useEffect, useMemo, useRef, useState } from 'react'
import { curves, fetchRows, type Axis } from '../api/queries'
import type { Curve, Keys, RunRow } from '../api/types'
import type { Looks } from '../runs/colours'
import { keyOf, layoutOf, valueOf, type Layout, type RunsSearch } from '../runs/view'
import { save, toCsv } from '../shell/format'
import { useT } from '../shell/settings'
import { copy, Dialog, Icon, Popover, Problem, Segments, useToast } from '../shell/ui'
import type { Card, Width } from './cards'
import { Cursor, CursorContext } from './cursor'
import { band, LineChart, type Series } from './LineChart'
import type { Exports } from './Plot'
import { Bars, Importance, Parallel, Scatter } from './RunCharts'
import { PALETTE } from '../runs/colours'

/** Charts over runs show this many; the newest, or the first of the chosen order. */
const MOST_RUNS = 1000
const MOST_KEYS = 120

export interface BoardProps {
  experimentId: string
  filter: string
  order: string[]
  deleted: boolean
  keys: Keys
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
  const varied = keys.params.filter((p) => new Set(runs.map((run) => valueOf(run, `p:${p}`, layout))).size > 1).slice(0, 6)
  if (varied.length > 1 && metrics[0]) {
    const first = metrics.find((m) => /acc|auc|f1|score/i.test(m.key)) ?? metrics[0]
    cards.push({ id: 'parallel', type: 'parallel', axes: [...varied.map((p) => `p:${p}`), `m:${first.key}`], colour: `m:${first.key}`, w: 12 })
    cards.push({ id: 'importance', type: 'importance', metric: `m:${first.key}`, w: 6 })
    cards.push({ id: 'scatter', type: 'scatter', x: `p:${varied[0]!}`, y: `m:${first.key}`, w: 6 })
  }
  return cards
}

export function Board(props: BoardProps) {
  const { experimentId, filter, order, deleted, keys, search, looks, selected, change } = props
  const t = useT()
  const say = useToast()
  const [adding, setAdding] = useState(false)
  const [dragged, setDragged] = useState<string | null>(null)
  const cursors = useMemo(() => ({ STEP: new Cursor(), TIME: new Cursor(), RELATIVE: new Cursor() }), [])
  const axis = search.axis ?? 'STEP'
  const n = search.n ?? 20

  const metrics = useMemo(() => keys.metrics.slice(0, MOST_KEYS).map((m) => `m:${m.key}`), [keys])
  const params = useMemo(() => keys.params.slice(0, MOST_KEYS).map((p) => `p:${p}`), [keys])
  const layout = useMemo(() => layoutOf([...metrics, ...params, ...(search.group ? [search.group] : [])]), [metrics, params, search.group])
  const found = useQuery({
    queryKey: ['chart-runs', experimentId, filter, order, deleted, layout.metrics, layout.params, layout.tags],
    queryFn: () => fetchRows({ experiment_ids: [experimentId], filter, order_by: order, run_view_type: deleted ? 'DELETED_ONLY' : 'ACTIVE_ONLY', max_results: MOST_RUNS, metrics: layout.metrics, params: layout.params, tags: layout.tags }),
    refetchInterval: 6000,
    placeholderData: (before) => before,
  })
  const runs = useMemo(() => {
    const all = found.data?.runs ?? []
    const wanted = selected.size > 0 ? all.filter((run) => selected.has(run.run_id)) : all
    return wanted.filter((run) => !looks.isHidden(run.run_id))
  }, [found.data, selected, looks])
  const all = found.data?.runs
  const cards = useMemo(() => search.board ?? (all ? suggest(keys, all, layout) : []), [search.board, keys, all, layout])
  const drawn = useMemo(() => runs.slice(0, n), [runs, n])

  const setCards = (next: Card[] | undefined) => change({ board: next })
  const edit = (id: string, next: Partial<Card>) => setCards(cards.map((card) => (card.id === id ? ({ ...card, ...next } as Card) : card)))
  const move = (id: string, to: number) => {
    const card = cards.find((c) => c.id === id)!
    const rest = cards.filter((c) => c.id !== id)
    rest.splice(Math.max(0, to), 0, card)
    setCards(rest)
  }

  if (found.error) return <div style={{ padding: 14 }}><Problem error={found.error} retry={() => void found.refetch()} /></div>
  return (
    <div style={{ overflow: 'auto', flex: 1, borderTop: '1px solid var(--line)' }}>
      <div className="bar" style={{ paddingBottom: 0 }}>
        <Segments<Axis> value={axis} label={t('xAxis')} onChange={(next) => change({ axis: next === 'STEP' ? undefined : next })} options={[['STEP', t('step')], ['RELATIVE', t('relative')], ['TIME', t('time')]]} />
        <label className="row soft">
          {t('runsShown')}
          <select className="input" value={n} onChange={(event) => change({ n: Number(event.target.value) === 20 ? undefined : Number(event.target.value) })}>
            {[5, 10, 20, 50, 100].map((count) => <option key={count} value={count}>{count}</option>)}
          </select>
        </label>
        <span className="faint num">{t('chartsHidden', { n: drawn.length, all: (found.data?.total ?? runs.length).toLocaleString() })}</span>
        {search.group && <span className="chip accent">{t('band')}: {keyOf(search.group)}</span>}
        <span className="spacer" />
        <button className="btn" onClick={() => setAdding(true)}><Icon name="plus" size={13} />{t('addChart')}</button>
        <button className="btn ghost" onClick={() => { change({ board: cards }); requestAnimationFrame(() => copy(location.href)); say(t('copied')) }}><Icon name="link" size={14} />{t('boardLink')}</button>
        {search.board && <button className="btn ghost" onClick={() => setCards(undefined)}>{t('boardReset')}</button>}
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
              params={params}
              dragged={dragged}
              onDrag={setDragged}
              onDrop={() => dragged && dragged !== card.id && move(dragged, index)}
              onEdit={(next) => edit(card.id, next)}
              onRemove={() => setCards(cards.filter((c) => c.id !== card.id))}
              onMove={(by) => move(card.id, index + by)}
            />
          ))}
        </div>
      </CursorContext.Provider>
      {adding && <AddChart keys={keys} close={() => setAdding(false)} add={(card) => { setAdding(false); setCards([card, ...cards]) }} />}
    </div>
  )
}

export function title(card: Card, t: ReturnType<typeof useT>): string {
  switch (card.type) {
    case 'line': return card.metrics.join(', ')
    case 'bar': return keyOf(card.metric)
    case 'scatter': return `${keyOf(card.y)} / ${keyOf(card.x)}`
    case 'contour': return `${keyOf(card.colour)}: ${keyOf(card.y)} / ${keyOf(card.x)}`
    case 'parallel': return t('parallel')
    case 'importance': return `${t('importance')}: ${keyOf(card.metric)}`
  }
}

function ChartCard({ card, runs, drawn, layout, looks, axis, group, params, dragged, onDrag, onDrop, onEdit, onRemove, onMove }: {
  card: Card
  runs: RunRow[]
  drawn: RunRow[]
  layout: Layout
  looks: Looks
  axis: Axis
  group: string | undefined
  params: string[]
  dragged: string | null
  onDrag: (id: string | null) => void
  onDrop: () => void
  onEdit: (next: Partial<Card>) => void
  onRemove: () => void
  onMove: (by: number) => void
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
    const observer = new IntersectionObserver((entries) => entries.some((entry) => entry.isIntersecting) && setSeen(true), { rootMargin: '200px' })
    observer.observe(box.current!)
    return () => observer.disconnect()
  }, [])

  const csv = () => {
    if (card.type === 'line') {
      save(`${name}.csv`, toCsv([['run', axis.toLowerCase(), name], ...data.flatMap((s) => s.x.map((x, i) => [s.label, x, s.y[i]!]))]), 'text/csv')
    } else {
      const columns = card.type === 'parallel' ? card.axes : card.type === 'bar' ? [card.metric] : card.type === 'importance' ? [...params, card.metric] : [card.x, card.y, ...(card.colour ? [card.colour] : [])]
      save(`${name}.csv`, toCsv([['run_id', 'run', ...columns.map(keyOf)], ...runs.map((run) => [run.run_id, run.run_name, ...columns.map((c) => valueOf(run, c, layout))])]), 'text/csv')
    }
  }

  return (
    <section
      ref={box}
      className={`chart w${card.w ?? 6}${dragged === card.id ? ' dragging' : ''}${over && dragged && dragged !== card.id ? ' over' : ''}`}
      aria-label={name}
      onDragOver={(event) => { if (dragged) { event.preventDefault(); setOver(true) } }}
      onDragLeave={() => setOver(false)}
      onDrop={() => { setOver(false); onDrop() }}
    >
      <header draggable onDragStart={(event) => { event.dataTransfer.effectAllowed = 'move'; onDrag(card.id) }} onDragEnd={() => onDrag(null)} style={{ cursor: 'grab' }}>
        <h3 className="ellipsis" title={name}>{name}</h3>
        <span className="tools">
          <Popover className="btn ghost icon small" title={`${t('options')}: ${name}`} label={<Icon name="more" size={14} />}>
            {(close) => {
              const item = (text: string, action: () => void, active = false) => <button key={text} className={`item${active ? ' active' : ''}`} onClick={() => { close(); action() }}>{text}</button>
              return (
                <>
                  {card.type === 'line' && (
                    <>
                      <label className="item"><input type="checkbox" checked={card.logY === true} onChange={(event) => onEdit({ logY: event.target.checked || undefined })} />{t('logY')}</label>
                      <div className="title">{t('smoothing')}</div>
                      <div style={{ padding: '0 9px 6px' }}>
                        <input type="range" min={0} max={0.99} step={0.01} value={card.smooth ?? 0} aria-label={t('smoothing')} onChange={(event) => onEdit({ smooth: Number(event.target.value) || undefined })} />
                      </div>
                      <hr />
                    </>
                  )}
                  {(card.type === 'scatter' || card.type === 'contour') && (
                    <>
                      <label className="item"><input type="checkbox" checked={card.logX === true} onChange={(event) => onEdit({ logX: event.target.checked || undefined })} />{t('logX')}</label>
                      <label className="item"><input type="checkbox" checked={card.logY === true} onChange={(event) => onEdit({ logY: event.target.checked || undefined })} />{t('logY')}</label>
                      <hr />
                    </>
                  )}
                  {([[4, t('third')], [6, t('half')], [12, t('wide')]] as [Width, string][]).map(([w, text]) => item(text, () => onEdit({ w }), (card.w ?? 6) === w))}
                  {item(t('moveEarlier'), () => onMove(-1))}
                  {item(t('moveLater'), () => onMove(1))}
                  <hr />
                  {item('PNG', () => exports.current?.png(name))}
                  {item('SVG', () => exports.current?.svg(name))}
                  {item('CSV', csv)}
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
      ) : card.type === 'line' ? (
        <Lines card={card} runs={drawn} layout={layout} looks={looks} axis={axis} group={group} exports={exports} onData={setData} />
      ) : card.type === 'bar' ? (
        <Bars runs={drawn} layout={layout} looks={looks} metric={card.metric} exports={exports} />
      ) : card.type === 'parallel' ? (
        <Parallel runs={runs} layout={layout} looks={looks} axes={card.axes} colour={card.colour} exports={exports} />
      ) : card.type === 'importance' ? (
        <Importance runs={runs} layout={layout} looks={looks} metric={card.metric} params={params} exports={exports} />
      ) : (
        <Scatter runs={runs} layout={layout} looks={looks} x={card.x} y={card.y} colour={card.colour} logX={card.logX} logY={card.logY} surface={card.type === 'contour'} exports={exports} />
      )}
    </section>
  )
}

/** The points of the lines, as many as there are pixels; those of a part when one looks closer. */
function Lines({ card, runs, layout, looks, axis, group, exports, onData }: { card: Extract<Card, { type: 'line' }>; runs: RunRow[]; layout: Layout; looks: Looks; axis: Axis; group: string | undefined; exports: React.Ref<Exports>; onData: (series: Series[]) => void }) {
  const t = useT()
  const [range, setRange] = useState<[number, number] | null>(null)
  useEffect(() => setRange(null), [axis])
  const ids = useMemo(() => runs.map((run) => run.run_id), [runs])
  const active = runs.some((run) => run.status === 'RUNNING')
  const found = useQuery({
    ...curves({ run_ids: ids, metric_keys: card.metrics, axis, from: range?.[0], to: range?.[1], buckets: (card.w ?? 6) === 12 ? 500 : runs.length > 30 ? 120 : 240 }),
    refetchInterval: active ? 4000 : false,
  })
  const series = useMemo(() => seriesOf(found.data ?? [], runs, looks, card.metrics.length > 1), [found.data, runs, looks, card.metrics])
  const shown = useMemo(() => {
    if (!group) return series
    const groups = new Map<string, Series[]>()
    const byId = new Map(runs.map((run) => [run.run_id, run]))
    for (const line of series) {
      const run = byId.get(line.id.split(' ')[0]!)
      const key = String((run && valueOf(run, group, layout)) ?? '—')
      groups.set(key, [...(groups.get(key) ?? []), line])
    }
    return [...groups].sort(([a], [b]) => a.localeCompare(b, undefined, { numeric: true })).flatMap(([key, members], i) => band(key, key, PALETTE[i % PALETTE.length]!, members) ?? [])
  }, [series, group, runs, layout])
  useEffect(() => onData(shown), [shown, onData])
  const bars = series.length > 0 && (found.data ?? []).every((curve) => curve.points === 1) && range === null
  if (found.error) return <div style={{ padding: 12 }}><Problem error={found.error} retry={() => void found.refetch()} /></div>
  // One point a run says more as a bar than as a dot.
  if (bars && card.metrics.length === 1) return <Bars runs={runs} layout={layout} looks={looks} metric={`m:${card.metrics[0]}`} exports={exports} />
  if (found.isSuccess && series.length === 0) return <p className="empty" style={{ height: 246 }}>{t('noPoints')}</p>
  return (
    <div title={range ? undefined : t('zoomHint')}>
      <LineChart series={shown} axis={axis} logY={card.logY} smoothing={card.smooth ?? 0} range={range} onRange={setRange} label={card.metrics.join(', ')} exports={exports} height={(card.w ?? 6) === 12 ? 320 : 240} />
      {(group || shown.length <= 12) && (card.w ?? 6) !== 4 && (
        <div className="legend">{shown.map((s) => <span key={s.id}><span className="swatch" style={{ background: s.colour }} />{s.label}</span>)}</div>
      )}
    </div>
  )
}

const DASHES = [undefined, [6, 3], [2, 3], [8, 3, 2, 3]]

export function seriesOf(found: Curve[], runs: RunRow[], looks: Looks, withKey: boolean): Series[] {
  const byId = new Map(runs.map((run) => [run.run_id, run]))
  const keys = [...new Set(found.map((curve) => curve.key))]
  return found.flatMap((curve) => {
    const run = byId.get(curve.run_id)
    if (!run) return []
    return [{ id: `${curve.run_id} ${curve.key}`, label: withKey ? `${run.run_name} ${curve.key}` : run.run_name, colour: looks.colour(curve.run_id), x: curve.x, y: curve.y, dash: DASHES[keys.indexOf(curve.key) % DASHES.length] }]
  })
}

function AddChart({ keys, close, add }: { keys: Keys; close: () => void; add: (card: Card) => void }) {
  const t = useT()
  const [type, setType] = useState<Card['type']>('line')
  const columns = [...keys.metrics.map((m) => `m:${m.key}`), ...keys.params.map((p) => `p:${p}`)]
  const metrics = keys.metrics.map((m) => `m:${m.key}`)
  const [x, setX] = useState(columns.find((c) => c.startsWith('p:')) ?? columns[0] ?? '')
  const [y, setY] = useState(metrics[0] ?? '')
  const [colour, setColour] = useState(metrics[0] ?? '')
  const [many, setMany] = useState<string[]>([])
  const pick = (label: string, value: string, options: string[], set: (value: string) => void) => (
    <label className="field">
      {label}
      <select className="input" value={value} onChange={(event) => set(event.target.value)}>
        {options.map((option) => <option key={option} value={option}>{keyOf(option)}</option>)}
      </select>
    </label>
  )
  const id = `${type} ${Date.now()}`
  const make = (): Card | null => {
    switch (type) {
      case 'line': return many.length ? { id, type, metrics: many.map(keyOf), w: 6 } : null
      case 'bar': return { id, type, metric: y, w: 6 }
      case 'scatter': return { id, type, x, y, w: 6 }
      case 'contour': return { id, type, x, y, colour, w: 6 }
      case 'parallel': return many.length > 1 ? { id, type, axes: many, colour, w: 12 } : null
      case 'importance': return { id, type, metric: y, w: 6 }
    }
  }
  const card = make()
  return (
    <Dialog title={t('addChart')} close={close}>
      <Segments value={type} label={t('addChart')} onChange={setType} options={[['line', t('line')], ['bar', t('bar')], ['scatter', t('scatter')], ['contour', t('contour')]]} />
      <Segments value={type} label={t('addChart')} onChange={setType} options={[['parallel', t('parallel')], ['importance', t('importance')]]} />
      {(type === 'line' || type === 'parallel') && (
        <div className="field" role="group" aria-label={type === 'line' ? t('metrics') : t('axes')}>
          {type === 'line' ? t('metrics') : t('axes')}
          <div style={{ maxHeight: 220, overflow: 'auto', border: '1px solid var(--line)', borderRadius: 6, padding: 5 }} className="pop-like">
            {(type === 'line' ? metrics : columns).map((column) => (
              <label key={column} className="row" style={{ padding: '2px 5px' }}>
                <input type="checkbox" checked={many.includes(column)} onChange={(event) => setMany(event.target.checked ? [...many, column] : many.filter((c) => c !== column))} />
                {keyOf(column)}
              </label>
            ))}
          </div>
        </div>
      )}
      {(type === 'scatter' || type === 'contour') && pick(t('xAxis'), x, columns, setX)}
      {(type === 'scatter' || type === 'contour') && pick(t('yAxis'), y, columns, setY)}
      {(type === 'contour' || type === 'parallel') && pick(t('colourBy'), colour, metrics, setColour)}
      {(type === 'bar' || type === 'importance') && pick(t('metric'), y, metrics, setY)}
      <div className="actions">
        <button className="btn" onClick={close}>{t('cancel')}</button>
        <button className="btn primary" disabled={!card} onClick={() => card && add(card)}>{t('add')}</button>
      </div>
    </Dialog>
  )
}
