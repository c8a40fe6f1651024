import { useQueries, useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { useMemo } from 'react'
import { send } from '../api/client'
import { model as modelQuery, quote, run as runQuery, versions as versionsQuery } from '../api/queries'
import type { ModelVersion } from '../api/types'
import { approvals } from '../governance/api'
import { Markdown } from '../run/Markdown'
import { RunLink } from '../run/RunLink'
import { ago, instant, number } from '../shell/format'
import { useT } from '../shell/settings'
import { Problem, Status, useAction, useTitle } from '../shell/ui'
import { Holders } from './Holders'
import { Aliases, Editable, RecordMenu, Stage, useChanged } from './actions'

/** A registered model: its versions, who holds which alias, and how two versions differ. */
export function ModelPage() {
  const { name } = useParams({ strict: false }) as { name: string }
  const search = useSearch({ strict: false }) as { compare?: string[] }
  const t = useT()
  const act = useAction()
  const navigate = useNavigate()
  const changed = useChanged()
  const found = useQuery(modelQuery(name))
  const all = useQuery({ ...versionsQuery(`name = ${quote(name)}`), refetchInterval: 10_000 })
  const waiting = useQuery(approvals('OPEN', name))
  useTitle(name)
  const chosen = search.compare ?? []
  const choose = (next: string[]) =>
    void navigate({
      to: '/models/$name',
      params: { name },
      search: next.length ? { compare: next } : {},
      replace: true,
    })
  if (found.error)
    return (
      <div className="page">
        <Problem error={found.error} retry={() => void found.refetch()} />
      </div>
    )
  const model = found.data
  const champion = model?.aliases?.find((alias) => alias.alias === 'champion')
  return (
    <div className="page stack">
      <div>
        <nav className="crumbs" aria-label="breadcrumb">
          <Link to="/models">{t('models')}</Link>
          <span aria-hidden="true">/</span>
        </nav>
        <div className="head" style={{ marginBottom: 0 }}>
          <h1 className="break">{name}</h1>
          {champion && (
            <Link
              className="chip good"
              to="/models/$name/versions/$version"
              params={{ name, version: champion.version }}
            >
              @champion → v{champion.version}
            </Link>
          )}
          {(waiting.data ?? []).length > 0 && (
            <Link className="chip warn" to="/governance">
              {t('waitingApprovals', { n: waiting.data!.length })}
            </Link>
          )}
          <span className="spacer" />
          <RecordMenu
            title={t('deleteModel', { name })}
            tag={(key, value) => send('mlflow/registered-models/set-tag', { name, key, value })}
            remove={() => send('mlflow/registered-models/delete', { name }, 'DELETE')}
            gone={() => void navigate({ to: '/models' })}
          />
        </div>
      </div>
      <section className="card">
        <div className="body stack">
          <Editable
            text={model?.description ?? ''}
            show={(text) => <Markdown text={text} />}
            onSave={(description) =>
              act(() => send('mlflow/registered-models/update', { name, description }, 'PATCH'), t('saved')).then(
                (ok) => {
                  changed()
                  return ok
                },
              )
            }
          />
          {(model?.tags ?? []).length > 0 && (
            <div className="row wrap" style={{ gap: 5 }}>
              {model!.tags!.map((tag) => (
                <span key={tag.key} className="chip">
                  {tag.key}: {tag.value}
                </span>
              ))}
            </div>
          )}
        </div>
      </section>
      <section className="card">
        <header>
          <h2>{t('versions')}</h2>
          <span className="faint num">{all.data?.length ?? ''}</span>
          <span className="spacer" />
          {chosen.length > 0 && (
            <button className="btn small ghost" onClick={() => choose([])}>
              {t('clear')}
            </button>
          )}
        </header>
        <div className="scroll-x" tabIndex={0} role="region" aria-label={t('versions')}>
          <table className="plain versions">
            <thead>
              <tr>
                <th style={{ width: 30 }}>
                  <span className="visually-hidden">{t('compareVersions')}</span>
                </th>
                <th>{t('version')}</th>
                <th>{t('aliases')}</th>
                <th>{t('stage')}</th>
                <th>{t('tags')}</th>
                <th>{t('run')}</th>
                <th>{t('created')}</th>
                <th>{t('status')}</th>
              </tr>
            </thead>
            <tbody>
              {(all.data ?? []).map((version) => (
                <tr key={version.version}>
                  <td>
                    <input
                      type="checkbox"
                      aria-label={`${t('compareVersions')}: v${version.version}`}
                      checked={chosen.includes(version.version)}
                      onChange={(event) =>
                        choose(
                          event.target.checked
                            ? [...chosen, version.version].slice(-2)
                            : chosen.filter((v) => v !== version.version),
                        )
                      }
                    />
                  </td>
                  <td>
                    <Link
                      style={{ fontWeight: 550 }}
                      to="/models/$name/versions/$version"
                      params={{ name, version: version.version }}
                    >
                      v{version.version}
                    </Link>
                    {version.description && (
                      <div className="faint ellipsis" style={{ maxWidth: 240 }}>
                        {version.description}
                      </div>
                    )}
                  </td>
                  <td>
                    <Aliases version={version} />
                  </td>
                  <td>
                    <Stage version={version} />
                  </td>
                  <td>
                    <div className="row wrap" style={{ gap: 4 }}>
                      {(version.tags ?? []).slice(0, 3).map((tag) => (
                        <span
                          key={tag.key}
                          className={`chip ${tag.value === 'approved' ? 'good' : tag.value === 'rejected' ? 'bad' : ''}`}
                        >
                          {tag.key}: {tag.value}
                        </span>
                      ))}
                    </div>
                  </td>
                  <td>{version.run_id ? <RunLink id={version.run_id} /> : <span className="faint">–</span>}</td>
                  <td className="soft nowrap" title={instant(version.creation_timestamp)}>
                    {ago(version.creation_timestamp, t)}
                  </td>
                  <td>
                    <Status status={version.status} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
        {all.isSuccess && all.data.length === 0 && <p className="empty">{t('nothingFound')}</p>}
      </section>
      {chosen.length === 2 && (
        <Diff versions={chosen.flatMap((v) => all.data?.find((one) => one.version === v) ?? [])} />
      )}
      <Holders name={name} />
    </div>
  )
}

/** Two versions: what their runs were given and reached, and where they differ. */
function Diff({ versions }: { versions: ModelVersion[] }) {
  const t = useT()
  const [a, b] = versions
  const runs = useQueries({
    queries: versions.map((version) => ({ ...runQuery(version.run_id ?? ''), enabled: Boolean(version.run_id) })),
  })
  const rows = useMemo(() => {
    const of = (i: number) => {
      const run = runs[i]?.data
      return new Map<string, string | number>([
        ...(run?.data.metrics ?? []).map((m) => [`m:${m.key}`, m.value] as const),
        ...(run?.data.params ?? []).map((p) => [`p:${p.key}`, p.value] as const),
        ...(versions[i]?.tags ?? []).map((tag) => [`t:${tag.key}`, tag.value] as const),
      ])
    }
    const left = of(0)
    const right = of(1)
    const system = (key: string) => key.startsWith('m:system/')
    return [...new Set([...left.keys(), ...right.keys()])]
      .sort((x, y) => Number(system(x)) - Number(system(y)) || x.localeCompare(y))
      .map((key) => ({ key, left: left.get(key), right: right.get(key) }))
      .sort((x, y) => Number(x.left === x.right) - Number(y.left === y.right))
  }, [runs, versions])
  if (!a || !b) return null
  const show = (value: string | number | undefined) =>
    value === undefined ? <span className="faint">–</span> : typeof value === 'number' ? number(value) : value
  return (
    <section className="card">
      <header>
        <h2>
          {t('compareVersions')}: v{a.version} ↔ v{b.version}
        </h2>
      </header>
      <table className="plain">
        <thead>
          <tr>
            <th>{t('key')}</th>
            <th>v{a.version}</th>
            <th>v{b.version}</th>
            <th>Δ</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => {
            const delta = typeof row.left === 'number' && typeof row.right === 'number' ? row.right - row.left : null
            const equal = row.left === row.right
            return (
              <tr key={row.key} className={equal ? 'faint' : ''}>
                <td className="soft">{row.key.slice(2)}</td>
                <td className="num" style={{ textAlign: 'left' }}>
                  {show(row.left)}
                </td>
                <td className="num" style={{ textAlign: 'left', fontWeight: equal ? 400 : 600 }}>
                  {show(row.right)}
                </td>
                <td className="num soft" style={{ textAlign: 'left' }}>
                  {delta ? `${delta > 0 ? '+' : ''}${number(Number(delta.toPrecision(4)))}` : ''}
                </td>
              </tr>
            )
          })}
        </tbody>
      </table>
    </section>
  )
}
