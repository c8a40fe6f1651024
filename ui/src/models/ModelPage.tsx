import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { send } from '../api/client'
import { model as modelQuery, quote, versions as versionsQuery } from '../api/queries'
import { approvals } from '../governance/api'
import { Markdown } from '../run/Markdown'
import { RunLink } from '../run/RunLink'
import { Editable } from '../shell/EditableText'
import { ago, instant } from '../shell/format'
import { useTitle } from '../shell/hooks'
import { Problem } from '../shell/Problem'
import { useT } from '../shell/settings'
import { Status } from '../shell/Status'
import { useAction } from '../shell/toasts'
import { Aliases } from './Aliases'
import { Holders } from './Holders'
import { RecordMenu } from './RecordMenu'
import { Stage } from './Stage'
import { useChanged } from './useChanged'
import { Diff } from './VersionDiff'

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
