import { fileAddress } from '../api/artifacts'
import { type Axis } from '../api/types'
import type { Card } from '../charts/cards'

/**
 * A chart or a table in a report: a fenced block with the language `kiroku` and this JSON. Blocks are written by dialogs; for the server
 * they are part of the text.
 */
export type Block = ChartBlock | TableBlock
interface Runs {
  experiment: string
  filter?: string
  /** the column to sort by; with a leading - in descending order */
  sort?: string
  /** the maximum number of runs */
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
export const MAX_ROWS = 200
export const MAX_LINES = 100

const text = (value: unknown, most = 2000): value is string => typeof value === 'string' && value.length <= most
/** The maximum length of a filter, which may list many run ids. */
const MAX_FILTER = 10_000
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

/** Parses a block; null if it is not valid. Reports are untrusted input. */
export function readBlock(code: string): Block | null {
  try {
    const block = JSON.parse(code) as
      (Partial<Omit<ChartBlock, 'show'> & Omit<TableBlock, 'show'>> & { show?: unknown }) | null
    if (typeof block !== 'object' || block === null) return null
    const { show, experiment, filter, sort, n, axis, group } = block
    const runs =
      text(experiment) &&
      maybe(filter, (v) => text(v, MAX_FILTER)) &&
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

/** Returns the positions of the fenced blocks of a text, in order. */
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

/** Returns the Markdown of an image of a run. Its address is `run:ID/PATH`. */
export const imageMarkdown = (caption: string, run: string, path: string) =>
  `![${caption.replace(/[[\]\n]/g, ' ')}](run:${run}/${path
    .split('/')
    .map((part) => encodeURIComponent(part).replace(/[()]/g, (c) => (c === '(' ? '%28' : '%29')))
    .join('/')})`

/** Returns the URL of an image of a run; null for any other address, so that a report cannot load images from elsewhere. */
export function imageAddress(address: string): string | null {
  const found = /^run:([\w-]{1,64})\/(.+)$/.exec(address)
  if (!found) return null
  try {
    return fileAddress({ kind: 'run', id: found[1]! }, found[2]!.split('/').map(decodeURIComponent).join('/'))
  } catch {
    return null
  }
}
