import { useQueries, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { lazy, Suspense, useCallback, useMemo, useState } from 'react'
import { ApiError } from '../api/client'
import { experiment, fetchAllRows, keys as keysQuery, quote, type RowsAsk } from '../api/queries'
import type { RunRow } from '../api/types'
import { EmptyStore } from '../experiments/EmptyStore'
import { save, toCsv } from '../shell/format'
import { useTitle } from '../shell/hooks'
import { Icon } from '../shell/Icon'
import { Popover } from '../shell/Popover'
import { Problem } from '../shell/Problem'
import { remember, remembered, useT } from '../shell/settings'
import { Segments } from '../shell/Tabs'
import { useAction } from '../shell/toasts'
import { Bulk } from './Bulk'
import { giveColours, useLooks } from './colours'
import { Columns } from './Columns'
import { FilterBar } from './FilterBar'
import { label } from './label'
import { RunsTable, type Item } from './RunsTable'
import { useRows } from './useRows'
import {
  allColumns,
  and,
  defaultColumns,
  filterOf,
  groupsOf,
  keyOf,
  kindOf,
  layoutOf,
  NO_KEYS,
  orderOf,
  PARENT,
  plain,
  valueOf,
  type Aggregate,
  type RunsSearch,
} from './view'

const Board = lazy(() => import('../charts/Board').then((module) => ({ default: module.Board })))
const AddToReport = lazy(() => import('../reports/AddToReport').then((module) => ({ default: module.AddToReport })))
const NO_ORDER: string[] = []
/** Grouping and what differs look at all runs; this many are enough to see, and few enough for a browser. */
const MOST = 10_000

/** What is open in each experiment's table, for those who come back from a run. */
const opened = new Map<string, Set<string>>()

const listed = (results: { data?: RunRow[] }[]) => new Map(results.map(({ data }, i) => [i, data]))

/** Which of the search's runs stands at a line or behind it: nested ones are not counted. */
function placeOf(items: (Item | undefined)[], index: number): number {
  let place = 0
  for (let i = 0; i < Math.min(index, items.length); i++) {
    const item = items[i]
    if (item?.kind !== 'run' || item.depth === 0) place++
  }
  return place
}

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
  const looks = useLooks()
  const act = useAction()
  const about = useQuery(experiment(id))
  const ids = useMemo(() => [id], [id])
  const known = useQuery({ ...keysQuery(ids), refetchInterval: 15_000 })
  const keys = known.data ?? NO_KEYS
  const [selected, setSelected] = useState<Set<string>>(new Set())
  const [reporting, setReporting] = useState(false)
  const [open, setOpen] = useState<Set<string>>(() => opened.get(id) ?? new Set())
  useTitle(about.data?.name)

  const change = useCallback(
    (next: Partial<RunsSearch>) =>
      void navigate({
        to: '/experiments/$experimentId',
        params: { experimentId: id },
        search: (before) => clean({ ...(before as RunsSearch), ...next }),
        replace: true,
      }),
    [navigate, id],
  )

  // Columns: those of the address, else those this browser remembers, else what the runs suggest.
  const all = useMemo(() => allColumns(keys), [keys])
  const chosen = useMemo(
    () => search.cols ?? remembered<string[]>(`columns.${id}`) ?? defaultColumns(keys),
    [search.cols, id, keys],
  )
  const pinned = useMemo(() => search.pins ?? remembered<string[]>(`pins.${id}`) ?? [], [search.pins, id])
  const aggregates = useMemo(
    () => search.agg ?? remembered<Record<string, Aggregate>>(`aggregates.${id}`) ?? {},
    [search.agg, id],
  )
  const asked = useMemo(
    () =>
      search.diff
        ? [...new Set([...chosen, ...all.filter((c) => kindOf(c) === 'm' || kindOf(c) === 'p')])].slice(0, 400)
        : chosen,
    [search.diff, chosen, all],
  )
  const layout = useMemo(
    () => layoutOf(search.group ? [...asked, search.group] : asked, aggregates),
    [asked, search.group, aggregates],
  )

  const nested = keys.tags.includes(PARENT)
  const charts = search.tab === 'charts'
  const tree = nested && !charts && search.tree !== false && !search.group && !search.q && !search.sort
  const filter = filterOf(search.q ?? '')
  const place = JSON.stringify([id, search.q, search.sort, search.group, search.deleted])
  const ask = useMemo<RowsAsk>(
    () => ({
      experiment_ids: ids,
      filter: and(filter, tree ? `tags.\`${PARENT}\` IS NULL` : ''),
      run_view_type: search.deleted ? 'DELETED_ONLY' : 'ACTIVE_ONLY',
      order_by: orderOf(search.sort, aggregates),
      metrics: layout.metrics,
      extremes: layout.extremes,
      params: layout.params,
      tags: layout.tags,
    }),
    [ids, filter, tree, search.deleted, search.sort, aggregates, layout],
  )
  const rows = useRows(ask, {
    enabled: known.isSuccess,
    most: !charts && (search.group || search.diff) ? MOST : undefined,
    watched: !charts,
  })
  const { runs } = rows
  const loaded = useMemo(() => {
    const loaded = runs.filter((run) => run !== undefined)
    giveColours(loaded)
    return loaded
  }, [runs])

  const parents = useQuery({
    queryKey: ['parents', id],
    enabled: tree,
    refetchInterval: 20_000,
    queryFn: async () => {
      const counts = new Map<string, number>()
      for (const run of await fetchAllRows({
        experiment_ids: ids,
        filter: `tags.\`${PARENT}\` IS NOT NULL`,
        tags: [PARENT],
      })) {
        const parent = run.tags?.[0]
        if (parent) counts.set(parent, (counts.get(parent) ?? 0) + 1)
      }
      return counts
    },
  })

  const columns = useMemo(() => {
    if (!search.diff || loaded.length < 2) return chosen
    return asked.filter((column) => {
      if (kindOf(column) === 'a' || kindOf(column) === 't') return chosen.includes(column)
      // A run that has no value, such as a parent of others, does not differ by that.
      const present = loaded.map((run) => valueOf(run, column, layout)).filter((value) => value !== null)
      return present.some((value) => value !== present[0])
    })
  }, [search.diff, chosen, asked, loaded, layout])

  // What is under an open run, with the columns of now.
  const parentsOpen = useMemo(() => (tree ? [...open].filter((key) => !key.startsWith('group ')) : []), [tree, open])
  const children = useQueries({
    queries: parentsOpen.map((parent) => ({
      queryKey: ['nested', parent, ask],
      queryFn: () => fetchAllRows({ ...ask, filter: `tags.\`${PARENT}\` = ${quote(parent)}` }),
      staleTime: 5000,
      refetchInterval: 20_000,
      structuralSharing: false,
    })),
    combine: listed,
  })

  const items = useMemo<(Item | undefined)[]>(() => {
    if (search.group) {
      return groupsOf(loaded, search.group, columns, layout, (run, column) => valueOf(run, column, layout)).flatMap(
        (group): Item[] => {
          const isOpen = open.has(`group ${group.value}`)
          return [
            { kind: 'group', group, open: isOpen },
            ...(isOpen
              ? group.runs.map((run): Item => ({ kind: 'run', run, depth: 1, children: 0, open: false }))
              : []),
          ]
        },
      )
    }
    if (!tree) return runs.map((run) => run && { kind: 'run', run, depth: 0, children: 0, open: false })
    const under = new Map(parentsOpen.map((parent, i) => [parent, children.get(i)]))
    const line = (run: RunRow, depth: number): Item[] => {
      const isOpen = open.has(run.run_id)
      return [
        { kind: 'run', run, depth, children: parents.data?.get(run.run_id) ?? 0, open: isOpen },
        ...(isOpen ? (under.get(run.run_id) ?? []).flatMap((child) => line(child, depth + 1)) : []),
      ]
    }
    return runs.flatMap((run) => (run ? line(run, 0) : [undefined]))
  }, [runs, loaded, search.group, columns, layout, open, tree, parents.data, parentsOpen, children])

  const toggle = useCallback(
    (key: string) => {
      setOpen((before) => {
        const next = new Set(before)
        if (!next.delete(key)) next.add(key)
        opened.set(id, next)
        return next
      })
    },
    [id],
  )

  const needRuns = rows.need
  const need = useCallback(
    (first: number, last: number) => needRuns(placeOf(items, first), placeOf(items, last)),
    [items, needRuns],
  )
  const select = useCallback((runIds: string[], on: boolean) => {
    setSelected((before) => {
      const next = new Set(before)
      for (const runId of runIds) {
        if (on) next.add(runId)
        else next.delete(runId)
      }
      return next
    })
  }, [])
  const selectRange = (from: number, to: number, on: boolean) => {
    const part = items.slice(from, to + 1)
    const here = part.flatMap((item) =>
      item === undefined ? [] : item.kind === 'run' ? [item.run.run_id] : item.group.runs.map((run) => run.run_id),
    )
    if (part.every((item) => item !== undefined)) return select(here, on)
    // Some of those in between have never been in sight.
    void act(async () =>
      select(
        [
          ...here,
          ...(await fetchAllRows(ask)).slice(placeOf(items, from), placeOf(items, to + 1)).map((run) => run.run_id),
        ],
        on,
      ),
    )
  }
  /** All that there is, whether it is in sight, loaded, nested or not. */
  const everything = () => fetchAllRows({ ...ask, filter })
  const allRuns = runs.length + (tree ? [...(parents.data?.values() ?? [])].reduce((sum, n) => sum + n, 0) : 0)
  const setColumns = (next: string[] | undefined) => {
    remember(`columns.${id}`, next)
    change({ cols: next })
  }
  const csv = (only?: Set<string>) =>
    void act(async () => {
      // A file has what was asked for, not what happens to be on this page by now.
      const found = loaded.length === allRuns ? loaded : await everything()
      const shown = only ? found.filter((run) => only.has(run.run_id)) : found
      const head = ['run_id', 'run_name', ...columns.map((c) => (kindOf(c) === 'a' ? label(c, t) : keyOf(c)))]
      save(
        `${about.data?.name ?? 'runs'}.csv`,
        toCsv([
          head,
          ...shown.map((run) => [run.run_id, run.run_name, ...columns.map((c) => plain(valueOf(run, c, layout), c))]),
        ]),
        'text/csv',
      )
    })

  if (about.error)
    return (
      <div className="page">
        <Problem error={about.error} retry={() => void about.refetch()} />
      </div>
    )
  const refused = rows.error instanceof ApiError && rows.error.status < 500 ? rows.error : null
  const nothing = known.isSuccess && !rows.pending && !rows.error && runs.length === 0
  const groupable = [
    ...keys.params.map((p) => `p:${p}`),
    ...keys.tags.filter((tag) => !tag.startsWith('mlflow.') || tag === 'mlflow.source.name').map((tag) => `t:${tag}`),
  ]

  return (
    <div className="full">
      <div className="bar" style={{ paddingBottom: 2 }}>
        <div style={{ minWidth: 0 }}>
          <nav className="crumbs" aria-label="breadcrumb" style={{ marginBottom: 0 }}>
            <Link to="/experiments">{t('experiments')}</Link>
            <span aria-hidden="true">/</span>
          </nav>
          <h1 className="ellipsis">{about.data?.name ?? ' '}</h1>
        </div>
        <span className="spacer" />
        <Segments
          value={charts ? 'charts' : 'table'}
          label={t('table')}
          onChange={(tab) => change({ tab: tab === 'charts' ? 'charts' : undefined })}
          options={[
            ['table', t('table')],
            ['charts', t('charts')],
          ]}
        />
      </div>
      <div className="bar">
        <FilterBar
          value={search.q ?? ''}
          experimentIds={ids}
          keys={keys}
          invalid={refused !== null}
          onApply={(q) => change({ q: q || undefined })}
        />
        {rows.fresh > 0 && (
          <button className="btn on" onClick={rows.refresh}>
            {t('newRuns', { n: rows.fresh >= 100 ? '100+' : rows.fresh })}
          </button>
        )}
        <span className="faint num nowrap" aria-live="polite">
          {t('runsCount', { n: runs.length.toLocaleString() })}
        </span>
        {!charts && (
          <>
            <Columns all={all} columns={chosen} onColumns={setColumns} />
            <button
              className={search.diff ? 'btn on' : 'btn'}
              aria-pressed={search.diff === true}
              onClick={() => change({ diff: search.diff ? undefined : true })}
            >
              {t('onlyDiffer')}
            </button>
            {nested && (
              <button
                className={tree ? 'btn on' : 'btn'}
                aria-pressed={tree}
                onClick={() =>
                  change({
                    tree: tree ? false : undefined,
                    ...(tree ? {} : { q: undefined, sort: undefined, group: undefined }),
                  })
                }
              >
                <Icon name="tree" size={14} />
                {t('tree')}
              </button>
            )}
          </>
        )}
        <Popover
          width={240}
          className={search.group ? 'btn on' : 'btn'}
          label={<>{search.group ? `${t('groupBy')}: ${keyOf(search.group)}` : t('groupBy')}</>}
        >
          {(close) => (
            <>
              <button
                className="item"
                onClick={() => {
                  close()
                  change({ group: undefined })
                }}
              >
                {t('noGroup')}
              </button>
              <hr />
              {groupable.map((column) => (
                <button
                  key={column}
                  className={`item${search.group === column ? ' active' : ''}`}
                  onClick={() => {
                    close()
                    change({ group: column })
                  }}
                >
                  <span className="ellipsis">{keyOf(column)}</span>
                </button>
              ))}
            </>
          )}
        </Popover>
        <Popover className="btn icon" title={t('options')} label={<Icon name="more" />}>
          {(close) => (
            <>
              <button
                className="item"
                onClick={() => {
                  close()
                  rows.refresh()
                }}
              >
                <Icon name="refresh" size={14} />
                {t('refresh')}
              </button>
              <button
                className="item"
                onClick={() => {
                  close()
                  csv()
                }}
              >
                <Icon name="download" size={14} />
                {t('csv')}
              </button>
              {!charts && !search.deleted && (
                <button
                  className="item"
                  onClick={() => {
                    close()
                    setReporting(true)
                  }}
                >
                  <Icon name="file" size={14} />
                  {t('addToReport')}
                </button>
              )}
              <button
                className="item"
                onClick={() => {
                  close()
                  setSelected(new Set())
                  change({ deleted: search.deleted ? undefined : true })
                }}
              >
                {search.deleted ? t('active') : t('deleted')}
              </button>
            </>
          )}
        </Popover>
      </div>
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
            <EmptyStore experiment={about.data?.name} />
          </div>
        ) : charts ? (
          <Suspense fallback={<p className="empty">{t('loading')}</p>}>
            <Board
              experimentId={id}
              filter={filter}
              order={ask.order_by ?? NO_ORDER}
              deleted={search.deleted === true}
              keys={known.data}
              search={search}
              looks={looks}
              selected={selected}
              change={change}
            />
          </Suspense>
        ) : nothing ? (
          <p className="empty">{t('noRunsMatch')}</p>
        ) : (
          <RunsTable
            items={items}
            columns={columns}
            pinned={pinned}
            layout={layout}
            sort={search.sort}
            aggregates={aggregates}
            selected={selected}
            looks={looks}
            storageKey={id}
            place={place}
            onSort={(sort) => change({ sort })}
            onSelect={select}
            onRange={selectRange}
            onColumns={setColumns}
            onPin={(column) => {
              const next = pinned.includes(column) ? pinned.filter((p) => p !== column) : [...pinned, column]
              remember(`pins.${id}`, next)
              change({ pins: next })
            }}
            onAggregate={(column, aggregate) => {
              const next = { ...aggregates, [column]: aggregate }
              remember(`aggregates.${id}`, next)
              change({ agg: next })
            }}
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
      {selected.size > 0 && (
        <Bulk
          ids={[...selected]}
          experimentId={id}
          deleted={search.deleted === true}
          onDone={() => {
            setSelected(new Set())
            rows.refresh()
            void client.invalidateQueries({ queryKey: ['live'] })
          }}
          onClear={() => setSelected(new Set())}
          all={selected.size < allRuns && loaded.every((run) => selected.has(run.run_id)) ? allRuns : undefined}
          onAll={() =>
            void act(async () =>
              select(
                (await everything()).map((run) => run.run_id),
                true,
              ),
            )
          }
          onCsv={() => csv(selected)}
        />
      )}
    </div>
  )
}

/** Without what is not set, so that addresses stay short. */
function clean(search: RunsSearch): RunsSearch {
  return Object.fromEntries(Object.entries(search).filter(([, value]) => value !== undefined)) as RunsSearch
}
