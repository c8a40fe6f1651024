import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { audit } from '../api/governance'
import { instant } from '../shell/format'
import { useDebounced } from '../shell/hooks'
import { Problem } from '../shell/Problem'
import { useT } from '../shell/settings'
import { AuditVerifier } from './AuditVerifier'

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
  return (
    <div className="stack">
      <div className="row wrap">
        <input
          className="input"
          placeholder={t('models')}
          aria-label={t('models')}
          value={model}
          onChange={(event) => setModel(event.target.value)}
        />
        <input
          className="input"
          placeholder={t('user')}
          aria-label={t('user')}
          value={actor}
          onChange={(event) => setActor(event.target.value)}
        />
        <input
          className="input"
          placeholder="alias.set"
          aria-label={t('action')}
          value={action}
          onChange={(event) => setAction(event.target.value)}
        />
        <span className="spacer" />
        <AuditVerifier />
      </div>
      {list.error ? (
        <Problem error={list.error} retry={() => void list.refetch()} />
      ) : (
        <div className="card">
          <table className="plain">
            <thead>
              <tr>
                <th className="num">#</th>
                <th>{t('time')}</th>
                <th>{t('user')}</th>
                <th>{t('action')}</th>
                <th>{t('subject')}</th>
                <th>{t('change')}</th>
              </tr>
            </thead>
            <tbody>
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
            </tbody>
          </table>
          {list.isSuccess && list.data.length === 0 && <p className="empty">{t('nothingFound')}</p>}
        </div>
      )}
    </div>
  )
}
