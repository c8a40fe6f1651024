import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { assignRole, deleteRole, policy, unassignRole, updateRole } from '../api/access'
import { groups, userNames } from '../api/accounts'
import { ConfirmDelete } from '../shell/Dialog'
import { Problem, problemOf } from '../shell/Problem'
import { useT } from '../shell/settings'
import { useAction } from '../shell/toasts'
import { DetailHead } from './DetailHead'
import { GrantsCard } from './GrantsCard'
import { NamesCard } from './NamesCard'
import { holderText } from './resources'
import { RoleDialog } from './RoleDialog'

/** A role: who is assigned to it, and what it grants. */
export function RoleDetails({
  name,
  back,
  onRenamed,
}: {
  name: string
  back: () => void
  onRenamed: (name: string) => void
}) {
  const t = useT()
  const act = useAction()
  const client = useQueryClient()
  const found = useQuery(policy)
  const users = useQuery(userNames)
  const allGroups = useQuery(groups)
  const [dialog, setDialog] = useState<'edit' | 'delete' | null>(null)
  if (problemOf(found)) return <Problem error={found.error} retry={() => void found.refetch()} />
  const role = found.data?.policy.roles.find((one) => one.name === name)
  if (!role) return <p className="empty">{found.isPending ? t('loading') : t('nothingFound')}</p>
  const change = (work: () => Promise<unknown>) =>
    act(work).then(async (ok) => {
      await client.invalidateQueries()
      return ok
    })
  return (
    <div className="stack">
      <DetailHead list={t('roles')} name={name} back={back}>
        <button className="btn" onClick={() => setDialog('edit')}>
          {t('edit')}
        </button>
        <button className="btn danger" onClick={() => setDialog('delete')}>
          {t('deleteRole')}
        </button>
      </DetailHead>
      {role.description && <p className="soft">{role.description}</p>}
      <div className="grid2">
        <NamesCard
          kinds
          title={t('members')}
          none={t('noMembers')}
          names={role.members ?? []}
          text={(member) => holderText(member, t)}
          suggestions={[
            ...(users.data ?? []).map((user) => `user:${user}`),
            ...(allGroups.data ?? []).map((group) => `group:${group.name}`),
          ]}
          onAdd={(member) => change(() => assignRole(name, member))}
          onRemove={(member) => void change(() => unassignRole(name, member))}
        />
        <GrantsCard holder={`role:${name}`} grants={role.grants ?? []} />
      </div>
      {dialog === 'edit' && (
        <RoleDialog
          name={name}
          description={role.description ?? ''}
          close={() => setDialog(null)}
          save={async (next, description) => {
            if (!(await change(() => updateRole(name, next, description)))) return
            setDialog(null)
            if (next !== name) onRenamed(next)
          }}
        />
      )}
      {dialog === 'delete' && (
        <ConfirmDelete
          title={t('deleteRoleTitle', { name })}
          text={t('deleteRoleText')}
          close={() => setDialog(null)}
          run={() => void change(() => deleteRole(name)).then((ok) => ok && back())}
        />
      )}
    </div>
  )
}
