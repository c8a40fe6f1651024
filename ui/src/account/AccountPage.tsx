import { useQuery } from '@tanstack/react-query'
import { rolesOf } from '../api/access'
import { currentUser, hasSession } from '../api/users'
import { useTitle } from '../shell/hooks'
import { useT } from '../shell/settings'
import { PasswordCard } from './PasswordCard'
import { SessionsCard } from './SessionsCard'
import { TokensCard } from './TokensCard'

/** The account of the signed-in user: groups and roles, tokens, sessions and the password. */
export function AccountPage() {
  const t = useT()
  const me = useQuery(currentUser)
  const user = me.data
  // Users whom only a proxy or an identity provider knows have the ID 0, and no roles of their own.
  const roles = useQuery({ ...rolesOf(user?.username ?? ''), enabled: Boolean(user?.id), retry: false })
  useTitle(t('account'))
  if (me.isPending) return null
  if (!user)
    return (
      <div className="page">
        <h1>{t('account')}</h1>
        <p className="soft" style={{ marginTop: 8 }}>
          {t('accessOff')}
        </p>
      </div>
    )
  const named = (roles.data ?? []).map((role) => role.name).filter((name) => !/^__(user|group)_.*__$/.test(name))
  return (
    <div className="page stack">
      <div className="head" style={{ marginBottom: 0 }}>
        <h1>{user.username}</h1>
        {user.is_admin && <span className="chip accent">{t('administrator')}</span>}
        <span className="spacer" />
        {hasSession() && (
          <form method="post" action="sign-out">
            <button className="btn">{t('signOut')}</button>
          </form>
        )}
      </div>
      <section className="card">
        <dl className="body facts">
          <dt>{t('groups')}</dt>
          <dd>
            <Names names={user.groups ?? []} />
          </dd>
          <dt>{t('roles')}</dt>
          <dd>
            <Names names={named} />
          </dd>
        </dl>
      </section>
      <TokensCard account={user.id !== 0} />
      <div className="grid2">
        <SessionsCard />
        {user.has_password && <PasswordCard user={user.username} />}
      </div>
    </div>
  )
}

function Names({ names }: { names: string[] }) {
  if (names.length === 0) return <span className="faint">–</span>
  return (
    <span className="row wrap" style={{ gap: 5 }}>
      {names.map((name) => (
        <span key={name} className="chip">
          {name}
        </span>
      ))}
    </span>
  )
}
