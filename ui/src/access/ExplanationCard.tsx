import type { ExplainedCheck, Explanation } from '../api/types'
import { Icon } from '../shell/Icon'
import type { Key } from '../shell/messages'
import { useT } from '../shell/settings'
import { LevelChip } from './LevelChip'
import { readGrant } from './readGrant'
import { holderText, resourceText, typeText } from './resources'

/** The answer to whether a user may do something: the verdict, and for each requirement what decided it. */
export function ExplanationCard({
  answer,
  action,
  resource,
}: {
  answer: Explanation
  action: string
  resource: string
}) {
  const t = useT()
  const values = { user: answer.user, action: t(`action_${action}` as Key), on: resourceText(resource, t) }
  return (
    <div className="foot stack" style={{ gap: 10 }} role="status">
      <p className="verdict">
        <span className={`chip ${answer.allowed ? 'good' : 'bad'}`}>
          <Icon name={answer.allowed ? 'check' : 'close'} size={12} />
          {t(answer.allowed ? 'allowed' : 'denied')}
        </span>
        {t(answer.allowed ? 'mayDo' : 'mayNotDo', values)}
      </p>
      {(answer.checks ?? []).map((check, i) => (
        <CheckLine key={i} check={check} fallback={answer.default_permission} />
      ))}
    </div>
  )
}

function CheckLine({ check, fallback }: { check: ExplainedCheck; fallback: Explanation['default_permission'] }) {
  const t = useT()
  return (
    <div className="check">
      <div className="row" style={{ gap: 6 }}>
        <span className={check.allowed ? 'yes' : 'no'}>
          <Icon name={check.allowed ? 'check' : 'close'} size={13} />
          <span className="visually-hidden">{t(check.allowed ? 'allowed' : 'denied')}</span>
        </span>
        <strong>
          {t(`action_${check.action}` as Key)}: {typeText(check.type, t)}
        </strong>
        {check.level && <LevelChip level={check.level} />}
        <span className="soft">{t(`basis_${check.basis}`, { level: fallback })}</span>
      </div>
      {(check.grants ?? []).map((text) => {
        const grant = readGrant(text)
        return (
          <div key={text} className="row wrap grant">
            <LevelChip level={grant.level} />
            <code>{grant.resources}</code>
            <span className="soft">{grant.holders.map((holder) => holderText(holder, t)).join(' · ')}</span>
          </div>
        )
      })}
    </div>
  )
}
