import type { Account, AccessPolicyResponse } from '../api/types'
import { useT } from '../shell/settings'
import { LevelChip } from './LevelChip'
import { inheritedGrants } from './inheritedGrants'
import { holderText, resourceText } from './resources'
import { useExperimentNames } from './useExperimentNames'

/** What a user may do because of groups and roles. */
export function InheritedCard({ user, policy }: { user: Account; policy: AccessPolicyResponse['policy'] | undefined }) {
  const t = useT()
  const all = policy ? inheritedGrants(user, policy) : []
  const nameOf = useExperimentNames(all.map(({ resources }) => resources))
  if (all.length === 0) return null
  return (
    <section className="card">
      <header>
        <h2>{t('inherited')}</h2>
        <span className="faint num">{all.length}</span>
      </header>
      <div className="scroll-y" tabIndex={0} role="region" aria-label={t('inherited')}>
        <table className="plain">
          <tbody>
            {all.map(({ level, resources, via }) => (
              <tr key={`${resources} ${via.join(' ')}`}>
                <td style={{ width: 90 }}>
                  <LevelChip level={level} />
                </td>
                <td className="break">
                  {resourceText(resources, t)}
                  {nameOf(resources) && <span className="faint"> {nameOf(resources)}</span>}
                </td>
                <td className="soft">{via.map((holder) => holderText(holder, t)).join(' · ')}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  )
}
