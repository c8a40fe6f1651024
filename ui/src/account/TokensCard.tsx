import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { revokeToken, tokens } from '../api/accounts'
import type { Token } from '../api/types'
import { ListPart } from '../access/ListPart'
import { matches } from '../access/matches'
import { ConfirmDelete } from '../shell/Dialog'
import { NewButton } from '../shell/NewButton'
import { Problem, problemOf } from '../shell/Problem'
import { SearchBox } from '../shell/SearchBox'
import { useT } from '../shell/settings'
import { useAction } from '../shell/toasts'
import { TokenDialog } from './TokenDialog'
import { TokenRow } from './TokenRow'

/**
 * The tokens of a user.
 *
 * @param user undefined for the signed-in user
 * @param account whether the user has an account on this server, which tokens need
 */
export function TokensCard({ user, account = true }: { user?: string; account?: boolean }) {
  const t = useT()
  const act = useAction()
  const client = useQueryClient()
  const list = useQuery(tokens(user))
  const [words, setWords] = useState('')
  const [creating, setCreating] = useState(false)
  const [asking, setAsking] = useState<Token | null>(null)
  const changed = () => {
    for (const key of ['tokens', 'accounts']) void client.invalidateQueries({ queryKey: [key] })
  }
  const all = list.data ?? []
  const shown = all.filter((token) => matches(words, [token.label, token.id, ...(token.resources ?? [])]))
  return (
    <section className="card" aria-label={t('tokens')}>
      <header>
        <h2>{t('tokens')}</h2>
        <span className="faint num">{all.length || ''}</span>
        <span className="spacer" />
        {all.length > 8 && (
          <SearchBox label={t('searchTokens')} style={{ width: 200 }} value={words} onChange={setWords} />
        )}
        <NewButton whyNot={account ? undefined : t('tokensNeedAccount')} onClick={() => setCreating(true)}>
          {t('newToken')}
        </NewButton>
      </header>
      {problemOf(list) ? (
        <div className="body">
          <Problem error={list.error} retry={() => void list.refetch()} />
        </div>
      ) : all.length === 0 ? (
        <p className="none">{list.isPending ? t('loading') : t('noTokens')}</p>
      ) : (
        <div className="scroll-y">
          <table className="plain">
            <thead>
              <tr>
                {[t('label'), t('permits'), t('expiry'), t('lastUse'), t('created'), 'ID'].map((title) => (
                  <th key={title}>{title}</th>
                ))}
                <th>
                  <span className="visually-hidden">{t('revoke')}</span>
                </th>
              </tr>
            </thead>
            <tbody>
              <ListPart
                all={shown}
                columns={7}
                row={(token) => <TokenRow key={token.id} token={token} onRevoke={() => setAsking(token)} />}
              />
            </tbody>
          </table>
          {shown.length === 0 && <p className="none">{t('nothingFound')}</p>}
        </div>
      )}
      {creating && <TokenDialog user={user} changed={changed} close={() => setCreating(false)} />}
      {asking && (
        <ConfirmDelete
          title={t('revokeTitle', { name: asking.label || asking.id })}
          text={t('revokeText')}
          action={t('revoke')}
          close={() => setAsking(null)}
          run={() => void act(() => revokeToken(asking.id)).then(changed)}
        />
      )}
    </section>
  )
}
