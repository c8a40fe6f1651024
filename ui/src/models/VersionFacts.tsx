import { type ModelVersion } from '../api/types'
import { ago, instant } from '../shell/format'
import { useT } from '../shell/settings'
import { TagChips } from './TagChips'

/** When a version was created and changed, where its files are, and its tags. */
export function VersionFacts({ version }: { version: ModelVersion }) {
  const t = useT()
  return (
    <section className="card">
      <div className="body">
        <dl className="kv" style={{ margin: 0 }}>
          <dt>{t('created')}</dt>
          <dd>
            {instant(version.creation_timestamp)} <span className="faint">{ago(version.creation_timestamp, t)}</span>
          </dd>
          <dt>{t('updated')}</dt>
          <dd>{instant(version.last_updated_timestamp)}</dd>
          <dt>{t('location')}</dt>
          <dd className="mono soft break">{version.source}</dd>
          <dt>{t('tags')}</dt>
          <dd>
            <div className="row wrap" style={{ gap: 5 }}>
              <TagChips tags={version.tags ?? []} />
              {(version.tags ?? []).length === 0 && '–'}
            </div>
          </dd>
        </dl>
      </div>
    </section>
  )
}
