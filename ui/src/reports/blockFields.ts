import { type Axis, type Keys } from '../api/types'
import type { Card, Width } from '../charts/cards'
import { defaultColumns } from '../runs/view'
import type { Block } from './blocks'

/** The fields of the form of a block. */
export interface BlockFields {
  /** the id of the experiment; undefined for the one that is suggested */
  experiment: string | undefined
  filter: string
  /** the column to sort by, with a leading - in descending order; empty for the start time */
  sort: string
  /** the number of runs */
  n: number
  /** the columns of a table; undefined for those that are suggested */
  columns: string[] | undefined
  /** the chart; null while its description is not complete */
  card: Card | null
  /** the column whose groups of runs are drawn as bands; empty for none */
  group: string
  axis: Axis
  width: Width
}

/** The maximum number of runs that the form accepts. */
export const maxRuns = (show: Block['show']) => (show === 'chart' ? 1000 : 200)

/** Returns a number of runs within the limits of the form. */
export const runsWithinLimits = (n: number, show: Block['show']) =>
  Math.max(1, Math.min(maxRuns(show), Math.round(n) || 1))

/** Returns the fields of a block, or the defaults of a new one. */
export function fieldsOfBlock(
  show: Block['show'],
  block: Block | undefined,
  experiment: string | undefined,
): BlockFields {
  const chart = block?.show === 'chart' ? block : undefined
  return {
    experiment: block?.experiment ?? experiment,
    filter: block?.filter ?? '',
    sort: block?.sort ?? '',
    n: block?.n ?? (show === 'chart' ? 20 : 10),
    columns: block?.show === 'table' ? block.columns : undefined,
    card: chart?.card ?? null,
    group: chart?.group ?? '',
    axis: chart?.axis ?? 'STEP',
    width: chart?.card.w ?? 12,
  }
}

/** Returns the columns of a new table. */
export const suggestedColumns = (keys: Keys) =>
  defaultColumns(keys)
    .filter((column) => column !== 'a:start_time')
    .slice(0, 7)

/**
 * Returns the block that the fields describe, with defaults left out; null if they are not complete.
 *
 * @param experiment the id of the experiment
 * @param columns the columns of a table
 */
export function blockOf(
  show: Block['show'],
  fields: BlockFields,
  experiment: string | undefined,
  columns: string[],
): Block | null {
  if (!experiment) return null
  const source = {
    experiment,
    ...(fields.filter.trim() ? { filter: fields.filter.trim() } : {}),
    ...(fields.sort ? { sort: fields.sort } : {}),
    n: fields.n,
  }
  if (show === 'table') return columns.length > 0 ? { show, ...source, columns } : null
  if (!fields.card) return null
  return {
    show,
    ...source,
    card: { ...fields.card, w: fields.width },
    ...(fields.axis === 'STEP' ? {} : { axis: fields.axis }),
    ...(fields.group ? { group: fields.group } : {}),
  }
}
