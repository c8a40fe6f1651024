import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { endSessions, sessions } from '../api/accounts'
import { ConfirmDelete } from '../shell/Dialog'
import { ago, instant } from '../shell/format'
import { Problem, problemOf } from '../shell/Problem'
import { useT } from '../shell/settings'
import { useAction } from '../shell/toasts'
import { expiryText } from './expiry'

/**
 * The sessions of a user in browsers and of `kiroku login`.
 *
 * @param user undefined for the signed-in user
 */
export function SessionsCard({ user }: { user?: string }) {
  const t = useT()
  const act = useAction()
  const client = useQueryClient()
  const list = useQuery(sessions(user))
  const [asking, setAsking] = useState(false)
  const all = list.data ?? []
  const end = (id?: string) =>
    // If it was the session of this page, the next request leads to the sign-in page.
    void act(() => endSessions(user, id)).then(() => client.invalidateQueries())
  return (
    <section className="card" aria-label={t('sessions')}>
      <header>
        <h2>{t('sessions')}</h2>
        <span className="faint num">{all.length || ''}</span>
        <span className="spacer" />
        {all.length > 0 && (
          <button className="btn small" onClick={() => setAsking(true)}>
            {t('signOutEverywhere')}
          </button>
        )}
      </header>
      {problemOf(list) ? (
        <div className="body">
          <Problem error={list.error} retry={() => void list.refetch()} />
        </div>
      ) : all.length === 0 ? (
        <p className="none">{list.isPending ? t('loading') : t('noSessions')}</p>
      ) : (
        <div className="scroll-y">
          <table className="plain">
            <tbody>
              {all.map((session) => (
                <tr key={session.id}>
                  <td className="nowrap" title={instant(session.creation_timestamp)}>
                    {t('signedIn', { when: ago(session.creation_timestamp, t) })}
                    {session.current && (
                      <>
                        {' '}
                        <span className="chip accent">{t('thisSession')}</span>
                      </>
                    )}
                  </td>
                  <td className="soft nowrap" title={instant(session.expiration_timestamp)}>
                    {t('ends', { when: expiryText(session.expiration_timestamp - Date.now(), t) })}
                  </td>
                  <td className="mono faint">{session.id}</td>
                  <td style={{ padding: '3px 8px', textAlign: 'right' }}>
                    <button
                      className="btn small ghost"
                      aria-label={`${t('end')}: ${session.id}`}
                      onClick={() => end(session.id)}
                    >
                      {t('end')}
                    </button>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {asking && (
        <ConfirmDelete
          title={user ? t('signOutEverywhereOf', { name: user }) : t('signOutEverywhereTitle')}
          text={t('signOutEverywhereText')}
          action={t('signOut')}
          close={() => setAsking(false)}
          run={() => end()}
        />
      )}
    </section>
  )
}
