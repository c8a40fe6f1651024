import type { Axis } from '../api/queries'
import { fileAddress } from '../api/queries'
import type { Card } from '../charts/cards'

/**
 * What stands in a report besides its text: a fenced block of the language `kiroku` with one of these as JSON. Dialogs write them; the
 * server keeps them as part of the text.
 */
export type Block = ChartBlock | TableBlock
interface Runs {
  experiment: string
  filter?: string
  /** a column, with - before it for descending */
  sort?: string
  /** at most this many runs */
  n?: number
}

export interface ChartBlock extends Runs {
  show: 'chart'
  card: Card
  axis?: Axis
  group?: string
}

export interface TableBlock extends Runs {
  show: 'table'
  columns: string[]
}

export const FENCE = 'kiroku'
export const MOST_ROWS = 200
export const MOST_LINES = 100

const text = (value: unknown, most = 2000): value is string => typeof value === 'string' && value.length <= most
/** A filter may name many runs. */
const MOST_FILTER = 10_000
const maybe = (value: unknown, test: (value: unknown) => boolean) => value === undefined || test(value)
const column = (value: unknown): value is string => text(value) && /^[ampt]:./.test(value)
const texts = (value: unknown, test: (one: unknown) => boolean = (one) => text(one)) =>
  Array.isArray(value) && value.length > 0 && value.length <= 200 && value.every((one) => test(one))

function isCard(value: unknown): value is Card {
  const card = value as Record<string, unknown> | null
  if (typeof card !== 'object' || card === null || ![4, 6, 12, undefined].includes(card['w'] as number | undefined))
    return false
  switch (card['type']) {
    case 'line':
      return texts(card['metrics']) && maybe(card['smooth'], (v) => typeof v === 'number' && v >= 0 && v < 1)
    case 'bar':
    case 'importance':
      return column(card['metric'])
    case 'scatter':
      return column(card['x']) && column(card['y']) && maybe(card['colour'], column)
    case 'contour':
      return column(card['x']) && column(card['y']) && column(card['colour'])
    case 'parallel':
      return texts(card['axes'], column) && maybe(card['colour'], column)
    default:
      return false
  }
}

/** @returns null for what is no block that can be shown: a report may have been written by anybody */
export function readBlock(code: string): Block | null {
  try {
    const block = JSON.parse(code) as
      (Partial<Omit<ChartBlock, 'show'> & Omit<TableBlock, 'show'>> & { show?: unknown }) | null
    if (typeof block !== 'object' || block === null) return null
    const { show, experiment, filter, sort, n, axis, group } = block
    const runs =
      text(experiment) &&
      maybe(filter, (v) => text(v, MOST_FILTER)) &&
      maybe(sort, (v) => text(v) && column(v.replace(/^-/, ''))) &&
      maybe(n, (v) => Number.isInteger(v) && (v as number) > 0)
    if (!runs) return null
    if (show === 'table') return texts(block.columns, column) ? (block as TableBlock) : null
    return show === 'chart' &&
      isCard(block.card) &&
      maybe(axis, (v) => ['STEP', 'TIME', 'RELATIVE'].includes(v as string)) &&
      maybe(group, column)
      ? (block as ChartBlock)
      : null
  } catch {
    return null
  }
}

export const writeBlock = (block: Block) => `\`\`\`${FENCE}\n${JSON.stringify(block)}\n\`\`\``

/** Where the fenced blocks of a text stand, in the order in which they are shown. */
export function fencesOf(markdown: string): { from: number; to: number }[] {
  const found: { from: number; to: number }[] = []
  let at = 0
  let open: { from: number; mark: string } | null = null
  for (const line of markdown.split('\n')) {
    const bare = line.replace(/^(\s*>)+ ?/, '')
    const fence = /^\s*(```+|~~~+)/.exec(bare)
    if (open) {
      if (bare.trim().startsWith(open.mark)) {
        found.push({ from: open.from, to: at + line.length })
        open = null
      }
    } else if (fence) {
      open = { from: at, mark: fence[1]! }
    }
    at += line.length + 1
  }
  if (open) found.push({ from: open.from, to: markdown.length })
  return found
}

/** Images are written as Markdown has it, with an address that names a run and its file. */
export const imageMarkdown = (caption: string, run: string, path: string) =>
  `![${caption.replace(/[[\]\n]/g, ' ')}](run:${run}/${path
    .split('/')
    .map((part) => encodeURIComponent(part).replace(/[()]/g, (c) => (c === '(' ? '%28' : '%29')))
    .join('/')})`

/** Nothing but files of runs on this server is shown. */
export function imageAddress(address: string): string | null {
  const found = /^run:([\w-]{1,64})\/(.+)$/.exec(address)
  if (!found) return null
  try {
    return fileAddress({ kind: 'run', id: found[1]! }, found[2]!.split('/').map(decodeURIComponent).join('/'))
  } catch {
    return null
  }
}
