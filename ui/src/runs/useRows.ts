import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query'
import { useCallback, useMemo, useRef } from 'react'
import { fetchAllRows, fetchRows, type RowsAsk } from '../api/queries'
import type { RunRow } from '../api/types'

/** The first page is what a person waits for; later ones come in larger steps, the larger the farther one has jumped. */
const FIRST = 200
const NEXT = 2000
const LARGEST = 10_000
const LIVE = 100
const LIVE_MILLISECONDS = 4000

export interface RowsState {
  runs: RunRow[]
  total: number
  error: unknown
  pending: boolean
  busy: boolean
  /** how many runs have come since */
  fresh: number
  hasMore: boolean
  /** fetches further, towards the run of this number */
  more: (index?: number) => void
  /** all runs of the search, of which {@link runs} are those that were needed so far */
  everything: () => Promise<RunRow[]>
  refresh: () => void
}

/** The runs of a search, page by page as they are needed, and what changes in the newest of them while one looks. */
export function useRows(ask: RowsAsk, enabled: boolean): RowsState {
  const client = useQueryClient()
  const key = useMemo(() => ['rows', ask], [ask])
  const missing = useRef(0)
  const query = useInfiniteQuery({
    queryKey: key,
    queryFn: ({ pageParam }) => fetchRows({ ...ask, page_token: pageParam, max_results: pageParam ? Math.min(LARGEST, Math.max(NEXT, missing.current)) : FIRST }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_page_token,
    enabled,
    staleTime: 30_000,
    refetchOnWindowFocus: false,
    placeholderData: (before) => before,
    // Looking for what is the same in thousands of rows costs more than drawing those in sight.
    structuralSharing: false,
  })
  const pages = query.data?.pages
  const first = pages?.[0]
  const live = useQuery({
    queryKey: ['live', ask],
    queryFn: () => fetchRows({ ...ask, max_results: LIVE }),
    enabled: enabled && !query.isPlaceholderData && first !== undefined,
    refetchInterval: LIVE_MILLISECONDS,
  })

  const refresh = useCallback(() => {
    void client.resetQueries({ queryKey: key })
    void client.invalidateQueries({ queryKey: ['keys'] })
  }, [client, key])

  const runs = useMemo(() => {
    const now = new Map((live.data?.runs ?? []).map((run) => [run.run_id, run]))
    const merged: RunRow[] = []
    for (const page of pages ?? []) for (const run of page.runs ?? []) merged.push(now.get(run.run_id) ?? run)
    // A search that fits the newest page is simply shown as it is now.
    return live.data && !live.data.next_page_token && (pages?.length ?? 0) <= 1 ? (live.data.runs ?? []) : merged
  }, [pages, live.data])
  const fits = live.data !== undefined && !live.data.next_page_token && (pages?.length ?? 0) <= 1
  const newest = live.data?.runs
  const fresh = useMemo(() => {
    if (fits || !newest) return 0
    const unknown = new Set(newest.map((run) => run.run_id))
    // Most are on the first page, and then no other is looked at.
    for (const page of pages ?? []) {
      for (const run of page.runs ?? []) unknown.delete(run.run_id)
      if (unknown.size === 0) break
    }
    return unknown.size
  }, [fits, newest, pages])

  const { hasNextPage, isFetchingNextPage, fetchNextPage } = query
  const more = useCallback((index = 0) => {
    missing.current = index - runs.length
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage()
  }, [runs.length, hasNextPage, isFetchingNextPage, fetchNextPage])
  const everything = useCallback(() => fetchAllRows(ask), [ask])

  return {
    runs,
    total: fits ? runs.length : Math.max(first?.total ?? 0, runs.length),
    error: query.error,
    pending: query.isPending && enabled,
    busy: query.isFetching,
    fresh,
    hasMore: hasNextPage,
    more,
    everything,
    refresh,
  }
}
