import type { ActionName } from '../api/types'
import { Icon } from '../shell/Icon'
import { useT } from '../shell/settings'
import type { WhyNot } from './useRights'

const ACTIONS: ActionName[] = ['read', 'use', 'update', 'delete', 'manage']

/** What the signed-in user may do to a resource, and what is missing for the rest. */
export function OwnRights({ whyNot }: { whyNot: WhyNot }) {
  const t = useT()
  return (
    <section className="card" aria-label={t('ownRights')}>
      <header>
        <h2>{t('ownRights')}</h2>
      </header>
      <ul className="body rights">
        {ACTIONS.map((action) => {
          const why = whyNot(action)
          return (
            <li key={action}>
              <span className={why === undefined ? 'yes' : 'no'}>
                <Icon name={why === undefined ? 'check' : 'close'} size={13} />
                <span className="visually-hidden">{t(why === undefined ? 'allowed' : 'denied')}</span>
              </span>
              <span>{t(`may_${action as 'read' | 'use' | 'update' | 'delete' | 'manage'}`)}</span>
              {why && <span className="faint">{why}</span>}
            </li>
          )
        })}
      </ul>
    </section>
  )
}
