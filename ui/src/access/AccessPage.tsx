import { useQuery } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { currentUser } from '../api/users'
import { useTitle } from '../shell/hooks'
import { useT } from '../shell/settings'
import { Tabs } from '../shell/Tabs'
import { ExplainPanel } from './ExplainPanel'
import { GroupDetails } from './GroupDetails'
import { GroupList } from './GroupList'
import { RoleDetails } from './RoleDetails'
import { RoleList } from './RoleList'
import { UserDetails } from './UserDetails'
import { UserList } from './UserList'

export interface AccessSearch {
  tab?: 'groups' | 'roles' | 'explain'
  /** the user, group or role whose details are shown */
  of?: string | number
}

/** Users, groups and roles, and explanations of decisions. For administrators. */
export function AccessPage() {
  const t = useT()
  const navigate = useNavigate()
  const me = useQuery(currentUser)
  const { tab = 'users', of } = useSearch({ strict: false }) as AccessSearch
  useTitle(of === undefined ? t('access') : String(of))
  const go = (search: AccessSearch) => void navigate({ to: '/access', search })
  if (me.isPending) return null
  if (!me.data?.is_admin)
    return (
      <div className="page">
        <h1>{t('access')}</h1>
        <p className="soft" style={{ marginTop: 8 }}>
          {me.data ? t('needsAdmin') : t('accessOff')}
        </p>
      </div>
    )
  const name = of === undefined ? undefined : String(of)
  const back = () => go(tab === 'users' ? {} : { tab })
  const open = (next: string) => go({ ...(tab === 'users' ? {} : { tab }), of: next })
  return (
    <div className="page">
      <div className="head">
        <h1>{t('access')}</h1>
      </div>
      <Tabs
        value={tab}
        onChange={(next) => go(next === 'users' ? {} : { tab: next })}
        options={[
          { id: 'users', label: t('users') },
          { id: 'groups', label: t('groups') },
          { id: 'roles', label: t('roles') },
          { id: 'explain', label: t('explain') },
        ]}
      />
      <div style={{ paddingTop: 14 }}>
        {tab === 'users' &&
          (name === undefined ? (
            <UserList onOpen={open} />
          ) : (
            <UserDetails key={name} name={name} me={me.data.username} back={back} />
          ))}
        {tab === 'groups' &&
          (name === undefined ? <GroupList onOpen={open} /> : <GroupDetails key={name} name={name} back={back} />)}
        {tab === 'roles' &&
          (name === undefined ? (
            <RoleList onOpen={open} />
          ) : (
            <RoleDetails key={name} name={name} back={back} onRenamed={open} />
          ))}
        {tab === 'explain' && <ExplainPanel />}
      </div>
    </div>
  )
}
