import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { audit } from '../api/governance'
import { instant } from '../shell/format'
import { useDebounced } from '../shell/hooks'
import { Problem, problemOf } from '../shell/Problem'
import { useT } from '../shell/settings'
import { TableCard } from '../shell/TableCard'
import { AuditVerifier } from './AuditVerifier'

/** The audit log, filtered by model, user and action. */
export function Audit() {
  const t = useT()
  const [model, setModel] = useState('')
  const [actor, setActor] = useState('')
  const [action, setAction] = useState('')
  const filter = useDebounced(
    JSON.stringify({ model: model || undefined, actor: actor || undefined, action: action || undefined }),
    250,
  )
  const list = useQuery({ ...audit(JSON.parse(filter) as { model?: string }), placeholderData: (before) => before })
  const input = (label: string, placeholder: string, value: string, set: (text: string) => void) => (
    <input
      className="input"
      placeholder={placeholder}
      aria-label={label}
      value={value}
      onChange={(event) => set(event.target.value)}
    />
  )
  return (
    <div className="stack">
      <div className="row wrap">
        {input(t('models'), t('models'), model, setModel)}
        {input(t('user'), t('user'), actor, setActor)}
        {input(t('action'), 'alias.set', action, setAction)}
        <span className="spacer" />
        <AuditVerifier />
      </div>
      {problemOf(list) ? (
        <Problem error={list.error} retry={() => void list.refetch()} />
      ) : (
        <TableCard
          columns={[
            <th key="seq" className="num">
              #
            </th>,
            t('time'),
            t('user'),
            t('action'),
            t('subject'),
            t('change'),
          ]}
          empty={list.isSuccess && list.data.length === 0 && <p className="empty">{t('nothingFound')}</p>}
        >
          {(list.data ?? []).map((entry) => (
            <tr key={entry.seq}>
              <td className="num faint">{entry.seq}</td>
              <td className="nowrap soft">{instant(entry.at)}</td>
              <td>{entry.actor}</td>
              <td>
                <span className="chip">{entry.action}</span>
              </td>
              <td className="mono break">{entry.subject}</td>
              <td className="mono faint break" style={{ fontSize: 11.5, maxWidth: 420 }}>
                {[entry.before, entry.after]
                  .filter(Boolean)
                  .map((text) => (text!.length > 160 ? `${text!.slice(0, 160)}…` : text))
                  .join(' → ')}
              </td>
            </tr>
          ))}
        </TableCard>
      )}
    </div>
  )
}
