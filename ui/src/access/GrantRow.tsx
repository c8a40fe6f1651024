import type { PermissionLevel } from '../api/types'
import { Icon } from '../shell/Icon'
import { useT } from '../shell/settings'
import { LevelChip } from './LevelChip'
import { holderText } from './resources'

export interface GrantLine {
  /** a holder such as `user:ann`, or `everybody` */
  to: string
  level: PermissionLevel
  reason: 'reasonAdmins' | 'reasonOwn' | 'reasonPattern' | 'reasonGroupDefault' | 'reasonDefault'
  /** the resources that the grant names; undefined if there is no grant */
  resources?: string
  /** who is assigned to the role */
  members?: string[]
  own?: boolean
}

/** A line of the permissions on a resource. */
export function GrantRow({ line, onRemove }: { line: GrantLine; onRemove: (() => void) | undefined }) {
  const t = useT()
  const members = line.members ?? []
  const who = line.to === 'everybody' ? t('everybody') : holderText(line.to, t)
  return (
    <tr>
      <td className="break">
        <span style={{ fontWeight: 550 }}>{who}</span>
        {members.length > 0 && (
          <div className="faint">
            {members
              .slice(0, 8)
              .map((member) => holderText(member, t))
              .join(t('listSeparator'))}
            {members.length > 8 && ` +${members.length - 8}`}
          </div>
        )}
      </td>
      <td>
        <LevelChip level={line.level} />
      </td>
      <td className="soft">
        {t(line.reason)}
        {line.resources && line.reason !== 'reasonOwn' && (
          <>
            {' '}
            <code className="break">{line.resources}</code>
          </>
        )}
      </td>
      <td style={{ width: 36, padding: '3px 6px' }}>
        {onRemove && (
          <button
            className="btn ghost icon small"
            title={t('remove')}
            aria-label={`${t('remove')}: ${who} ${line.level}`}
            onClick={onRemove}
          >
            <Icon name="close" size={11} />
          </button>
        )}
      </td>
    </tr>
  )
}
