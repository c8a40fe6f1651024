import { type Axis } from '../api/queries'
import type { RunRow } from '../api/types'
import { type Looks } from '../runs/colours'
import { type Layout } from '../runs/view'
import { Bars } from './Bars'
import type { Card } from './cards'
import { Importance } from './Importance'
import { Lines } from './Lines'
import { Parallel } from './Parallel'
import type { Exports } from './Plot'
import { Scatter } from './Scatter'
import { type Series } from './series'

/**
 * The picture of a card.
 *
 * @param drawn the runs that lines and bars are drawn of: the first of {@code runs}
 * @param legend whether a few lines are named below; they need not be where the runs are listed beside
 * @param params the columns whose importance can be told
 */
export function CardPlot({
  card,
  runs,
  drawn,
  layout,
  looks,
  axis,
  group,
  legend = true,
  params,
  exports,
  onData,
}: {
  card: Card
  runs: RunRow[]
  drawn: RunRow[]
  layout: Layout
  looks: Looks
  axis: Axis
  group?: string
  legend?: boolean
  params: string[]
  exports: React.Ref<Exports>
  onData?: (series: Series[]) => void
}) {
  return card.type === 'line' ? (
    <Lines
      card={card}
      runs={drawn}
      layout={layout}
      looks={looks}
      axis={axis}
      group={group}
      legend={legend}
      exports={exports}
      onData={onData}
    />
  ) : card.type === 'bar' ? (
    <Bars runs={drawn} layout={layout} looks={looks} metric={card.metric} exports={exports} />
  ) : card.type === 'parallel' ? (
    <Parallel runs={runs} layout={layout} looks={looks} axes={card.axes} colour={card.colour} exports={exports} />
  ) : card.type === 'importance' ? (
    <Importance runs={runs} layout={layout} looks={looks} metric={card.metric} params={params} exports={exports} />
  ) : (
    <Scatter
      runs={runs}
      layout={layout}
      looks={looks}
      x={card.x}
      y={card.y}
      colour={card.colour}
      logX={card.logX}
      logY={card.logY}
      surface={card.type === 'contour'}
      exports={exports}
    />
  )
}
