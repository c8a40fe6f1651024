import { lazy, Suspense } from 'react'
import { GettingStarted } from '../experiments/GettingStarted'
import { useT } from '../shell/settings'
import type { RunAppearance } from './colours'
import { RunsTable } from './RunsTable'
import type { ExperimentRuns } from './useExperimentRuns'
import { type RunsSearch } from './view'

const Board = lazy(() => import('../charts/Board').then((module) => ({ default: module.Board })))
const NO_ORDER: string[] = []

/** The runs of an experiment as a table or as charts, or what to do if there are none. */
export function RunsContent({
  experimentId,
  name,
  search,
  found,
  looks,
  change,
}: {
  experimentId: string
  name: string | undefined
  search: RunsSearch
  found: ExperimentRuns
  looks: RunAppearance
  change: (next: Partial<RunsSearch>) => void
}) {
  const t = useT()
  const { rows, columnChoice, selection } = found
  const nothing = found.keys !== undefined && !rows.pending && !rows.error && rows.runs.length === 0
  if (nothing && !search.q && !search.deleted)
    return (
      <div style={{ overflow: 'auto' }}>
        <GettingStarted experiment={name} />
      </div>
    )
  if (search.tab === 'charts')
    return (
      <Suspense fallback={<p className="empty">{t('loading')}</p>}>
        <Board
          experimentId={experimentId}
          filter={found.filter}
          order={found.request.order_by ?? NO_ORDER}
          deleted={search.deleted === true}
          keys={found.keys}
          search={search}
          looks={looks}
          selected={selection.ids}
          change={change}
        />
      </Suspense>
    )
  if (nothing) return <p className="empty">{t('noRunsMatch')}</p>
  return (
    <RunsTable
      items={found.lines}
      columns={found.columns}
      pinned={columnChoice.pinned}
      layout={columnChoice.layout}
      sort={search.sort}
      aggregates={columnChoice.aggregates}
      selected={selection.ids}
      looks={looks}
      storageKey={experimentId}
      place={JSON.stringify([experimentId, search.q, search.sort, search.group, search.deleted])}
      onSort={(sort) => change({ sort })}
      onSelect={selection.select}
      onRange={selection.selectRange}
      onColumns={columnChoice.setColumns}
      onPin={columnChoice.togglePin}
      onAggregate={columnChoice.setAggregate}
      onToggle={found.toggle}
      onNeed={found.need}
    />
  )
}
