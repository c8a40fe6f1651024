import { useQueries, useQuery, useQueryClient } from '@tanstack/react-query'
import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { fetchRows, type RowsAsk } from '../api/queries'
import type { Rows, RunRow } from '../api/types'

/** As many runs as come at once: few enough to be there at once, and more than a screen has. */
const BLOCK = 200
/** How near to a block one is when it is asked for. */
const MARGIN = 60
/** Blocks beyond these are left to the cache. */
const KEPT = 60
/** Scrolling asks this often: what rushes by in between is not loaded. */
const PAUSE = 80
const LIVE = 100
const LIVE_MILLISECONDS = 4000

export interface RowsState {
  /** each run of the search at its place in the order; undefined where nobody has looked yet */
  runs: (RunRow | undefined)[]
  error: unknown
  pending: boolean
  /** how many runs have come since */
  fresh: number
  /** tells which places are in sight */
  need: (first: number, last: number) => void
  refresh: () => void
}

interface Part {
  data: Rows | undefined
  error: unknown
}

/** Stays the same function, so that its result stays the same until something has come. A map is not looked through for what is the same. */
const byPlace = (results: Part[]) => new Map(results.map(({ data, error }, place) => [place, { data, error }]))
const NONE: number[] = []

/**
 * The runs of a search, in blocks as they come into sight, and what changes in the newest of them while one looks.
 *
 * @param most when the first runs are needed all together, how many
 * @param watched whether anybody looks at the runs, so that they are kept up to date
 */
export function useRows(
  ask: RowsAsk,
  { enabled, most, watched }: { enabled: boolean; most: number | undefined; watched: boolean },
): RowsState {
  const client = useQueryClient()
  const key = useMemo(() => ['rows', ask], [ask])
  // Looking for what is the same in thousands of rows costs more than drawing those in sight.
  const how = { staleTime: 30_000, refetchOnWindowFocus: false, structuralSharing: false } as const
  const head = useQuery({
    queryKey: [...key, 0],
    queryFn: () => fetchRows({ ...ask, max_results: BLOCK }),
    enabled,
    placeholderData: (before: Rows | undefined) => before,
    ...how,
  })
  const first = head.data
  const live = useQuery({
    queryKey: ['live', ask],
    queryFn: () => fetchRows({ ...ask, max_results: LIVE }),
    enabled: enabled && watched && !head.isPlaceholderData && first !== undefined,
    refetchInterval: LIVE_MILLISECONDS,
  })
  const fits = live.data !== undefined && !live.data.next_page_token
  const total = fits ? (live.data.runs ?? []).length : Math.max(first?.total ?? 0, first?.runs?.length ?? 0)

  const [wanted, setWanted] = useState({ ask, blocks: NONE })
  const blocks = wanted.ask === ask && !head.isPlaceholderData ? wanted.blocks : NONE
  const further = useQueries({
    queries: blocks.map((block) => ({
      queryKey: [...key, block],
      queryFn: () => {
        // Behind a block that is known there is nothing to skip.
        const token = client.getQueryData<Rows>([...key, block - 1])?.next_page_token
        return fetchRows({ ...ask, ...(token ? { page_token: token } : { skip: block * BLOCK }), max_results: BLOCK })
      },
      ...how,
    })),
    combine: byPlace,
  })
  const many = useQuery({
    queryKey: [...key, 'first', most],
    queryFn: () => fetchRows({ ...ask, max_results: most }),
    enabled: enabled && most !== undefined && first?.next_page_token !== undefined,
    ...how,
  })

  const sight = useRef({ first: 0, last: 0, timer: undefined as ReturnType<typeof setTimeout> | undefined })
  const look = useCallback(() => {
    const { first, last } = sight.current
    const seen: number[] = []
    for (
      let block = Math.max(1, Math.floor((first - MARGIN) / BLOCK));
      block <= Math.floor(Math.min(last + MARGIN, total - 1) / BLOCK);
      block++
    )
      seen.push(block)
    setWanted((before) => {
      const known = before.ask === ask ? before.blocks : NONE
      return seen.every((block) => known.includes(block))
        ? before
        : { ask, blocks: [...known.filter((block) => !seen.includes(block)), ...seen].slice(-KEPT) }
    })
  }, [ask, total])
  const now = useRef(look)
  now.current = look
  const need = useCallback((from: number, to: number) => {
    const state = sight.current
    state.first = from
    state.last = to
    if (state.timer) return
    now.current()
    state.timer = setTimeout(() => {
      state.timer = undefined
      now.current()
    }, PAUSE)
  }, [])
  useEffect(look, [look])
  useEffect(
    () => () => {
      clearTimeout(sight.current.timer)
      sight.current.timer = undefined
    },
    [],
  )

  const refresh = useCallback(() => {
    setWanted({ ask, blocks: NONE })
    now.current()
    void client.resetQueries({ queryKey: key })
    void client.invalidateQueries({ queryKey: ['keys'] })
  }, [client, ask, key])

  const runs = useMemo(() => {
    // A search that fits the newest page is simply shown as it is now.
    if (fits) return live.data.runs ?? []
    const all = new Array<RunRow | undefined>(total).fill(undefined)
    const put = (rows: Rows | undefined, at: number) =>
      rows?.runs?.forEach((run, i) => {
        if (at + i < total) all[at + i] = run
      })
    put(first, 0)
    blocks.forEach((block, place) => put(further.get(place)?.data, block * BLOCK))
    if (most !== undefined) put(many.data, 0)
    const changed = new Map((live.data?.runs ?? []).map((run) => [run.run_id, run]))
    if (changed.size)
      all.forEach((run, i) => {
        if (run) all[i] = changed.get(run.run_id) ?? run
      })
    return all
  }, [fits, live.data, total, first, blocks, further, most, many.data])
  const newest = live.data?.runs
  const fresh = useMemo(() => {
    if (fits || !newest) return 0
    const unknown = new Set(newest.map((run) => run.run_id))
    // Most are at the top, and then no further is looked.
    for (const run of runs) {
      if (run) unknown.delete(run.run_id)
      if (unknown.size === 0) break
    }
    return unknown.size
  }, [fits, newest, runs])

  return {
    runs,
    error: head.error ?? many.error ?? [...further.values()].find((part) => part.error)?.error,
    pending: head.isPending && enabled,
    fresh,
    need,
    refresh,
  }
}
