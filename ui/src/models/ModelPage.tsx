import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { send } from '../api/client'
import { model as modelQuery, quote, versions as versionsQuery } from '../api/queries'
import { approvals } from '../governance/api'
import { Markdown } from '../run/Markdown'
import { Editable } from '../shell/EditableText'
import { useTitle } from '../shell/hooks'
import { Problem } from '../shell/Problem'
import { useT } from '../shell/settings'
import { useAction } from '../shell/toasts'
import { Holders } from './Holders'
import { RecordMenu } from './RecordMenu'
import { useChanged } from './useChanged'
import { Diff } from './VersionDiff'
import { VersionsTable } from './VersionsTable'

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
      <VersionsTable name={name} versions={all.data} chosen={chosen} onChoose={choose} />
      {chosen.length === 2 && (
        <Diff versions={chosen.flatMap((v) => all.data?.find((one) => one.version === v) ?? [])} />
      )}
      <Holders name={name} />
    </div>
  )
}
