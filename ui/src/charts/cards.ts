import { type Axis } from '../api/types'
import { keyOf } from '../runs/view'
import { type useT } from '../shell/settings'

/** A chart of a board, as it is in the address. Columns are written as in the table (m:loss, p:lr). */
export type Card =
  | { id: string; type: 'line'; metrics: string[]; w?: Width; logY?: boolean; smooth?: number; axis?: Axis }
  | { id: string; type: 'bar'; metric: string; w?: Width }
  | { id: string; type: 'scatter'; x: string; y: string; colour?: string; w?: Width; logX?: boolean; logY?: boolean }
  | { id: string; type: 'contour'; x: string; y: string; colour: string; w?: Width; logX?: boolean; logY?: boolean }
  | { id: string; type: 'parallel'; axes: string[]; colour?: string; w?: Width }
  | { id: string; type: 'importance'; metric: string; w?: Width }
export type Width = 4 | 6 | 12
export function cardTitle(card: Card, t: ReturnType<typeof useT>): string {
  switch (card.type) {
    case 'line':
      return card.metrics.join(', ')
    case 'bar':
      return keyOf(card.metric)
    case 'scatter':
      return `${keyOf(card.y)} / ${keyOf(card.x)}`
    case 'contour':
      return `${keyOf(card.colour)}: ${keyOf(card.y)} / ${keyOf(card.x)}`
    case 'parallel':
      return t('parallel')
    case 'importance':
      return `${t('importance')}: ${keyOf(card.metric)}`
  }
}

/** Returns the columns whose values a chart shows. `params` are the parameters whose importance is computed. */
export function columnsOf(card: Card, params: string[]): string[] {
  switch (card.type) {
    case 'line':
      return card.metrics.map((key) => `m:${key}`)
    case 'bar':
      return [card.metric]
    case 'scatter':
    case 'contour':
      return [card.x, card.y, ...(card.colour ? [card.colour] : [])]
    case 'parallel':
      return [...card.axes, ...(card.colour ? [card.colour] : [])]
    case 'importance':
      return [card.metric, ...params]
  }
}
