import { useEffect, useRef, useState } from 'react'
import { keyOf, valueOf } from '../runs/view'
import { save, toCsv } from '../shell/format'
import { useT } from '../shell/settings'
import { CardPlot, type CardPlotProps } from './CardPlot'
import { cardTitle, columnsOf, type Card } from './cards'
import { ChartMenu } from './ChartMenu'
import type { PlotExports } from './Plot'
import type { Series } from './series'

/** A chart on a board: its title, its menu and its plot. It can be dragged. */
export function ChartCard({
  listed,
  dragged,
  onDrag,
  onDrop,
  onEdit,
  onRemove,
  onMove,
  onReport,
  ...shown
}: Omit<CardPlotProps, 'legend' | 'exports' | 'onData'> & {
  /** whether the list of runs is beside the charts */
  listed: boolean
  /** the id of the chart that is being dragged */
  dragged: string | null
  onDrag: (id: string | null) => void
  onDrop: () => void
  onEdit: (next: Partial<Card>) => void
  onRemove: () => void
  onMove: (by: number) => void
  onReport: () => void
}) {
  const t = useT()
  const { card } = shown
  const exports = useRef<PlotExports>(null)
  const box = useRef<HTMLElement>(null)
  const [seen, setSeen] = useState(false)
  const [over, setOver] = useState(false)
  const [data, setData] = useState<Series[]>([])
  const name = cardTitle(card, t)
  // The data of a chart is requested when the chart becomes visible.
  useEffect(() => {
    const observer = new IntersectionObserver(
      (entries) => entries.some((entry) => entry.isIntersecting) && setSeen(true),
      { rootMargin: '200px' },
    )
    observer.observe(box.current!)
    return () => observer.disconnect()
  }, [])

  const csv = () => save(`${name}.csv`, toCsv(csvOf(shown, data, name)), 'text/csv')

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
          <ChartMenu
            card={card}
            name={name}
            exports={exports}
            onEdit={onEdit}
            onMove={onMove}
            onCsv={csv}
            onReport={onReport}
            onRemove={onRemove}
          />
        </span>
      </header>
      {!seen ? (
        <div style={{ height: 248 }} />
      ) : (
        <CardPlot
          {...shown}
          legend={!listed || (card.type === 'line' && card.metrics.length > 1)}
          exports={exports}
          onData={setData}
        />
      )}
    </section>
  )
}

/** Returns the data of a chart as rows: the points of its lines, or the values of its runs. */
function csvOf(
  { card, runs, layout, params, axis }: Pick<CardPlotProps, 'card' | 'runs' | 'layout' | 'params' | 'axis'>,
  series: Series[],
  name: string,
): (string | number | null)[][] {
  if (card.type === 'line')
    return [['run', axis.toLowerCase(), name], ...series.flatMap((s) => s.x.map((x, i) => [s.label, x, s.y[i]!]))]
  const columns = columnsOf(card, params)
  return [
    ['run_id', 'run', ...columns.map(keyOf)],
    ...runs.map((run) => [run.run_id, run.run_name, ...columns.map((c) => valueOf(run, c, layout))]),
  ]
}
