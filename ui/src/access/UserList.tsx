import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useMemo, useState } from 'react'
import { accounts } from '../api/accounts'
import type { Account } from '../api/types'
import { ago, instant } from '../shell/format'
import { NewButton } from '../shell/NewButton'
import { Problem, problemOf } from '../shell/Problem'
import { SearchBox } from '../shell/SearchBox'
import { useT } from '../shell/settings'
import { TableCard } from '../shell/TableCard'
import { Segments } from '../shell/Tabs'
import { AddUserDialog } from './AddUserDialog'
import { ListPart } from './ListPart'
import { matches } from './matches'

type Kind = 'all' | 'person' | 'service'

/** The accounts of people and programs. */
export function UserList({ onOpen }: { onOpen: (name: string) => void }) {
  const t = useT()
  const list = useQuery({ ...accounts, refetchInterval: 30_000 })
  const [words, setWords] = useState('')
  const [kind, setKind] = useState<Kind>('all')
  const [adding, setAdding] = useState(false)
  const shown = useMemo(
    () =>
      (list.data ?? []).filter(
        (user) =>
          (kind === 'all' || user.service === (kind === 'service')) &&
          matches(words, [user.name, ...(user.groups ?? [])]),
      ),
    [list.data, words, kind],
  )
  if (problemOf(list)) return <Problem error={list.error} retry={() => void list.refetch()} />
  return (
    <div className="stack">
      <div className="row wrap">
        <SearchBox label={t('searchUsers')} style={{ width: 250 }} value={words} onChange={setWords} />
        <Segments
          value={kind}
          label={t('kind')}
          onChange={setKind}
          options={[
            ['all', t('all')],
            ['person', t('people')],
            ['service', t('services')],
          ]}
        />
        <span className="faint num" aria-live="polite">
          {list.data && t('usersCount', { n: shown.length })}
        </span>
        <span className="spacer" />
        <NewButton onClick={() => setAdding(true)}>{t('addUser')}</NewButton>
      </div>
      <TableCard
        columns={[t('name'), t('groups'), t('signsInWith'), t('lastSignIn'), t('created')]}
        empty={
          list.isPending ? (
            <p className="empty">{t('loading')}</p>
          ) : (
            shown.length === 0 && <p className="empty">{words ? t('nothingFound') : t('noUsersOfKind')}</p>
          )
        }
      >
        <ListPart all={shown} columns={5} row={(user) => <UserRow key={user.id} user={user} />} />
      </TableCard>
      {adding && (
        <AddUserDialog
          close={() => setAdding(false)}
          added={(name) => {
            setAdding(false)
            onOpen(name)
          }}
        />
      )}
    </div>
  )
}

function UserRow({ user }: { user: Account }) {
  const t = useT()
  const groups = user.groups ?? []
  const more = groups.length - 6
  const ways = [user.has_password && t('password'), user.tokens > 0 && t('tokensCount', { n: user.tokens })].filter(
    Boolean,
  )
  return (
    <tr>
      <td className="break" style={{ maxWidth: 320 }}>
        <span className="row" style={{ gap: 7 }}>
          <Link style={{ fontWeight: 550 }} to="/access" search={{ of: user.name }}>
            {user.name}
          </Link>
          {groups.includes('admins') && <span className="chip accent">{t('administrator')}</span>}
          {user.service && <span className="chip">{t('service')}</span>}
          {user.disabled && <span className="chip">{t('disabled')}</span>}
        </span>
      </td>
      <td>
        <div className="row wrap" style={{ gap: 4 }}>
          {groups.slice(0, 6).map((group) => (
            <span key={group} className="chip">
              {group}
            </span>
          ))}
          {more > 0 && <span className="faint">+{more}</span>}
        </div>
      </td>
      <td className="soft">{ways.join(', ') || '–'}</td>
      <td className="soft nowrap" title={instant(user.last_sign_in_timestamp)}>
        {ago(user.last_sign_in_timestamp, t) || '–'}
      </td>
      <td className="soft nowrap" title={instant(user.creation_timestamp)}>
        {ago(user.creation_timestamp, t)}
      </td>
    </tr>
  )
}
