import { type Axis, type RunRow } from '../api/types'
import { type RunAppearance } from '../runs/colours'
import { type Layout } from '../runs/view'
import { Bars } from './Bars'
import type { Card } from './cards'
import { Importance } from './Importance'
import { LinesPlot } from './LinesPlot'
import { Parallel } from './Parallel'
import type { PlotExports } from './Plot'
import { Scatter } from './Scatter'
import { type Series } from './series'

/** What a chart of any type shows. */
export interface CardPlotProps {
  card: Card
  runs: RunRow[]
  /** the runs that lines and bars show: the first of `runs` */
  drawn: RunRow[]
  layout: Layout
  looks: RunAppearance
  axis: Axis
  /** the column whose groups of runs are drawn as bands */
  group?: string
  /** the columns whose importance is computed */
  params: string[]
  /** whether the lines are named below the chart; false if the list of runs is beside it */
  legend?: boolean
  exports: React.Ref<PlotExports>
  onData?: (series: Series[]) => void
}

/** The plot of a chart of any type. */
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
}: CardPlotProps) {
  return card.type === 'line' ? (
    <LinesPlot
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
