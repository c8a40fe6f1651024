import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { lazy, Suspense, useCallback, useState } from 'react'
import { ApiError } from '../api/client'
import { experiment } from '../api/experiments'
import { OriginBanner } from '../experiments/OriginBanner'
import { save, toCsv } from '../shell/format'
import { useTitle } from '../shell/hooks'
import { PageProblem, Problem, problemOf } from '../shell/Problem'
import { useT } from '../shell/settings'
import { useAction } from '../shell/toasts'
import { BulkActions } from './BulkActions'
import { useRunAppearance } from './colours'
import { ExperimentHead } from './ExperimentHead'
import { RunsContent } from './RunsContent'
import { runsCsv } from './runsCsv'
import { RunsToolbar } from './RunsToolbar'
import { useExperimentRuns } from './useExperimentRuns'
import { type RunsSearch } from './view'

const ExperimentPermissions = lazy(() =>
  import('./ExperimentPermissions').then((module) => ({ default: module.ExperimentPermissions })),
)
const AddToReport = lazy(() => import('../reports/AddToReport').then((module) => ({ default: module.AddToReport })))

/** An experiment: its runs as a table and as charts, and the permissions on it. */
export function ExperimentPage() {
  const { experimentId } = useParams({ strict: false }) as { experimentId: string }
  const search = useSearch({ strict: false }) as RunsSearch
  const change = useChangeSearch(experimentId)
  if (search.tab === 'permissions') return <Permissions id={experimentId} onTab={(tab) => change({ tab })} />
  return <Experiment key={experimentId} id={experimentId} search={search} change={change} />
}

function Permissions(props: { id: string; onTab: (tab: RunsSearch['tab']) => void }) {
  return (
    <Suspense fallback={null}>
      <ExperimentPermissions {...props} />
    </Suspense>
  )
}

function Experiment({
  id,
  search,
  change,
}: {
  id: string
  search: RunsSearch
  change: (next: Partial<RunsSearch>) => void
}) {
  const t = useT()
  const client = useQueryClient()
  const act = useAction()
  const looks = useRunAppearance()
  const about = useQuery(experiment(id))
  const found = useExperimentRuns(id, search, change)
  const { rows, loaded, total, columns, columnChoice, selection } = found
  const [reporting, setReporting] = useState(false)
  useTitle(about.data?.name)

  const csv = (only?: Set<string>) =>
    void act(async () => {
      // The file has the columns of the moment of the click, even if the page has changed before all runs have arrived.
      const all = loaded.length === total ? loaded : await found.fetchAll()
      const written = only ? all.filter((run) => only.has(run.run_id)) : all
      const csv = toCsv(runsCsv(written, columns, columnChoice.layout, t))
      save(`${about.data?.name ?? 'runs'}.csv`, csv, 'text/csv')
    })
  const selectAll = () =>
    void act(async () => {
      const all = await found.fetchAll()
      selection.select(
        all.map((run) => run.run_id),
        true,
      )
    })

  if (problemOf(about)) return <PageProblem query={about} />
  const refused = rows.error instanceof ApiError && rows.error.status < 500 ? rows.error : null
  return (
    <div className="full">
      <ExperimentHead name={about.data?.name} tab={search.tab} onTab={(tab) => change({ tab })} />
      <OriginBanner experimentId={id} />
      <RunsToolbar
        experimentId={id}
        search={search}
        change={change}
        found={found}
        invalid={refused !== null}
        onCsv={() => csv()}
        onReport={() => setReporting(true)}
        onShowDeleted={() => {
          selection.clear()
          change({ deleted: search.deleted ? undefined : true })
        }}
      />
      {refused ? (
        <pre className="filter-error" role="alert">
          {refused.message}
        </pre>
      ) : (
        <>
          {rows.error ? (
            <div style={{ padding: 14 }}>
              <Problem error={rows.error} retry={rows.refresh} />
            </div>
          ) : null}
          <RunsContent
            experimentId={id}
            name={about.data?.name}
            search={search}
            found={found}
            looks={looks}
            change={change}
          />
        </>
      )}
      {reporting && (
        <Suspense fallback={null}>
          <AddToReport
            block={{
              show: 'table',
              experiment: id,
              filter: found.filter || undefined,
              sort: search.sort,
              n: Math.min(20, Math.max(1, rows.runs.length)),
              columns: columns.filter((c) => c !== 'a:name').slice(0, 12),
            }}
            close={() => setReporting(false)}
          />
        </Suspense>
      )}
      {selection.ids.size > 0 && (
        <BulkActions
          ids={[...selection.ids]}
          experimentId={id}
          deleted={search.deleted === true}
          onDone={() => {
            selection.clear()
            rows.refresh()
            void client.invalidateQueries({ queryKey: ['live'] })
          }}
          onClear={selection.clear}
          all={selection.ids.size < total && loaded.every((run) => selection.ids.has(run.run_id)) ? total : undefined}
          onAll={selectAll}
          onCsv={() => csv(selection.ids)}
        />
      )}
    </div>
  )
}

/** Returns a function that changes the state of the page, which is in its address. */
function useChangeSearch(id: string): (next: Partial<RunsSearch>) => void {
  const navigate = useNavigate()
  return useCallback(
    (next) =>
      void navigate({
        to: '/experiments/$experimentId',
        params: { experimentId: id },
        search: (before) => withoutUndefined({ ...(before as RunsSearch), ...next }),
        replace: true,
      }),
    [navigate, id],
  )
}

/** Removes keys without a value, so that addresses stay short. */
function withoutUndefined(search: RunsSearch): RunsSearch {
  return Object.fromEntries(Object.entries(search).filter(([, value]) => value !== undefined))
}
