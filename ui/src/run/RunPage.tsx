import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { useMemo, useState } from 'react'
import { send } from '../api/client'
import {
  curves,
  experiment,
  fetchRows,
  files,
  loggedModel,
  quote,
  run as runQuery,
  summaries,
  type Axis,
} from '../api/queries'
import type { Run, Summary } from '../api/types'
import { LineChart, type Series } from '../charts/LineChart'
import { TagDialog } from '../runs/Bulk'
import { PALETTE } from '../runs/colours'
import { PARENT } from '../runs/view'
import { ago, duration, instant, number } from '../shell/format'
import { useT } from '../shell/settings'
import {
  Confirm,
  CopyButton,
  Dialog,
  Icon,
  Popover,
  Problem,
  Segments,
  Status,
  Tabs,
  useAction,
  useTitle,
} from '../shell/ui'
import { Artifacts } from './Artifacts'
import { Enlarged } from './Enlarged'
import { Images } from './Images'
import { Markdown } from './Markdown'
import { RunLink } from './RunLink'

const NOTE = 'mlflow.note.content'
const LIVE = 4000

/** One run: what went in, what came out, and how it went. */
export function RunPage() {
  const { runId } = useParams({ strict: false }) as { runId: string }
  return <OneRun key={runId} id={runId} />
}

function OneRun({ id }: { id: string }) {
  const t = useT()
  const client = useQueryClient()
  const act = useAction()
  const navigate = useNavigate()
  const search = useSearch({ strict: false }) as { tab?: string; path?: string }
  const found = useQuery({
    ...runQuery(id),
    refetchInterval: (query) => (query.state.data?.info.status === 'RUNNING' ? LIVE : false),
  })
  const [dialog, setDialog] = useState<'rename' | 'delete' | 'register' | null>(null)
  const top = useQuery({ ...files({ kind: 'run', id }, ''), enabled: found.isSuccess, retry: false })
  const about = useQuery({ ...experiment(found.data?.info.experiment_id ?? ''), enabled: found.isSuccess })
  useTitle(found.data?.info.run_name)

  if (found.error)
    return (
      <div className="page">
        <Problem error={found.error} retry={() => void found.refetch()} />
      </div>
    )
  const run = found.data
  if (!run) return <p className="empty">{t('loading')}</p>
  const { info } = run
  const changed = () => void client.invalidateQueries()
  const tag = (key: string) => run.data.tags?.find((one) => one.key === key)?.value
  const parent = tag(PARENT)
  const metrics = run.data.metrics ?? []
  const system = metrics.filter((m) => m.key.startsWith('system/'))
  const own = metrics.filter((m) => !m.key.startsWith('system/'))
  const tab = search.tab ?? 'overview'
  const go = (next: { tab?: string; path?: string }) =>
    void navigate({
      to: '/experiments/$experimentId/runs/$runId',
      params: { experimentId: info.experiment_id, runId: id },
      search: next,
      replace: true,
    })

  return (
    <div className="page">
      <nav className="crumbs" aria-label="breadcrumb">
        <Link to="/experiments">{t('experiments')}</Link>
        <span aria-hidden="true">/</span>
        <Link to="/experiments/$experimentId" params={{ experimentId: info.experiment_id }}>
          {about.data?.name ?? info.experiment_id}
        </Link>
        <span aria-hidden="true">/</span>
      </nav>
      <div className="head">
        <h1 className="break">{info.run_name}</h1>
        <Status status={info.status} />
        {info.lifecycle_stage === 'deleted' && <span className="chip bad">{t('deleted')}</span>}
        <span className="spacer" />
        {parent && (
          <Link className="btn" to="/compare" search={{ runs: [id, parent], experiment: info.experiment_id }}>
            {t('compareWith')}
          </Link>
        )}
        <button className="btn" onClick={() => setDialog('register')}>
          {t('registerModel')}
        </button>
        <Popover className="btn icon" title={t('options')} label={<Icon name="more" />}>
          {(close) => (
            <>
              <button
                className="item"
                onClick={() => {
                  close()
                  setDialog('rename')
                }}
              >
                {t('rename')}
              </button>
              {info.lifecycle_stage === 'deleted' ? (
                <button
                  className="item"
                  onClick={() => {
                    close()
                    void act(() => send('mlflow/runs/restore', { run_id: id })).then(changed)
                  }}
                >
                  {t('restore')}
                </button>
              ) : (
                <button
                  className="item"
                  onClick={() => {
                    close()
                    setDialog('delete')
                  }}
                >
                  {t('delete')}
                </button>
              )}
            </>
          )}
        </Popover>
      </div>
      <Tabs
        value={tab}
        onChange={(next) => go({ tab: next === 'overview' ? undefined : next })}
        options={[
          { id: 'overview', label: t('overview') },
          { id: 'metrics', label: t('metrics'), count: own.length },
          ...(system.length ? [{ id: 'system', label: t('systemMetrics'), count: system.length }] : []),
          { id: 'artifacts', label: t('artifacts') },
          ...(tab === 'images' || (top.data ?? []).some((file) => file.is_dir && file.path === 'images')
            ? [{ id: 'images', label: t('images') }]
            : []),
        ]}
      />
      <div style={{ paddingTop: 14 }}>
        {tab === 'overview' && <Overview run={run} parent={parent} note={tag(NOTE)} changed={changed} />}
        {tab === 'metrics' && <Metrics run={run} keys={own.map((m) => m.key)} />}
        {tab === 'system' && <Metrics run={run} keys={system.map((m) => m.key)} byTime />}
        {tab === 'images' && <Images id={id} live={info.status === 'RUNNING'} />}
        {tab === 'artifacts' && (
          <Artifacts
            owner={{ kind: 'run', id }}
            root={info.artifact_uri}
            path={search.path}
            onPath={(path) => go({ tab: 'artifacts', path })}
          />
        )}
      </div>
      {dialog === 'delete' && (
        <Confirm
          title={t('deleteRuns', { n: 1 })}
          text={t('deleteRunsText')}
          action={t('delete')}
          close={() => setDialog(null)}
          run={() => void act(() => send('mlflow/runs/delete', { run_id: id })).then(changed)}
        />
      )}
      {dialog === 'rename' && (
        <AskText
          title={t('rename')}
          label={t('name')}
          initial={info.run_name}
          close={() => setDialog(null)}
          save={async (name) => {
            if (await act(() => send('mlflow/runs/update', { run_id: id, run_name: name }))) setDialog(null)
            changed()
          }}
        />
      )}
      {dialog === 'register' && <Register run={run} close={() => setDialog(null)} />}
    </div>
  )
}

function Overview({
  run,
  parent,
  note,
  changed,
}: {
  run: Run
  parent: string | undefined
  note: string | undefined
  changed: () => void
}) {
  const t = useT()
  const act = useAction()
  const { info } = run
  const [writing, setWriting] = useState<string | null>(null)
  const [tagging, setTagging] = useState<{ key: string; value: string } | true | null>(null)
  const tags = (run.data.tags ?? []).filter((tag) => !tag.key.startsWith('mlflow.'))
  const source = run.data.tags?.find((tag) => tag.key === 'mlflow.source.name')?.value
  const commit = run.data.tags?.find((tag) => tag.key === 'mlflow.source.git.commit')?.value
  const children = useQuery({
    queryKey: ['children', info.run_id],
    queryFn: () =>
      fetchRows({
        experiment_ids: [info.experiment_id],
        filter: `tags.\`${PARENT}\` = ${quote(info.run_id)}`,
        max_results: 200,
      }),
  })
  const set = (key: string, value: string) =>
    act(() => send('mlflow/runs/set-tag', { run_id: info.run_id, key, value }), t('saved')).then((ok) => {
      changed()
      return ok
    })
  return (
    <div className="grid2">
      <div className="stack">
        <section className="card">
          <div className="body">
            <dl className="kv" style={{ margin: 0 }}>
              <dt>{t('runId')}</dt>
              <dd className="row">
                <span className="mono break">{info.run_id}</span>
                <CopyButton text={info.run_id} />
              </dd>
              <dt>{t('started')}</dt>
              <dd>
                {instant(info.start_time)} <span className="faint">{ago(info.start_time, t)}</span>
              </dd>
              <dt>{t('duration')}</dt>
              <dd className="num">{duration((info.end_time ?? Date.now()) - info.start_time)}</dd>
              {info.user_id && (
                <>
                  <dt>{t('user')}</dt>
                  <dd>{info.user_id}</dd>
                </>
              )}
              {source && (
                <>
                  <dt>{t('source')}</dt>
                  <dd className="mono">
                    {source}
                    {commit && (
                      <span className="chip" style={{ marginLeft: 6 }}>
                        {commit.slice(0, 8)}
                      </span>
                    )}
                  </dd>
                </>
              )}
              {parent && (
                <>
                  <dt>{t('parentRun')}</dt>
                  <dd>
                    <RunLink id={parent} />
                  </dd>
                </>
              )}
              <dt>{t('location')}</dt>
              <dd className="mono soft break">{info.artifact_uri}</dd>
            </dl>
          </div>
        </section>
        <section className="card">
          <header>
            <h2>{t('description')}</h2>
            <span className="spacer" />
            {writing === null && (
              <button className="btn small ghost" onClick={() => setWriting(note ?? '')}>
                {t('edit')}
              </button>
            )}
          </header>
          <div className="body">
            {writing !== null ? (
              <div className="stack" style={{ gap: 8 }}>
                <textarea
                  className="input"
                  rows={8}
                  aria-label={t('description')}
                  value={writing}
                  onChange={(event) => setWriting(event.target.value)}
                />
                <div className="row">
                  <button
                    className="btn primary"
                    onClick={() => void set(NOTE, writing).then((ok) => ok && setWriting(null))}
                  >
                    {t('save')}
                  </button>
                  <button className="btn" onClick={() => setWriting(null)}>
                    {t('cancel')}
                  </button>
                </div>
              </div>
            ) : note ? (
              <Markdown text={note} />
            ) : (
              <p className="faint">{t('noDescription')}</p>
            )}
          </div>
        </section>
        <section className="card">
          <header>
            <h2>{t('tags')}</h2>
            <span className="spacer" />
            <button className="btn small ghost" onClick={() => setTagging(true)}>
              {t('addTag')}
            </button>
          </header>
          <div className="body row wrap" style={{ gap: 6 }}>
            {tags.length === 0 && <span className="faint">–</span>}
            {tags.map((tag) => (
              <span key={tag.key} className="chip" style={{ height: 24 }}>
                <button className="th-menu" style={{ padding: 0 }} onClick={() => setTagging(tag)}>
                  {tag.key}: {tag.value}
                </button>
                <button
                  className="th-menu"
                  aria-label={`${t('remove')}: ${tag.key}`}
                  onClick={() =>
                    void act(() => send('mlflow/runs/delete-tag', { run_id: info.run_id, key: tag.key })).then(changed)
                  }
                >
                  <Icon name="close" size={10} />
                </button>
              </span>
            ))}
          </div>
        </section>
        <Used run={run} />
        {(children.data?.runs ?? []).length > 0 && (
          <section className="card">
            <header>
              <h2>{t('childRuns')}</h2>
              <span className="faint num">{children.data!.total}</span>
            </header>
            <table className="plain">
              <tbody>
                {children.data!.runs!.slice(0, 50).map((child) => (
                  <tr key={child.run_id}>
                    <td>
                      <Link
                        to="/experiments/$experimentId/runs/$runId"
                        params={{ experimentId: child.experiment_id, runId: child.run_id }}
                      >
                        {child.run_name}
                      </Link>
                    </td>
                    <td>
                      <Status status={child.status} />
                    </td>
                    <td className="soft">{ago(child.start_time, t)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </section>
        )}
      </div>
      <div className="stack">
        <Values
          title={t('metrics')}
          rows={(run.data.metrics ?? [])
            .filter((m) => !m.key.startsWith('system/'))
            .map((m) => [m.key, number(m.value), String(m.value)])}
          right
        />
        <Values title={t('params')} rows={(run.data.params ?? []).map((p) => [p.key, p.value, p.value])} />
      </div>
      {tagging && (
        <TagDialog
          initial={tagging === true ? undefined : tagging}
          close={() => setTagging(null)}
          save={async (key, value) => {
            if (await set(key, value)) setTagging(null)
          }}
        />
      )}
    </div>
  )
}

function Values({ title, rows, right }: { title: string; rows: [string, string, string][]; right?: boolean }) {
  const t = useT()
  const [text, setText] = useState('')
  const shown = rows.filter(([key]) => key.toLowerCase().includes(text.toLowerCase()))
  return (
    <section className="card">
      <header>
        <h2>{title}</h2>
        <span className="faint num">{rows.length}</span>
        <span className="spacer" />
        {rows.length > 8 && (
          <input
            className="input"
            style={{ height: 24, width: 140 }}
            type="search"
            placeholder={t('search')}
            aria-label={`${t('search')}: ${title}`}
            value={text}
            onChange={(event) => setText(event.target.value)}
          />
        )}
      </header>
      <table className="plain">
        <tbody>
          {rows.length === 0 && (
            <tr>
              <td className="faint">–</td>
            </tr>
          )}
          {shown.map(([key, value, whole]) => (
            <tr key={key}>
              <td className="soft break" style={{ width: '50%' }}>
                {key}
              </td>
              <td className={right ? 'num' : 'break'} title={whole}>
                {value}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

/** What the run used and made: datasets and models. */
function Used({ run }: { run: Run }) {
  const t = useT()
  const datasets = run.inputs?.dataset_inputs ?? []
  const models = run.outputs?.model_outputs ?? []
  return (
    <>
      {datasets.length > 0 && (
        <section className="card">
          <header>
            <h2>{t('datasets')}</h2>
          </header>
          <table className="plain">
            <tbody>
              {datasets.map(({ dataset, tags }) => (
                <tr key={dataset.name + dataset.digest}>
                  <td>
                    <strong>{dataset.name}</strong> <span className="mono faint">{dataset.digest}</span>
                  </td>
                  <td>
                    {(tags ?? [])
                      .filter((tag) => tag.key === 'mlflow.data.context')
                      .map((tag) => (
                        <span key={tag.key} className="chip accent">
                          {tag.value}
                        </span>
                      ))}
                  </td>
                  <td className="mono soft break">{uriOf(dataset.source)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
      {models.length > 0 && (
        <section className="card">
          <header>
            <h2>{t('loggedModels')}</h2>
          </header>
          <table className="plain">
            <tbody>
              {models.map((model) => (
                <Made key={model.model_id} id={model.model_id} />
              ))}
            </tbody>
          </table>
        </section>
      )}
    </>
  )
}

function Made({ id }: { id: string }) {
  const t = useT()
  const found = useQuery(loggedModel(id))
  const info = found.data?.info
  return (
    <tr>
      <td>
        <strong>{info?.name ?? '…'}</strong>
      </td>
      <td className="mono soft">
        {id.slice(0, 14)}…<CopyButton text={`models:/${id}`} />
      </td>
      <td>
        {(info?.registrations ?? []).map((r) => (
          <Link
            key={r.name + r.version}
            className="chip accent"
            to="/models/$name/versions/$version"
            params={{ name: r.name, version: r.version }}
          >
            {t('registered')}: {r.name} v{r.version}
          </Link>
        ))}
      </td>
    </tr>
  )
}

export function uriOf(source: string): string {
  try {
    const parsed = JSON.parse(source) as Record<string, unknown>
    const uri = parsed['uri'] ?? parsed['url'] ?? parsed['path']
    return typeof uri === 'string' ? uri : source
  } catch {
    return source
  }
}

/** A small chart of each metric, and what it came to. */
function Metrics({ run, keys, byTime }: { run: Run; keys: string[]; byTime?: boolean }) {
  const t = useT()
  const [axis, setAxis] = useState<Axis>(byTime ? 'RELATIVE' : 'STEP')
  const [range, setRange] = useState<[number, number] | null>(null)
  const [text, setText] = useState('')
  const [enlarged, setEnlarged] = useState<string | null>(null)
  const live = run.info.status === 'RUNNING' ? LIVE : (false as const)
  const shown = useMemo(
    () => keys.filter((key) => key.toLowerCase().includes(text.toLowerCase())).slice(0, 60),
    [keys, text],
  )
  const ids = useMemo(() => [run.info.run_id], [run.info.run_id])
  const found = useQuery({
    ...curves({ run_ids: ids, metric_keys: shown, axis, from: range?.[0], to: range?.[1], buckets: 200 }),
    refetchInterval: live,
  })
  const ends = useQuery({ ...summaries(ids, shown), enabled: shown.length > 0, refetchInterval: live })
  if (keys.length === 0) return <p className="empty">{t('noCharts')}</p>
  return (
    <>
      <div className="row" style={{ marginBottom: 12 }}>
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
        <input
          className="input"
          type="search"
          placeholder={t('search')}
          aria-label={t('search')}
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
        {range && (
          <button className="btn" onClick={() => setRange(null)}>
            {t('reset')}
          </button>
        )}
      </div>
      {found.error ? <Problem error={found.error} /> : null}
      <div className="sparks">
        {shown.map((key) => {
          const curve = found.data?.find((c) => c.key === key)
          const end = ends.data?.find((s) => s.key === key)
          return (
            <Spark
              key={key}
              name={key}
              x={curve?.x ?? []}
              y={curve?.y ?? []}
              end={end}
              axis={axis}
              range={range}
              onRange={setRange}
              onEnlarge={() => setEnlarged(key)}
            />
          )
        })}
      </div>
      {enlarged && (
        <Enlarged runId={run.info.run_id} name={enlarged} initial={axis} live={live} close={() => setEnlarged(null)} />
      )}
    </>
  )
}

function Spark({
  name,
  x,
  y,
  end,
  axis,
  range,
  onRange,
  onEnlarge,
}: {
  name: string
  x: number[]
  y: number[]
  end: Summary | undefined
  axis: Axis
  range: [number, number] | null
  onRange: (range: [number, number] | null) => void
  onEnlarge: () => void
}) {
  const t = useT()
  const series = useMemo<Series[]>(() => [{ id: name, label: name, colour: PALETTE[0]!, x, y }], [name, x, y])
  return (
    <section className="spark" aria-label={name}>
      <div className="row">
        <h3 className="ellipsis" style={{ flex: 1 }} title={name}>
          {name}
        </h3>
        <span className="value">{number(end?.last)}</span>
        {(end?.points ?? 0) > 1 && (
          <button
            className="btn ghost icon small"
            aria-label={`${t('enlarge')}: ${name}`}
            title={t('enlarge')}
            onClick={onEnlarge}
          >
            <Icon name="expand" size={13} />
          </button>
        )}
      </div>
      <div className="faint num" style={{ fontSize: 11.5 }}>
        {t('min')} {number(end?.min)} · {t('max')} {number(end?.max)} · n = {end?.points.toLocaleString() ?? ''}
      </div>
      {(end?.points ?? 0) > 1 && (
        <LineChart series={series} axis={axis} range={range} onRange={onRange} label={name} height={120} />
      )}
    </section>
  )
}

function AskText({
  title,
  label,
  initial,
  close,
  save,
}: {
  title: string
  label: string
  initial: string
  close: () => void
  save: (text: string) => Promise<void>
}) {
  const t = useT()
  const [text, setText] = useState(initial)
  return (
    <Dialog title={title} close={close}>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault()
          void save(text)
        }}
      >
        <label className="field">
          {label}
          <input className="input" value={text} required onChange={(event) => setText(event.target.value)} />
        </label>
        <div className="actions">
          <button type="button" className="btn" onClick={close}>
            {t('cancel')}
          </button>
          <button className="btn primary">{t('save')}</button>
        </div>
      </form>
    </Dialog>
  )
}

function Register({ run, close }: { run: Run; close: () => void }) {
  const t = useT()
  const act = useAction()
  const navigate = useNavigate()
  const made = run.outputs?.model_outputs ?? []
  const [name, setName] = useState('')
  const [path, setPath] = useState('model')
  const [modelId, setModelId] = useState(made[0]?.model_id ?? '')
  const chosen = useQuery({ ...loggedModel(modelId), enabled: modelId !== '' })
  const submit = () =>
    act(async () => {
      await send('mlflow/registered-models/create', { name }).catch((error: unknown) => {
        if (!String((error as { code?: string }).code).includes('ALREADY_EXISTS')) throw error
      })
      const source = modelId && chosen.data ? chosen.data.info.artifact_uri : `${run.info.artifact_uri}/${path}`
      const { model_version } = await send<{ model_version: { version: string } }>('mlflow/model-versions/create', {
        name,
        source,
        run_id: run.info.run_id,
        model_id: modelId || undefined,
      })
      close()
      await navigate({ to: '/models/$name/versions/$version', params: { name, version: model_version.version } })
    })
  return (
    <Dialog title={t('registerModel')} close={close}>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault()
          void submit()
        }}
      >
        <label className="field">
          {t('name')}
          <input
            className="input"
            value={name}
            required
            placeholder="iris-classifier"
            onChange={(event) => setName(event.target.value)}
          />
        </label>
        {made.length > 0 ? (
          <label className="field">
            {t('loggedModel')}
            <select className="input" value={modelId} onChange={(event) => setModelId(event.target.value)}>
              {made.map((m) => (
                <option key={m.model_id}>{m.model_id}</option>
              ))}
            </select>
          </label>
        ) : (
          <label className="field">
            {t('artifacts')}
            <input className="input mono" value={path} required onChange={(event) => setPath(event.target.value)} />
          </label>
        )}
        <div className="actions">
          <button type="button" className="btn" onClick={close}>
            {t('cancel')}
          </button>
          <button className="btn primary">{t('registerModel')}</button>
        </div>
      </form>
    </Dialog>
  )
}
