import { Link } from '@tanstack/react-router'
import { type ModelVersion } from '../api/types'
import { RunLink } from '../run/RunLink'
import { ago, instant } from '../shell/format'
import { useT } from '../shell/settings'
import { Status } from '../shell/Status'
import { Aliases } from './Aliases'
import { Stage } from './Stage'
import { TagChips } from './TagChips'

/** The versions of a model, of which two can be chosen to be compared. */
export function VersionsTable({
  name,
  versions,
  chosen,
  onChoose,
}: {
  name: string
  versions: ModelVersion[] | undefined
  chosen: string[]
  onChoose: (versions: string[]) => void
}) {
  const t = useT()
  return (
    <section className="card">
      <header>
        <h2>{t('versions')}</h2>
        <span className="faint num">{versions?.length ?? ''}</span>
        <span className="spacer" />
        {chosen.length > 0 && (
          <button className="btn small ghost" onClick={() => onChoose([])}>
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
            {(versions ?? []).map((version) => (
              <VersionRow
                key={version.version}
                name={name}
                version={version}
                chosen={chosen.includes(version.version)}
                onChoose={(on) =>
                  onChoose(on ? [...chosen, version.version].slice(-2) : chosen.filter((v) => v !== version.version))
                }
              />
            ))}
          </tbody>
        </table>
      </div>
      {versions?.length === 0 && <p className="empty">{t('nothingFound')}</p>}
    </section>
  )
}

function VersionRow({
  name,
  version,
  chosen,
  onChoose,
}: {
  name: string
  version: ModelVersion
  chosen: boolean
  onChoose: (on: boolean) => void
}) {
  const t = useT()
  return (
    <tr>
      <td>
        <input
          type="checkbox"
          aria-label={`${t('compareVersions')}: v${version.version}`}
          checked={chosen}
          onChange={(event) => onChoose(event.target.checked)}
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
          <TagChips tags={(version.tags ?? []).slice(0, 3)} />
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
  )
}
