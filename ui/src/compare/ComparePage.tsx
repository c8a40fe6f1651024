import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { useMemo } from 'react'
import { experiment, experiments as experimentsQuery } from '../api/experiments'
import { fetchRows, keys as keysQuery, quote } from '../api/runs'
import { type RunRow } from '../api/types'
import { assignColours, useRunAppearance } from '../runs/colours'
import { layoutOf, systemLast, type Layout } from '../runs/view'
import { useTitle } from '../shell/hooks'
import { Problem, problemOf } from '../shell/Problem'
import { useT } from '../shell/settings'
import { Tabs } from '../shell/Tabs'
import { CompareCharts } from './CompareCharts'
import { CompareImages } from './CompareImages'
import { CompareTable } from './CompareTable'

/** The number of run ids in one search. */
const CHUNK = 200
const MAX_RUNS = 1000

/** A comparison of runs: a table whose differences come first, charts, and images. */
export function ComparePage() {
  const t = useT()
  const navigate = useNavigate()
  const looks = useRunAppearance()
  const search = useSearch({ strict: false }) as {
    runs?: string[]
    experiment?: string | number
    same?: boolean
    tab?: string
  }
  const only = search.experiment === undefined ? undefined : String(search.experiment)
  const ids = useMemo(() => (search.runs ?? []).slice(0, MAX_RUNS), [search.runs])
  useTitle(t('compare'))

  const where = useQuery({
    queryKey: ['compare-experiments', ids],
    enabled: ids.length > 0,
    queryFn: async ({ client }) => {
      if (only) return [only]
      const all = await client.query(experimentsQuery())
      return [
        ...new Set(
          (
            await fetchRuns(
              ids,
              all.map((one) => one.experiment_id),
            )
          ).map((run) => run.experiment_id),
        ),
      ]
    },
  })
  const about = useQuery({ ...experiment(only ?? ''), enabled: only !== undefined })
  const experiments = where.data ?? []
  const known = useQuery({ ...keysQuery(experiments), enabled: experiments.length > 0 })
  const columns = useMemo(
    () =>
      known.data
        ? [
            ...systemLast(known.data.metrics.map((m) => m.key)).map((key) => `m:${key}`),
            ...known.data.params.map((p) => `p:${p}`),
            ...known.data.tags.filter((tag) => !tag.startsWith('mlflow.')).map((tag) => `t:${tag}`),
          ]
        : [],
    [known.data],
  )
  const layout = useMemo(() => layoutOf(columns.slice(0, 1200)), [columns])
  const found = useQuery({
    queryKey: ['compare', ids, layout.metrics, layout.params, layout.tags],
    enabled: known.isSuccess,
    queryFn: () => fetchRuns(ids, experiments, layout),
    refetchInterval: 8000,
    placeholderData: (before) => before,
  })
  const runs = useMemo(() => {
    const byId = new Map((found.data ?? []).map((run) => [run.run_id, run]))
    const runs = ids.flatMap((id) => byId.get(id) ?? [])
    assignColours(runs)
    return runs
  }, [found.data, ids])

  const change = (next: Partial<typeof search>) =>
    void navigate({ to: '/compare', search: { ...search, ...next }, replace: true })
  if (ids.length < 2) return <p className="empty">{t('compareNone')}</p>
  const error = problemOf(where) ?? problemOf(known) ?? problemOf(found)
  const tab = search.tab ?? 'table'
  return (
    <div className="full">
      <div className="bar">
        <div>
          <nav className="crumbs" aria-label="breadcrumb" style={{ marginBottom: 0 }}>
            <Link to="/experiments">{t('experiments')}</Link>
            <span aria-hidden="true">/</span>
            {only && (
              <>
                <Link to="/experiments/$experimentId" params={{ experimentId: only }}>
                  {about.data?.name ?? only}
                </Link>
                <span aria-hidden="true">/</span>
              </>
            )}
          </nav>
          <h1>
            {t('compare')}{' '}
            <span className="faint num" style={{ fontWeight: 400 }}>
              {t('runsCount', { n: ids.length })}
            </span>
          </h1>
        </div>
      </div>
      <div style={{ padding: '0 14px' }}>
        <Tabs
          value={tab}
          onChange={(next) => change({ tab: next === 'table' ? undefined : next })}
          options={[
            { id: 'table', label: t('differences') },
            { id: 'charts', label: t('charts') },
            { id: 'images', label: t('images') },
          ]}
        />
      </div>
      {error ? (
        <div style={{ padding: 14 }}>
          <Problem error={error} />
        </div>
      ) : !found.data ? (
        <p className="empty">{t('loading')}</p>
      ) : tab === 'charts' ? (
        <CompareCharts runs={runs} layout={layout} looks={looks} />
      ) : tab === 'images' ? (
        <CompareImages runs={runs} looks={looks} />
      ) : (
        <CompareTable
          runs={runs}
          columns={columns}
          layout={layout}
          looks={looks}
          same={search.same === true}
          onSame={(same) => change({ same: same || undefined })}
          onRemove={(id) => change({ runs: ids.filter((other) => other !== id) })}
        />
      )}
    </div>
  )
}

async function fetchRuns(ids: string[], experiments: string[], layout?: Layout): Promise<RunRow[]> {
  const chunks: string[][] = []
  for (let i = 0; i < ids.length; i += CHUNK) chunks.push(ids.slice(i, i + CHUNK))
  const pages = await Promise.all(
    chunks.map((chunk) =>
      fetchRows({
        experiment_ids: experiments,
        filter: `attributes.run_id IN (${chunk.map(quote).join(', ')})`,
        run_view_type: 'ALL',
        max_results: CHUNK,
        metrics: layout?.metrics.slice(0, 500),
        params: layout?.params.slice(0, 500),
        tags: layout?.tags.slice(0, 500),
      }),
    ),
  )
  return pages.flatMap((page) => page.runs ?? [])
}
