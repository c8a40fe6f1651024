import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { assignRole, policy, unassignRole } from '../api/access'
import { accounts, deleteAccount, groups as groupsQuery, setDisabled, updateGroups } from '../api/accounts'
import { SessionsCard } from '../account/SessionsCard'
import { TokensCard } from '../account/TokensCard'
import { ConfirmDelete } from '../shell/Dialog'
import { Problem, problemOf } from '../shell/Problem'
import { useT } from '../shell/settings'
import { useAction } from '../shell/toasts'
import { DetailHead } from './DetailHead'
import { GrantsCard } from './GrantsCard'
import { InheritedCard } from './InheritedCard'
import { NamesCard } from './NamesCard'
import { PasswordDialog } from './PasswordDialog'

/** A user: groups, roles, grants, tokens and sessions. */
export function UserDetails({ name, me, back }: { name: string; me: string; back: () => void }) {
  const t = useT()
  const act = useAction()
  const client = useQueryClient()
  const list = useQuery(accounts)
  const all = useQuery(policy)
  const groups = useQuery(groupsQuery)
  const [dialog, setDialog] = useState<'password' | 'disable' | 'delete' | null>(null)
  const user = list.data?.find((one) => one.name === name)
  if (problemOf(list)) return <Problem error={list.error} retry={() => void list.refetch()} />
  if (!user) return <p className="empty">{list.isPending ? t('loading') : t('nothingFound')}</p>
  const change = (work: () => Promise<unknown>) =>
    act(work).then(async (ok) => {
      await client.invalidateQueries()
      return ok
    })
  const holder = `user:${name}`
  const policyRoles = all.data?.policy.roles ?? []
  return (
    <div className="stack">
      <DetailHead
        list={t('users')}
        name={name}
        back={back}
        chips={
          <>
            {user.groups?.includes('admins') && <span className="chip accent">{t('administrator')}</span>}
            {user.service && <span className="chip">{t('service')}</span>}
            {user.disabled && <span className="chip">{t('disabled')}</span>}
          </>
        }
      >
        {!user.service && name !== me && (
          <button className="btn" onClick={() => setDialog('password')}>
            {t('resetPassword')}
          </button>
        )}
        {name !== me && (
          <button
            className="btn"
            onClick={() => (user.disabled ? void change(() => setDisabled(name, false)) : setDialog('disable'))}
          >
            {t(user.disabled ? 'enableUser' : 'disableUser')}
          </button>
        )}
        {name !== me && (
          <button className="btn danger" onClick={() => setDialog('delete')}>
            {t('deleteUser')}
          </button>
        )}
      </DetailHead>
      <div className="grid2">
        <div className="stack">
          <NamesCard
            title={t('groups')}
            none={t('noGroups')}
            names={user.groups ?? []}
            suggestions={['admins', ...(groups.data ?? []).map((group) => group.name)]}
            onAdd={(group) => change(() => updateGroups(name, [group], []))}
            onRemove={(group) => void change(() => updateGroups(name, [], [group]))}
          />
          <NamesCard
            title={t('roles')}
            none={t('noOwnRoles')}
            names={policyRoles.filter((role) => role.members?.includes(holder)).map((role) => role.name)}
            suggestions={policyRoles.map((role) => role.name)}
            onAdd={(role) => change(() => assignRole(role, holder))}
            onRemove={(role) => void change(() => unassignRole(role, holder))}
          />
        </div>
        <div className="stack">
          <GrantsCard
            holder={holder}
            grants={all.data?.policy.grants.find(({ to }) => to === holder)?.grants ?? []}
            note={user.groups?.includes('admins') ? t('adminNeedsNone') : undefined}
          />
          <InheritedCard user={user} policy={all.data?.policy} />
        </div>
      </div>
      <TokensCard user={name} />
      {!user.service && <SessionsCard user={name} />}
      {dialog === 'password' && <PasswordDialog name={name} close={() => setDialog(null)} />}
      {dialog === 'disable' && (
        <ConfirmDelete
          title={t('disableUserTitle', { name })}
          text={t('disableUserText')}
          action={t('disableUser')}
          close={() => setDialog(null)}
          run={() => void change(() => setDisabled(name, true)).then(() => setDialog(null))}
        />
      )}
      {dialog === 'delete' && (
        <ConfirmDelete
          title={t('deleteUserTitle', { name })}
          text={t('deleteUserText')}
          close={() => setDialog(null)}
          run={() =>
            void act(() => deleteAccount(name)).then((ok) => {
              if (!ok) return
              back()
              // The tokens and sessions of the user are gone and not asked for again.
              for (const key of ['accounts', 'groups', 'policy', 'user-names'])
                void client.invalidateQueries({ queryKey: [key] })
            })
          }
        />
      )}
    </div>
  )
}
