import { useQueryClient } from '@tanstack/react-query'
import { grant, revoke } from '../api/access'
import { Icon } from '../shell/Icon'
import { useT } from '../shell/settings'
import { useAction } from '../shell/toasts'
import { GrantForm } from './GrantForm'
import { LevelChip } from './LevelChip'
import { splitGrant, splitResource, typeText } from './resources'
import { useExperimentNames } from './useExperimentNames'

/** The grants of a user, group or role, with a form that adds one. */
export function GrantsCard({ holder, grants, note }: { holder: string; grants: string[]; note?: string }) {
  const t = useT()
  const act = useAction()
  const client = useQueryClient()
  const nameOf = useExperimentNames(grants.map((text) => splitGrant(text).resources))
  const change = (work: () => Promise<unknown>) =>
    act(work).then(async (ok) => {
      await client.invalidateQueries()
      return ok
    })
  return (
    <section className="card" aria-label={t('grants')}>
      <header>
        <h2>{t('grants')}</h2>
        <span className="faint num">{grants.length || ''}</span>
      </header>
      <div className="scroll-y">
        <table className="plain">
          {grants.length > 0 && (
            <thead>
              <tr>
                <th>{t('level')}</th>
                <th>{t('resourceType')}</th>
                <th>{t('pattern')}</th>
                <th>
                  <span className="visually-hidden">{t('remove')}</span>
                </th>
              </tr>
            </thead>
          )}
          <tbody>
            {grants.map((text) => {
              const { level, resources } = splitGrant(text)
              const { type, pattern } = splitResource(resources)
              return (
                <tr key={resources}>
                  <td style={{ width: 90 }}>
                    <LevelChip level={level} />
                  </td>
                  <td className="nowrap soft">{typeText(type, t)}</td>
                  <td className="break">
                    <span className="mono">{pattern}</span>
                    {nameOf(resources) && <span className="faint"> {nameOf(resources)}</span>}
                  </td>
                  <td style={{ width: 30, padding: '4px 8px' }}>
                    <button
                      className="btn ghost icon small"
                      title={t('remove')}
                      aria-label={`${t('remove')}: ${text}`}
                      onClick={() => void change(() => revoke(holder, resources))}
                    >
                      <Icon name="close" size={11} />
                    </button>
                  </td>
                </tr>
              )
            })}
          </tbody>
        </table>
      </div>
      {grants.length === 0 && <p className="none">{note ?? t('noGrants')}</p>}
      <div className="foot">
        <GrantForm onAdd={(resources, level) => change(() => grant(holder, resources, level))} />
      </div>
    </section>
  )
}
