import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router'
import { PermissionsTab } from '../access/PermissionsTab'
import { exactPattern } from '../access/resources'
import { useRights } from '../access/useRights'
import { approvals } from '../api/governance'
import { deleteModel, describeModel, model as modelQuery, setModelTag, versions as versionsQuery } from '../api/models'
import { quote } from '../api/runs'
import { currentUser } from '../api/users'
import { Markdown } from '../run/Markdown'
import { EditableText } from '../shell/EditableText'
import { useTitle } from '../shell/hooks'
import { PageProblem, problemOf } from '../shell/Problem'
import { useT } from '../shell/settings'
import { Tabs } from '../shell/Tabs'
import { useAction } from '../shell/toasts'
import { AliasHistory } from './AliasHistory'
import { RecordMenu } from './RecordMenu'
import { useChanged } from './useChanged'
import { VersionDiff } from './VersionDiff'
import { VersionsTable } from './VersionsTable'

/** A registered model: its versions, a comparison of two of them, and the history of its aliases. */
export function ModelPage() {
  const { name } = useParams({ strict: false }) as { name: string }
  const search = useSearch({ strict: false }) as { compare?: string[]; tab?: 'permissions' }
  const t = useT()
  const act = useAction()
  const navigate = useNavigate()
  const changed = useChanged()
  const found = useQuery(modelQuery(name))
  const all = useQuery({ ...versionsQuery(`name = ${quote(name)}`), refetchInterval: 10_000 })
  const waiting = useQuery(approvals('OPEN', name))
  const me = useQuery(currentUser)
  const resource = `registered_model/${exactPattern(name)}`
  const whyNot = useRights(resource)
  useTitle(name)
  const chosen = search.compare ?? []
  const choose = (next: string[]) =>
    void navigate({
      to: '/models/$name',
      params: { name },
      search: next.length ? { compare: next } : {},
      replace: true,
    })
  if (problemOf(found)) return <PageProblem query={found} />
  const model = found.data
  const champion = model?.aliases?.find((alias) => alias.alias === 'champion')
  // Lists of versions have no aliases, as in MLflow: those of the model are added.
  const versions = all.data?.map((version) => ({
    ...version,
    aliases: (model?.aliases ?? []).filter((a) => a.version === version.version).map((a) => a.alias),
  }))
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
            whyNot={whyNot}
            tag={(key, value) => setModelTag(name, key, value)}
            remove={() => deleteModel(name)}
            gone={() => void navigate({ to: '/models' })}
          />
        </div>
      </div>
      {me.data && (
        <Tabs
          value={search.tab ?? 'versions'}
          onChange={(tab) =>
            void navigate({
              to: '/models/$name',
              params: { name },
              search: tab === 'permissions' ? { tab } : {},
              replace: true,
            })
          }
          options={[
            { id: 'versions', label: t('versions') },
            { id: 'permissions', label: t('permissions') },
          ]}
        />
      )}
      {search.tab === 'permissions' ? (
        <PermissionsTab resource={resource} />
      ) : (
        <>
          <section className="card">
            <div className="body stack">
              <EditableText
                subject={`model/${name}`}
                whyNot={whyNot('update')}
                text={model?.description ?? ''}
                show={(text) => <Markdown text={text} />}
                onSave={(description) =>
                  act(() => describeModel(name, description), t('saved')).then((ok) => {
                    changed()
                    return ok
                  })
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
          <VersionsTable name={name} versions={versions} chosen={chosen} onChoose={choose} />
          {chosen.length === 2 && (
            <VersionDiff versions={chosen.flatMap((v) => versions?.find((one) => one.version === v) ?? [])} />
          )}
          <AliasHistory name={name} />
        </>
      )}
    </div>
  )
}
