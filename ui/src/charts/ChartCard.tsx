import { useEffect, useRef, useState } from 'react'
import type { Axis } from '../api/queries'
import type { RunRow } from '../api/types'
import type { Looks } from '../runs/colours'
import { keyOf, valueOf, type Layout } from '../runs/view'
import { save, toCsv } from '../shell/format'
import { Icon } from '../shell/Icon'
import { Popover } from '../shell/Popover'
import { useT } from '../shell/settings'
import { CardPlot } from './CardPlot'
import { title, type Card, type Width } from './cards'
import type { Exports } from './Plot'
import type { Series } from './series'

export function ChartCard({
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
