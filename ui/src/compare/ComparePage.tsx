import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { useMemo, useState } from 'react'
import {
  curves,
  experiment,
  experiments as experimentsQuery,
  fileAddress,
  fetchRows,
  keys as keysQuery,
  quote,
  type Axis,
} from '../api/queries'
import type { RunRow } from '../api/types'
import { seriesOf } from '../charts/CardPlot'
import { LineChart } from '../charts/LineChart'
import { Parallel } from '../charts/RunCharts'
import { StepSlider } from '../run/Images'
import { imageAt, imagesOf, seriesOfImages, type ImageSeries } from '../run/images'
import { giveColours, useLooks, type Looks } from '../runs/colours'
import { keyOf, kindOf, layoutOf, systemLast, valueOf, type Layout, type Value } from '../runs/view'
import { duration, instant, number, save, toCsv } from '../shell/format'
import { useT } from '../shell/settings'
import { Icon, Problem, Segments, Tabs, useTitle } from '../shell/ui'

/** As many run ids as one search names at once. */
const CHUNK = 200
const MOST = 1000

/** Runs side by side; what differs comes first. */
export function ComparePage() {
  const t = useT()
  const navigate = useNavigate()
  const looks = useLooks()
  const search = useSearch({ strict: false }) as {
    runs?: string[]
    experiment?: string | number
    same?: boolean
    tab?: string
  }
  const only = search.experiment === undefined ? undefined : String(search.experiment)
  const ids = useMemo(() => (search.runs ?? []).slice(0, MOST), [search.runs])
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
            await everything(
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
    queryFn: () => everything(ids, experiments, layout),
    refetchInterval: 8000,
    placeholderData: (before) => before,
  })
  const runs = useMemo(() => {
    const byId = new Map((found.data ?? []).map((run) => [run.run_id, run]))
    const runs = ids.flatMap((id) => byId.get(id) ?? [])
    giveColours(runs)
    return runs
  }, [found.data, ids])

  const change = (next: Partial<typeof search>) =>
    void navigate({ to: '/compare', search: { ...search, ...next }, replace: true })
  if (ids.length < 2) return <p className="empty">{t('compareNone')}</p>
  const error = where.error ?? known.error ?? found.error
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
        <Charts runs={runs} layout={layout} looks={looks} />
      ) : tab === 'images' ? (
        <Images runs={runs} looks={looks} />
      ) : (
        <Table
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

async function everything(ids: string[], experiments: string[], layout?: Layout): Promise<RunRow[]> {
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

const WINDOW = 60

function Table({
  runs,
  columns,
  layout,
  looks,
  same,
  onSame,
  onRemove,
}: {
  runs: RunRow[]
  columns: string[]
  layout: Layout
  looks: Looks
  same: boolean
  onSame: (same: boolean) => void
  onRemove: (id: string) => void
}) {
  const t = useT()
  const [from, setFrom] = useState(0)
  const rows = useMemo(
    () =>
      columns
        .map((column) => {
          const values = runs.map((run) => valueOf(run, column, layout))
          return {
            column,
            values,
            differs: values.some((value) => value !== values[0]),
            any: values.some((value) => value !== null),
          }
        })
        .filter((row) => row.any),
    [columns, runs, layout],
  )
  const different = rows.filter((row) => row.differs)
  const equal = rows.filter((row) => !row.differs)
  const shown = runs.slice(from, from + WINDOW)
  const csv = () =>
    save(
      'compare.csv',
      toCsv([
        ['', ...runs.map((run) => run.run_name)],
        ['run_id', ...runs.map((run) => run.run_id)],
        ...rows.map((row) => [keyOf(row.column), ...row.values]),
      ]),
      'text/csv',
    )
  const sections: [string, typeof rows][] = [
    [t('metrics'), different.filter((row) => kindOf(row.column) === 'm')],
    [t('params'), different.filter((row) => kindOf(row.column) === 'p')],
    [t('tags'), different.filter((row) => kindOf(row.column) === 't')],
    ...(same ? [[t('same'), equal] as [string, typeof rows]] : []),
  ]
  return (
    <>
      <div className="bar">
        <label className="row">
          <input type="checkbox" checked={same} onChange={(event) => onSame(event.target.checked)} />
          {t('showSame')} <span className="faint num">{equal.length}</span>
        </label>
        <span className="spacer" />
        {runs.length > WINDOW && (
          <div className="row num soft">
            <button
              className="btn small icon"
              aria-label="‹"
              disabled={from === 0}
              onClick={() => setFrom(Math.max(0, from - WINDOW))}
            >
              ‹
            </button>
            {from + 1}–{Math.min(runs.length, from + WINDOW)} / {runs.length}
            <button
              className="btn small icon"
              aria-label="›"
              disabled={from + WINDOW >= runs.length}
              onClick={() => setFrom(from + WINDOW)}
            >
              ›
            </button>
          </div>
        )}
        <button className="btn small" onClick={csv}>
          <Icon name="download" size={13} />
          {t('csv')}
        </button>
      </div>
      <div
        className="compare"
        style={{ flex: 1, borderTop: '1px solid var(--line)' }}
        tabIndex={0}
        role="region"
        aria-label={t('differences')}
      >
        <table>
          <thead>
            <tr>
              <th className="key">{t('run')}</th>
              {shown.map((run) => (
                <th key={run.run_id}>
                  <span className="row" style={{ gap: 6 }}>
                    <span className="swatch" style={{ background: looks.colour(run.run_id) }} />
                    <Link
                      className="runname ellipsis"
                      to="/experiments/$experimentId/runs/$runId"
                      params={{ experimentId: run.experiment_id, runId: run.run_id }}
                    >
                      {run.run_name}
                    </Link>
                    <button
                      className="th-menu"
                      aria-label={`${t('remove')}: ${run.run_name}`}
                      onClick={() => onRemove(run.run_id)}
                      style={{ position: 'static', opacity: 0.6 }}
                    >
                      <Icon name="close" size={10} />
                    </button>
                  </span>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            <tr>
              <th className="key" scope="row">
                {t('started')}
              </th>
              {shown.map((run) => (
                <td key={run.run_id} className="soft num">
                  {instant(run.start_time)}
                </td>
              ))}
            </tr>
            <tr>
              <th className="key" scope="row">
                {t('duration')}
              </th>
              {shown.map((run) => (
                <td key={run.run_id} className="soft num">
                  {run.end_time ? duration(run.end_time - run.start_time) : '–'}
                </td>
              ))}
            </tr>
            {sections
              .filter(([, all]) => all.length > 0)
              .map(([title, all]) => [
                <tr key={title} className="section">
                  <th className="key" scope="colgroup">
                    {title} <span className="num">{all.length}</span>
                  </th>
                  {shown.map((run) => (
                    <th key={run.run_id} aria-hidden="true" />
                  ))}
                </tr>,
                ...all.map((row) => {
                  const spread = kindOf(row.column) === 'm' ? bounds(row.values) : null
                  return (
                    <tr key={row.column}>
                      <th className="key ellipsis" scope="row" title={keyOf(row.column)}>
                        {keyOf(row.column)}
                      </th>
                      {shown.map((run, i) => {
                        const value = row.values[from + i] ?? null
                        return (
                          <td
                            key={run.run_id}
                            className={typeof value === 'number' ? 'num' : ''}
                            title={value === null ? undefined : String(value)}
                          >
                            <Shown value={value} spread={spread} />
                          </td>
                        )
                      })}
                    </tr>
                  )
                }),
              ])}
          </tbody>
        </table>
      </div>
    </>
  )
}

function bounds(values: Value[]): [number, number] | null {
  const numbers = values.filter((v): v is number => typeof v === 'number' && Number.isFinite(v))
  return numbers.length > 1 ? [Math.min(...numbers), Math.max(...numbers)] : null
}

/** A number with a bar that tells where it stands among the others. */
function Shown({ value, spread }: { value: Value; spread: [number, number] | null }) {
  const t = useT()
  if (value === null) return <span className="faint">–</span>
  if (typeof value !== 'number') return <>{value}</>
  const part = spread && spread[1] > spread[0] ? (value - spread[0]) / (spread[1] - spread[0]) : null
  return (
    <span className="row" style={{ gap: 8 }}>
      <span style={{ minWidth: 64 }}>{number(value)}</span>
      {part !== null && (
        <span
          aria-hidden="true"
          style={{ width: 46, height: 4, borderRadius: 2, background: 'var(--hover)', display: 'inline-block' }}
        >
          <span
            style={{
              display: 'block',
              width: `${Math.max(4, part * 100)}%`,
              height: 4,
              borderRadius: 2,
              background: part === 1 || part === 0 ? 'var(--accent)' : 'var(--line-strong)',
            }}
          />
        </span>
      )}
      {part === 1 && (
        <span className="chip accent" style={{ height: 16, fontSize: 10.5 }}>
          {t('max')}
        </span>
      )}
      {part === 0 && (
        <span className="chip" style={{ height: 16, fontSize: 10.5 }}>
          {t('min')}
        </span>
      )}
    </span>
  )
}

function Charts({ runs, layout, looks }: { runs: RunRow[]; layout: Layout; looks: Looks }) {
  const t = useT()
  const [axis, setAxis] = useState<Axis>('STEP')
  const [range, setRange] = useState<[number, number] | null>(null)
  const drawn = useMemo(() => runs.slice(0, 100), [runs])
  const ids = useMemo(() => drawn.map((run) => run.run_id), [drawn])
  const metrics = useMemo(
    () => layout.metrics.filter((key) => drawn.some((run) => valueOf(run, `m:${key}`, layout) !== null)),
    [layout, drawn],
  )
  const keys = useMemo(
    () => metrics.slice(0, Math.max(1, Math.min(12, Math.floor(1900 / Math.max(1, ids.length))))),
    [metrics, ids],
  )
  const found = useQuery(
    curves({
      run_ids: ids,
      metric_keys: keys,
      axis,
      from: range?.[0],
      to: range?.[1],
      buckets: ids.length > 30 ? 120 : 240,
    }),
  )
  const varied = layout.params
    .filter((key) => new Set(runs.map((run) => valueOf(run, `p:${key}`, layout))).size > 1)
    .slice(0, 7)
  return (
    <div style={{ overflow: 'auto', flex: 1 }}>
      <div className="bar">
        <Segments<Axis>
          value={axis}
          label={t('xAxis')}
          onChange={(next) => {
            setAxis(next)
            setRange(null)
          }}
          options={[
            ['STEP', t('step')],
            ['RELATIVE', t('relative')],
            ['TIME', t('time')],
          ]}
        />
        <ul className="legend" aria-label={t('runs')} tabIndex={0}>
          {drawn.map((run) => (
            <li key={run.run_id}>
              <span className="swatch" style={{ background: looks.colour(run.run_id) }} />
              <Link
                className="runname"
                to="/experiments/$experimentId/runs/$runId"
                params={{ experimentId: run.experiment_id, runId: run.run_id }}
              >
                {run.run_name}
              </Link>
            </li>
          ))}
        </ul>
        {runs.length > drawn.length && (
          <span className="faint num nowrap">{t('chartsHidden', { n: drawn.length, all: runs.length })}</span>
        )}
      </div>
      {found.error ? <Problem error={found.error} /> : null}
      <div className="board">
        {keys.map((key) => (
          <section key={key} className="chart w6" aria-label={key}>
            <header>
              <h3>{key}</h3>
            </header>
            <LineChart
              series={seriesOf(
                (found.data ?? []).filter((curve) => curve.key === key),
                drawn,
                looks,
                false,
              )}
              axis={axis}
              range={range}
              onRange={setRange}
              label={key}
            />
          </section>
        ))}
        {varied.length > 1 && metrics[0] && (
          <section className="chart w12" aria-label={t('parallel')}>
            <header>
              <h3>{t('parallel')}</h3>
            </header>
            <Parallel
              runs={runs}
              layout={layout}
              looks={looks}
              axes={[...varied.map((p) => `p:${p}`), `m:${metrics[0]}`]}
              colour={`m:${metrics[0]}`}
            />
          </section>
        )}
      </div>
    </div>
  )
}

/** The same image of each run, side by side. */
function Images({ runs, looks }: { runs: RunRow[]; looks: Looks }) {
  const t = useT()
  const some = useMemo(() => runs.slice(0, 24), [runs])
  const found = useQuery({
    queryKey: ['compare-images', some.map((run) => run.run_id)],
    queryFn: async ({ client }) =>
      new Map<string, string[]>(
        await Promise.all(
          some.map(
            async (run) =>
              [run.run_id, await imagesOf(client, { kind: 'run', id: run.run_id }).catch(() => [])] as const,
          ),
        ),
      ),
    staleTime: 60_000,
  })
  const sorted = useMemo(
    () => new Map([...(found.data ?? [])].map(([id, paths]) => [id, seriesOfImages(paths)])),
    [found.data],
  )
  const keys = useMemo(
    () => [...new Set([...sorted.values()].flatMap((one) => one.series.map((series) => series.key)))].sort(),
    [sorted],
  )
  const paths = useMemo(() => [...new Set([...sorted.values()].flatMap((one) => one.others))].sort(), [sorted])
  if (found.error) return <Problem error={found.error} />
  if (found.isSuccess && paths.length === 0 && keys.length === 0) return <p className="empty">{t('nothingFound')}</p>
  return (
    <div style={{ overflow: 'auto', flex: 1, padding: 14 }} className="stack">
      {runs.length > some.length && <p className="faint">{t('chartsHidden', { n: some.length, all: runs.length })}</p>}
      {keys.map((key) => (
        <StepImages
          key={key}
          name={key}
          runs={some}
          of={(id) => sorted.get(id)?.series.find((series) => series.key === key)}
          looks={looks}
        />
      ))}
      {paths.map((path) => (
        <section key={path} className="card">
          <header>
            <h2 className="mono">{path}</h2>
          </header>
          <Pictures
            looks={looks}
            of={some.flatMap((run) => (sorted.get(run.run_id)?.others.includes(path) ? [{ run, path, note: '' }] : []))}
          />
        </section>
      ))}
    </div>
  )
}

/** The images of one key at a step, of each run. */
function StepImages({
  name,
  runs,
  of,
  looks,
}: {
  name: string
  runs: RunRow[]
  of: (runId: string) => ImageSeries | undefined
  looks: Looks
}) {
  const t = useT()
  const steps = [...new Set(runs.flatMap((run) => of(run.run_id)?.steps.map((one) => one.step) ?? []))].sort(
    (a, b) => a - b,
  )
  const [chosen, setChosen] = useState<number>()
  const at = Math.min(chosen ?? steps.length - 1, steps.length - 1)
  const shown = runs.flatMap((run) => {
    const image = imageAt(of(run.run_id), steps[at]!)
    return image ? [{ run, path: image.path, note: image.step === steps[at] ? '' : `${t('step')} ${image.step}` }] : []
  })
  return (
    <section className="card" aria-label={name}>
      <header>
        <h2>{name}</h2>
      </header>
      <StepSlider label={name} steps={steps} at={at} onAt={setChosen} />
      <Pictures looks={looks} of={shown} />
    </section>
  )
}

function Pictures({ of, looks }: { of: { run: RunRow; path: string; note: string }[]; looks: Looks }) {
  return (
    <div className="body pictures">
      {of.map(({ run, path, note }) => (
        <figure key={run.run_id}>
          <img
            src={fileAddress({ kind: 'run', id: run.run_id }, path)}
            alt={`${run.run_name}: ${path}`}
            loading="lazy"
          />
          <figcaption className="row">
            <span className="swatch" style={{ background: looks.colour(run.run_id) }} />
            {run.run_name}
            <span className="faint">{note}</span>
          </figcaption>
        </figure>
      ))}
    </div>
  )
}
