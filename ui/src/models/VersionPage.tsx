import { useQuery } from '@tanstack/react-query'
import { Link, useNavigate, useParams } from '@tanstack/react-router'
import { useState } from 'react'
import { useRights } from '../access/useRights'
import { deleteVersion, describeVersion, loggedModel, setVersionTag, version as versionQuery } from '../api/models'
import { run as runQuery } from '../api/runs'
import { type Owner } from '../api/types'
import { VersionGates } from '../governance/VersionGates'
import { Artifacts } from '../run/Artifacts'
import { loadModelCode } from '../run/loadModelCode'
import { Markdown } from '../run/Markdown'
import { Code } from '../shell/Code'
import { EditableText } from '../shell/EditableText'
import { number } from '../shell/format'
import { useTitle } from '../shell/hooks'
import { PageProblem, problemOf } from '../shell/Problem'
import { useT } from '../shell/settings'
import { Status } from '../shell/Status'
import { useAction } from '../shell/toasts'
import { Aliases } from './Aliases'
import { Lineage } from './Lineage'
import { RecordMenu } from './RecordMenu'
import { Stage } from './Stage'
import { useChanged } from './useChanged'
import { VersionFacts } from './VersionFacts'

/** A version of a model: its lineage, gates, metrics and files, and code that loads it. */
export function VersionPage() {
  const { name, version } = useParams({ strict: false }) as { name: string; version: string }
  const t = useT()
  const act = useAction()
  const navigate = useNavigate()
  const changed = useChanged()
  const found = useQuery(versionQuery(name, version))
  const whyNot = useRights(`registered_model_version/${name}/${version}`)
  const [path, setPath] = useState<string>()
  useTitle(`${name} v${version}`)
  const one = found.data
  const run = useQuery({ ...runQuery(one?.run_id ?? ''), enabled: Boolean(one?.run_id) })
  const made = useQuery({ ...loggedModel(one?.model_id ?? ''), enabled: Boolean(one?.model_id) })
  const owner: Owner | null = one?.model_id
    ? { kind: 'model', id: one.model_id }
    : one?.run_id
      ? { kind: 'run', id: one.run_id }
      : null
  if (problemOf(found)) return <PageProblem query={found} />
  if (!one) return <p className="empty">{t('loading')}</p>
  const alias = one.aliases?.[0]
  const uri = alias ? `models:/${name}@${alias}` : `models:/${name}/${version}`
  const metrics = made.data?.data?.metrics?.length
    ? made.data.data.metrics
    : (run.data?.data.metrics ?? []).filter((m) => !m.key.startsWith('system/'))
  return (
    <div className="page stack">
      <div>
        <nav className="crumbs" aria-label="breadcrumb">
          <Link to="/models">{t('models')}</Link>
          <span aria-hidden="true">/</span>
          <Link to="/models/$name" params={{ name }}>
            {name}
          </Link>
          <span aria-hidden="true">/</span>
        </nav>
        <div className="head" style={{ marginBottom: 0 }}>
          <h1>{t('versionN', { n: version })}</h1>
          <Status status={one.status} />
          <Stage version={one} />
          <Aliases version={one} />
          <span className="spacer" />
          <RecordMenu
            title={t('deleteVersion', { v: version })}
            whyNot={whyNot}
            tag={(key, value) => setVersionTag(name, version, key, value)}
            remove={() => deleteVersion(name, version)}
            gone={() => void navigate({ to: '/models/$name', params: { name } })}
          />
        </div>
      </div>
      <Lineage version={one} uri={uri} run={run.data} loggedModel={made.data} />
      <VersionGates name={name} version={version} />
      <div className="grid2">
        <div className="stack">
          <section className="card">
            <header>
              <h2>{t('description')}</h2>
            </header>
            <div className="body">
              <EditableText
                subject={`version/${name}/${version}`}
                whyNot={whyNot('update')}
                text={one.description ?? ''}
                show={(text) => <Markdown text={text} />}
                onSave={(description) =>
                  act(() => describeVersion(name, version, description), t('saved')).then((ok) => {
                    changed()
                    return ok
                  })
                }
              />
            </div>
          </section>
          <VersionFacts version={one} />
        </div>
        <div className="stack">
          <section className="stack" style={{ gap: 7 }}>
            <h2>{t('useModel')}</h2>
            <Code text={loadModelCode(uri)} />
          </section>
          {metrics.length > 0 && (
            <section className="card">
              <header>
                <h2>{t('metrics')}</h2>
              </header>
              <table className="plain">
                <tbody>
                  {metrics.map((m) => (
                    <tr key={m.key}>
                      <td className="soft">{m.key}</td>
                      <td className="num" title={String(m.value)}>
                        {number(m.value)}
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </section>
          )}
        </div>
      </div>
      {owner && (
        <section className="stack" style={{ gap: 8 }}>
          <h2>{t('artifacts')}</h2>
          <Artifacts owner={owner} root={one.source ?? ''} path={path} onPath={setPath} />
        </section>
      )}
    </div>
  )
}
