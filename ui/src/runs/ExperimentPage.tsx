import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { lazy, Suspense, useCallback, useMemo, useState } from 'react'
import { ApiError } from '../api/client'
import { experiment } from '../api/experiments'
import { fetchAllRows, keys as keysQuery, type RowsRequest } from '../api/runs'
import { GettingStarted } from '../experiments/GettingStarted'
import { save, toCsv } from '../shell/format'
import { useTitle } from '../shell/hooks'
import { Problem } from '../shell/Problem'
import { useT } from '../shell/settings'
import { Segments } from '../shell/Tabs'
import { useAction } from '../shell/toasts'
import { BulkActions } from './BulkActions'
import { assignColours, useRunAppearance } from './colours'
import { columnLabel } from './columnLabel'
import { flatLines, groupLines, positionOf, treeLines } from './lines'
import { RunsTable } from './RunsTable'
import { RunsToolbar } from './RunsToolbar'
import { useNestedRuns } from './useNestedRuns'
import { useColumns } from './useColumns'
import { useOpenLines } from './useOpenLines'
import { useRows } from './useRows'
import { useSelection } from './useSelection'
import {
  and,
  differingColumns,
  filterOf,
  groupsOf,
  keyOf,
  kindOf,
  NO_KEYS,
  orderOf,
  PARENT,
  plain,
  valueOf,
  type RunsSearch,
} from './view'

const Board = lazy(() => import('../charts/Board').then((module) => ({ default: module.Board })))
const AddToReport = lazy(() => import('../reports/AddToReport').then((module) => ({ default: module.AddToReport })))
const NO_ORDER: string[] = []
/** Grouping and "differences only" need all runs. This limits the memory of the browser. */
const MAX_RUNS_AT_ONCE = 10_000

/** An experiment: its runs as a table, and as charts. */
export function ExperimentPage() {
  const { experimentId } = useParams({ strict: false }) as { experimentId: string }
  const search = useSearch({ strict: false }) as RunsSearch
  return <Experiment key={experimentId} id={experimentId} search={search} />
}

function Experiment({ id, search }: { id: string; search: RunsSearch }) {
  const t = useT()
  const client = useQueryClient()
  const navigate = useNavigate()
  const act = useAction()
  const looks = useRunAppearance()
  const about = useQuery(experiment(id))
  const known = useQuery({ ...keysQuery([id]), refetchInterval: 15_000 })
  const keys = known.data ?? NO_KEYS
  const [reporting, setReporting] = useState(false)
  const [open, toggle] = useOpenLines(id)
  useTitle(about.data?.name)

  const change = useCallback(
    (next: Partial<RunsSearch>) =>
      void navigate({
        to: '/experiments/$experimentId',
        params: { experimentId: id },
        search: (before) => withoutUndefined({ ...(before as RunsSearch), ...next }),
        replace: true,
      }),
    [navigate, id],
  )
  const columnChoice = useColumns(id, keys, search, change)
  const { chosen, requested, aggregates, layout } = columnChoice

  const nested = keys.tags.includes(PARENT)
  const charts = search.tab === 'charts'
  const tree = nested && !charts && search.tree !== false && !search.group && !search.q && !search.sort
  const filter = filterOf(search.q ?? '')
  const request = useMemo<RowsRequest>(
    () => ({
      experiment_ids: [id],
      filter: and(filter, tree ? `tags.\`${PARENT}\` IS NULL` : ''),
      run_view_type: search.deleted ? 'DELETED_ONLY' : 'ACTIVE_ONLY',
      order_by: orderOf(search.sort, aggregates),
      metrics: layout.metrics,
      extremes: layout.extremes,
      params: layout.params,
      tags: layout.tags,
    }),
    [id, filter, tree, search.deleted, search.sort, aggregates, layout],
  )
  const rows = useRows(request, {
    enabled: known.isSuccess,
    most: !charts && (search.group || search.diff) ? MAX_RUNS_AT_ONCE : undefined,
    watched: !charts,
  })
  const { runs, need: needRuns } = rows
  const loaded = useMemo(() => {
    const loaded = runs.filter((run) => run !== undefined)
    assignColours(loaded)
    return loaded
  }, [runs])
  const columns = useMemo(
    () => (search.diff && loaded.length > 1 ? differingColumns(requested, chosen, loaded, layout) : chosen),
    [search.diff, chosen, requested, loaded, layout],
  )
  const { counts, children } = useNestedRuns(id, tree, open, request)
  const lines = useMemo(() => {
    if (search.group) return groupLines(groupsOf(loaded, search.group, columns, layout), open)
    return tree ? treeLines(runs, open, counts, children) : flatLines(runs)
  }, [runs, loaded, search.group, columns, layout, open, tree, counts, children])
  const selection = useSelection(lines, () => fetchAllRows(request))
  const need = useCallback(
    (first: number, last: number) => needRuns(positionOf(lines, first), positionOf(lines, last)),
    [lines, needRuns],
  )

  /** Fetches every run, loaded or not, nested runs included. */
  const fetchEverything = () => fetchAllRows({ ...request, filter })
  const total = runs.length + (tree ? [...(counts?.values() ?? [])].reduce((sum, n) => sum + n, 0) : 0)
  const csv = (only?: Set<string>) =>
    void act(async () => {
      // The file has the columns of the moment of the click, even if the page has changed before all runs have arrived.
      const found = loaded.length === total ? loaded : await fetchEverything()
      const written = only ? found.filter((run) => only.has(run.run_id)) : found
      const head = ['run_id', 'run_name', ...columns.map((c) => (kindOf(c) === 'a' ? columnLabel(c, t) : keyOf(c)))]
      const cells = written.map((run) => [
        run.run_id,
        run.run_name,
        ...columns.map((c) => plain(valueOf(run, c, layout), c)),
      ])
      save(`${about.data?.name ?? 'runs'}.csv`, toCsv([head, ...cells]), 'text/csv')
    })

  if (about.error)
    return (
      <div className="page">
        <Problem error={about.error} retry={() => void about.refetch()} />
      </div>
    )
  const refused = rows.error instanceof ApiError && rows.error.status < 500 ? rows.error : null
  const nothing = known.isSuccess && !rows.pending && !rows.error && runs.length === 0

  return (
    <div className="full">
      <Head name={about.data?.name} tab={charts ? 'charts' : 'table'} onTab={(tab) => change({ tab })} />
      <RunsToolbar
        experimentId={id}
        keys={keys}
        search={search}
        change={change}
        columns={columnChoice}
        rows={rows}
        invalid={refused !== null}
        tree={nested ? tree : undefined}
        onCsv={() => csv()}
        onReport={() => setReporting(true)}
        onShowDeleted={() => {
          selection.clear()
          change({ deleted: search.deleted ? undefined : true })
        }}
      />
      {refused && (
        <pre className="filter-error" role="alert">
          {refused.message}
        </pre>
      )}
      {rows.error && !refused ? (
        <div style={{ padding: 14 }}>
          <Problem error={rows.error} retry={rows.refresh} />
        </div>
      ) : null}
      {!refused &&
        (nothing && !search.q && !search.deleted ? (
          <div style={{ overflow: 'auto' }}>
            <GettingStarted experiment={about.data?.name} />
          </div>
        ) : charts ? (
          <Suspense fallback={<p className="empty">{t('loading')}</p>}>
            <Board
              experimentId={id}
              filter={filter}
              order={request.order_by ?? NO_ORDER}
              deleted={search.deleted === true}
              keys={known.data}
              search={search}
              looks={looks}
              selected={selection.ids}
              change={change}
            />
          </Suspense>
        ) : nothing ? (
          <p className="empty">{t('noRunsMatch')}</p>
        ) : (
          <RunsTable
            items={lines}
            columns={columns}
            pinned={columnChoice.pinned}
            layout={layout}
            sort={search.sort}
            aggregates={aggregates}
            selected={selection.ids}
            looks={looks}
            storageKey={id}
            place={JSON.stringify([id, search.q, search.sort, search.group, search.deleted])}
            onSort={(sort) => change({ sort })}
            onSelect={selection.select}
            onRange={selection.selectRange}
            onColumns={columnChoice.setColumns}
            onPin={columnChoice.togglePin}
            onAggregate={columnChoice.setAggregate}
            onToggle={toggle}
            onNeed={need}
          />
        ))}
      {reporting && (
        <Suspense fallback={null}>
          <AddToReport
            block={{
              show: 'table',
              experiment: id,
              filter: filter || undefined,
              sort: search.sort,
              n: Math.min(20, Math.max(1, runs.length)),
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
          onAll={() =>
            void act(async () => {
              const everything = await fetchEverything()
              selection.select(
                everything.map((run) => run.run_id),
                true,
              )
            })
          }
          onCsv={() => csv(selection.ids)}
        />
      )}
    </div>
  )
}

/** The name of the experiment, and the switch between table and charts. */
function Head({
  name,
  tab,
  onTab,
}: {
  name: string | undefined
  tab: 'table' | 'charts'
  onTab: (tab: RunsSearch['tab']) => void
}) {
  const t = useT()
  return (
    <div className="bar" style={{ paddingBottom: 2 }}>
      <div style={{ minWidth: 0 }}>
        <nav className="crumbs" aria-label="breadcrumb" style={{ marginBottom: 0 }}>
          <Link to="/experiments">{t('experiments')}</Link>
          <span aria-hidden="true">/</span>
        </nav>
        <h1 className="ellipsis">{name ?? ' '}</h1>
      </div>
      <span className="spacer" />
      <Segments
        value={tab}
        label={t('view')}
        onChange={(next) => onTab(next === 'charts' ? 'charts' : undefined)}
        options={[
          ['table', t('table')],
          ['charts', t('charts')],
        ]}
      />
    </div>
  )
}

/** Removes keys without a value, so that addresses stay short. */
function withoutUndefined(search: RunsSearch): RunsSearch {
  return Object.fromEntries(Object.entries(search).filter(([, value]) => value !== undefined))
}
