import type { Ref } from 'react'
import { type RunRow } from '../api/types'
import type { RunAppearance } from '../runs/colours'
import type { Layout } from '../runs/view'
import { number } from '../shell/format'
import type { Dimension } from './data'
import type { PlotExports } from './Plot'
import { extent, heat, roomy, scale, type Scale } from './scale'

export interface ChartProps {
  runs: RunRow[]
  layout: Layout
  looks: RunAppearance
  height?: number
  exports?: Ref<PlotExports>
}

export const scaleOf = (d: Dimension, start: number, end: number, log?: boolean): Scale | null => {
  const on = log ?? d.log
  const bounds = extent(d.values, on)
  if (!bounds) return null
  if (!d.categories) return scale(...roomy(bounds, on), start, end, { log: on })
  const s = scale(-0.5, d.categories.length - 0.5, start, end)
  return {
    ...s,
    ticks: d.categories.map((label, i) => ({
      at: s.to(i),
      label: label.length > 12 ? `${label.slice(0, 11)}…` : label,
    })),
  }
}

export const formatValue = (d: Dimension, i: number) =>
  Number.isNaN(d.values[i]!) ? '–' : d.categories ? d.categories[d.values[i]!]! : number(d.values[i]!)
export function runColours(
  colour: Dimension | null,
  dark: boolean,
  fallback: (i: number) => string,
): (i: number) => string {
  const bounds = colour && extent(colour.values, colour.log)
  if (!colour || !bounds) return fallback
  const s = scale(bounds[0], bounds[1], 0, 1, { log: colour.log })
  return (i) => (Number.isNaN(colour.values[i]!) ? '#999' : heat(s.to(colour.values[i]!), dark))
}
