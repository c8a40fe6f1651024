import type { Token } from '../api/types'
import { resourceText } from '../access/resources'
import { ago, instant } from '../shell/format'
import { useT } from '../shell/settings'
import { expiryText } from './expiry'

/** A token: its purpose, what it permits, and when it ends and was used. */
export function TokenRow({ token, onRevoke }: { token: Token; onRevoke: () => void }) {
  const t = useT()
  const resources = token.resources ?? []
  const left = token.expiration_timestamp === undefined ? undefined : token.expiration_timestamp - Date.now()
  return (
    <tr>
      <td className="break" style={{ fontWeight: 550 }}>
        {token.label || <span className="faint">–</span>}
      </td>
      <td>
        <div className="row wrap" style={{ gap: 4 }}>
          {token.read_only && <span className="chip">{t('readOnly')}</span>}
          {resources.map((resource) => (
            <span key={resource} className="chip" title={resource}>
              <span className="ellipsis">{resourceText(resource, t)}</span>
            </span>
          ))}
          {!token.read_only && resources.length === 0 && <span className="soft">{t('everything')}</span>}
        </div>
      </td>
      <td className="nowrap" title={instant(token.expiration_timestamp)}>
        <span
          className={
            left !== undefined && left <= 0 ? 'chip bad' : left !== undefined && left < WEEK ? 'chip warn' : 'soft'
          }
        >
          {expiryText(left, t)}
        </span>
      </td>
      <td className="soft nowrap" title={instant(token.last_used_timestamp)}>
        {ago(token.last_used_timestamp, t) || t('never')}
      </td>
      <td className="soft nowrap" title={instant(token.creation_timestamp)}>
        {ago(token.creation_timestamp, t)}
      </td>
      <td className="mono faint">{token.id}</td>
      <td style={{ padding: '3px 8px', textAlign: 'right' }}>
        <button
          className="btn small ghost"
          aria-label={`${t('revoke')}: ${token.label || token.id}`}
          onClick={onRevoke}
        >
          {t('revoke')}
        </button>
      </td>
    </tr>
  )
}

const WEEK = 7 * 24 * 3_600_000
