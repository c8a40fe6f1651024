import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useRights } from '../access/useRights'
import { ApiError } from '../api/client'
import { aliasChanges } from '../api/governance'
import { type AuditEntry } from '../api/types'
import { instant } from '../shell/format'
import { Problem, problemOf } from '../shell/Problem'
import { useT } from '../shell/settings'

/** A period in which an alias was assigned to a version. */
interface AliasPeriod {
  version: number
  from: number
  to: number | null
  by: string
  approval?: number
}

const versionIn = (json: string | undefined) => {
  const found = json ? (JSON.parse(json) as { version?: number; approval?: number }) : {}
  return { version: found.version, approval: found.approval }
}

/**
 * Returns the periods of each alias, the latest first.
 *
 * @param entries the changes of aliases in the audit log, the oldest first
 */
function periodsByAlias(entries: AuditEntry[]): Map<string, AliasPeriod[]> {
  const aliases = new Map<string, AliasPeriod[]>()
  for (const entry of entries) {
    const alias = entry.subject.slice(entry.subject.lastIndexOf('@') + 1)
    const held = aliases.get(alias) ?? []
    aliases.set(alias, held)
    const { version, approval } = versionIn(entry.after)
    const current = held[0]
    if (current && current.to === null && current.version !== version) current.to = entry.at
    if (version !== undefined && (current?.version !== version || current.to !== null))
      held.unshift({ version, from: entry.at, to: null, by: entry.actor, approval })
  }
  return aliases
}

/** The history of a model's aliases, from the audit log. */
export function AliasHistory({ name }: { name: string }) {
  const t = useT()
  // With authentication only administrators may read the audit log. Others see the page without the history.
  const readable = useRights('server/*')('manage') === undefined
  const found = useQuery({ ...aliasChanges(name), enabled: readable })
  if (found.error instanceof ApiError && found.error.status === 403) return null
  if (problemOf(found)) return <Problem error={found.error} />
  const aliases = [...periodsByAlias(found.data ?? [])].sort(
    ([a], [b]) => Number(b === 'champion') - Number(a === 'champion') || a.localeCompare(b),
  )
  if (aliases.length === 0) return null
  const now = Date.now()
  const start = Math.min(...aliases.flatMap(([, held]) => held.map((one) => one.from)))
  const place = (time: number) => ((time - start) / Math.max(1, now - start)) * 100
  return (
    <section className="card" aria-label={t('holders')}>
      <header>
        <h2>{t('holders')}</h2>
        <span className="faint">{t('fromAudit')}</span>
      </header>
      <div className="body stack" style={{ gap: 14 }}>
        {aliases.map(([alias, held]) => {
          const current = held[0]?.to === null ? held[0] : undefined
          return (
            <div key={alias}>
              <div className="row wrap" style={{ marginBottom: 4 }}>
                <span className="chip accent">@{alias}</span>
                <span className="soft">
                  {current
                    ? t('heldSince', { v: current.version, when: instant(current.from), who: current.by })
                    : t('heldByNone')}
                </span>
              </div>
              <div className="timeline" aria-hidden="true">
                {held.map((one) => (
                  <span
                    key={one.from}
                    className={one.to === null ? 'now' : ''}
                    style={{
                      left: `${place(one.from)}%`,
                      width: `${Math.max(0.6, place(one.to ?? now) - place(one.from))}%`,
                    }}
                    title={`v${one.version} · ${instant(one.from)} – ${one.to ? instant(one.to) : ''}`}
                  >
                    v{one.version}
                  </span>
                ))}
              </div>
              <ol className="held">
                {held.slice(0, 6).map((one) => (
                  <li key={one.from}>
                    <Link to="/models/$name/versions/$version" params={{ name, version: String(one.version) }}>
                      v{one.version}
                    </Link>
                    <span className="num">
                      {instant(one.from)} – {one.to ? instant(one.to) : t('now')}
                    </span>
                    <span className="faint">
                      {one.by}
                      {one.approval ? ` · ${t('approval')} #${one.approval}` : ''}
                    </span>
                  </li>
                ))}
              </ol>
            </div>
          )
        })}
      </div>
    </section>
  )
}
