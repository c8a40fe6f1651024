import { useQueries } from '@tanstack/react-query'
import { useMemo } from 'react'
import { summaries } from '../api/metrics'
import { type Summary } from '../api/types'
import type { TableItem } from './lines'
import { keyOf, type Aggregate } from './view'

/** First values are requested for blocks of this many lines. */
const BLOCK = 50

/** Module level: a new function on each render would make a new result on each render. */
function byRunAndKey(results: { data?: Summary[] }[]): Map<string, Summary> {
  const map = new Map<string, Summary>()
  for (const result of results) for (const one of result.data ?? []) map.set(`${one.run_id} ${one.key}`, one)
  return map
}

/** The summaries of the metrics that show their first value, by run id and key, for the lines from `first` to `last`. */
export function useFirstValues(
  lines: (TableItem | undefined)[],
  columns: string[],
  aggregates: Record<string, Aggregate>,
  first: number,
  last: number,
): Map<string, Summary> {
  const keys = useMemo(() => columns.filter((c) => aggregates[c] === 'first').map(keyOf), [columns, aggregates])
  const blocks: string[][] = []
  if (keys.length) {
    for (let block = Math.floor(first / BLOCK); block <= Math.floor(last / BLOCK); block++) {
      const range = lines.slice(block * BLOCK, (block + 1) * BLOCK)
      blocks.push(range.flatMap((line) => (line?.kind === 'run' ? [line.run.run_id] : [])))
    }
  }
  return useQueries({
    queries: blocks.map((ids) => ({ ...summaries(ids, keys), enabled: ids.length > 0 })),
    combine: byRunAndKey,
  })
}
