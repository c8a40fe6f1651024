import { useQueries, useQuery } from '@tanstack/react-query'
import { useRights } from '../access/useRights'
import { ApiError } from '../api/client'
import { reports } from '../api/reports'
import { run } from '../api/runs'
import { findExperiments, findModels, findRuns, findVersions } from '../api/search'
import { currentUser } from '../api/users'
import { useDebounced } from '../shell/hooks'
import { useT } from '../shell/settings'
import {
  containsFilter,
  experimentHit,
  modelHit,
  pagesFor,
  ranked,
  reportHit,
  runHit,
  versionHit,
  versionOf,
  wordsOf,
  type Hit,
} from './hits'

const MAX_EACH = 8
const RUN_ID = /^[0-9a-f]{32}$/i

/** A search of one kind. What cannot be searched, for lack of permissions or because it takes too long, finds nothing. */
function search(kind: string, text: string, find: () => Promise<Hit[]>, enabled = true) {
  return {
    queryKey: ['search', kind, text],
    queryFn: () =>
      find().catch((error: unknown) => {
        if (error instanceof ApiError) return []
        throw error
      }),
    enabled,
    staleTime: 20_000,
    retry: false,
  }
}

/**
 * Returns what a text finds, best first of each kind.
 *
 * @returns `current`: the hits are those of the text and not of an earlier one; runs may be missing, which come last. `searching`: more may come
 */
export function useHits(typed: string): { hits: Hit[]; current: boolean; searching: boolean } {
  const t = useT()
  const me = useQuery(currentUser).data
  const administers = useRights('server/*')('manage') === undefined
  const text = useDebounced(typed.trim(), 150)
  const words = wordsOf(text)
  const named = words.length > 0
  const version = versionOf(text)
  const results = useQueries({
    queries: [
      search('experiments', text, async () => {
        const byName = await findExperiments(containsFilter('name', words), MAX_EACH)
        const byId = /^\d+$/.test(text) ? await findExperiments(`experiment_id IN ('${text}')`, 1) : []
        return [...byId, ...byName.filter((one) => one.experiment_id !== text)].map(experimentHit)
      }),
      search(
        'models',
        text,
        async () => (await findModels(containsFilter('name', words), MAX_EACH)).map(modelHit),
        named,
      ),
      search(
        'versions',
        text,
        async () => {
          const filter = `${containsFilter('name', version!.words)} AND version_number = ${version!.version}`
          return (await findVersions(filter, MAX_EACH)).map(versionHit)
        },
        version !== undefined,
      ),
      search(
        'reports',
        text,
        async () => (await reports(text).queryFn!({} as never)).slice(0, MAX_EACH).map(reportHit),
        named,
      ),
      search(
        'runs',
        text,
        async () => {
          const filter = containsFilter('attributes.run_name', words)
          return (await findRuns(filter, MAX_EACH)).map(({ run, experiment }) => runHit(run, experiment))
        },
        named && !RUN_ID.test(text),
      ),
    ],
  })
  const byId = useQuery({ ...run(text.toLowerCase()), enabled: RUN_ID.test(text), retry: false })
  const pages = pagesFor(words, t, me ? (administers ? 'administrator' : 'user') : undefined)
  const [experiments, models, versions, reportHits, runs] = results.map((result) => ranked(result.data ?? [], text))
  const hits = [
    ...(byId.data ? [runHit(byId.data.info)] : []),
    ...(named ? ranked(pages, text) : []),
    ...experiments!,
    ...(versions ?? []),
    ...(models ?? []),
    ...(reportHits ?? []),
    ...(runs ?? []),
    ...(named ? [] : pages),
  ]
  const settled = text === typed.trim()
  return {
    hits,
    // Whether a search is still to be answered: a query that is not enabled stays pending.
    current:
      settled &&
      ![true, named, version !== undefined, named].some((asked, i) => asked && results[i]!.isPending) &&
      !(RUN_ID.test(text) && byId.isPending),
    searching: !settled || results.some((result) => result.isFetching),
  }
}
