import { useQueries, useQuery, useQueryClient } from '@tanstack/react-query'
import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { fetchRows, type RowsRequest } from '../api/runs'
import { type Rows, type RunRow } from '../api/types'
import { problemOf } from '../shell/Problem'

/** The number of runs in a block: few enough to load quickly, and more than a screen shows. */
const BLOCK = 200
/** A block is requested when it is this many lines away from the visible lines. */
const MARGIN = 60
/** The number of blocks that are kept in addition to the cache of queries. */
const KEPT = 60
/** Milliseconds between requests while scrolling. Lines that are visible for a shorter time are not loaded. */
const PAUSE = 80
const LIVE = 100
const LIVE_MILLISECONDS = 4000

export interface RowsState {
  /** the runs of the search in order; undefined for a run that is not loaded */
  runs: (RunRow | undefined)[]
  error: unknown
  pending: boolean
  /** the number of runs that are newer than the loaded search result */
  fresh: number
  /** reports the positions of the first and the last visible run */
  need: (first: number, last: number) => void
  refresh: () => void
}

interface Part {
  data: Rows | undefined
  error: unknown
}

/** Module level: a new function on each render would make a new result on each render. The result is a map, because maps are not compared deeply. */
const byPlace = (results: Part[]) => new Map(results.map(({ data, error }, place) => [place, { data, error }]))
const NONE: number[] = []

/**
 * The runs of a search. Blocks are loaded when they become visible; the newest runs are kept up to date.
 *
 * @param most the number of runs to load at once; undefined to load blocks on demand
 * @param watched whether the runs are visible and have to be kept up to date
 */
export function useRows(
  request: RowsRequest,
  { enabled, most, watched }: { enabled: boolean; most: number | undefined; watched: boolean },
): RowsState {
  const client = useQueryClient()
  const key = useMemo(() => ['rows', request], [request])
  // Comparing thousands of rows deeply costs more than rendering the visible ones.
  const how = { staleTime: 30_000, refetchOnWindowFocus: false, structuralSharing: false } as const
  const head = useQuery({
    queryKey: [...key, 0],
    queryFn: () => fetchRows({ ...request, max_results: BLOCK }),
    enabled,
    placeholderData: (before: Rows | undefined) => before,
    ...how,
  })
  const first = head.data
  const live = useQuery({
    queryKey: ['live', request],
    queryFn: () => fetchRows({ ...request, max_results: LIVE }),
    enabled: enabled && watched && !head.isPlaceholderData && first !== undefined,
    refetchInterval: LIVE_MILLISECONDS,
  })
  const fits = live.data !== undefined && !live.data.next_page_token
  const total = fits ? (live.data.runs ?? []).length : Math.max(first?.total ?? 0, first?.runs?.length ?? 0)

  const [wanted, setWanted] = useState({ request, blocks: NONE })
  const blocks = wanted.request === request && !head.isPlaceholderData ? wanted.blocks : NONE
  const further = useQueries({
    queries: blocks.map((block) => ({
      queryKey: [...key, block],
      queryFn: () => {
        // After a loaded block the search continues with its token, which is cheaper than skipping runs.
        const token = client.getQueryData<Rows>([...key, block - 1])?.next_page_token
        return fetchRows({
          ...request,
          ...(token ? { page_token: token } : { skip: block * BLOCK }),
          max_results: BLOCK,
        })
      },
      ...how,
    })),
    combine: byPlace,
  })
  const many = useQuery({
    queryKey: [...key, 'first', most],
    queryFn: () => fetchRows({ ...request, max_results: most }),
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
      const known = before.request === request ? before.blocks : NONE
      return seen.every((block) => known.includes(block))
        ? before
        : { request, blocks: [...known.filter((block) => !seen.includes(block)), ...seen].slice(-KEPT) }
    })
  }, [request, total])
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
    setWanted({ request, blocks: NONE })
    now.current()
    void client.resetQueries({ queryKey: key })
    void client.invalidateQueries({ queryKey: ['keys'] })
  }, [client, request, key])

  const runs = useMemo(() => {
    // If the newest runs are all runs of the search, they are the result.
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
    // Most are found at the top, which ends the loop early.
    for (const run of runs) {
      if (run) unknown.delete(run.run_id)
      if (unknown.size === 0) break
    }
    return unknown.size
  }, [fits, newest, runs])

  return {
    runs,
    error: [head, many, ...further.values()].map(problemOf).find((error) => error),
    pending: head.isPending && enabled,
    fresh,
    need,
    refresh,
  }
}
