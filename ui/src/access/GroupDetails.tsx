import { useQuery, useQueryClient } from '@tanstack/react-query'
import { assignRole, policy, unassignRole } from '../api/access'
import { groups, setGroupDefault, updateGroups, userNames } from '../api/accounts'
import type { PermissionLevel } from '../api/types'
import { Problem, problemOf } from '../shell/Problem'
import { useT } from '../shell/settings'
import { useAction } from '../shell/toasts'
import { DetailHead } from './DetailHead'
import { GrantsCard } from './GrantsCard'
import { NamesCard } from './NamesCard'

const DEFAULTS: PermissionLevel[] = ['NO_PERMISSIONS', 'READ', 'USE', 'EDIT', 'MANAGE']

/** A group: members, roles, grants and the default permission of its members. */
export function GroupDetails({ name, back }: { name: string; back: () => void }) {
  const t = useT()
  const act = useAction()
  const client = useQueryClient()
  const list = useQuery(groups)
  const all = useQuery(policy)
  const users = useQuery(userNames)
  if (problemOf(list)) return <Problem error={list.error} retry={() => void list.refetch()} />
  if (!list.data) return <p className="empty">{t('loading')}</p>
  const group = list.data.find((one) => one.name === name)
  const change = (work: () => Promise<unknown>) =>
    act(work).then(async (ok) => {
      await client.invalidateQueries()
      return ok
    })
  const holder = `group:${name}`
  return (
    <div className="stack">
      <DetailHead list={t('groups')} name={name} back={back} />
      {!group && (
        <p className="notice" style={{ marginBottom: 0 }}>
          {t('groupNew')}
        </p>
      )}
      {name === 'admins' && <p className="soft">{t('adminsText')}</p>}
      <div className="grid2">
        <div className="stack">
          <NamesCard
            title={t('members')}
            none={t('noMembers')}
            names={group?.members ?? []}
            suggestions={users.data ?? []}
            onAdd={(user) => change(() => updateGroups(user, [name], []))}
            onRemove={(user) => void change(() => updateGroups(user, [], [name]))}
          />
          <NamesCard
            title={t('roles')}
            none={t('noOwnRoles')}
            names={group?.roles ?? []}
            suggestions={(all.data?.policy.roles ?? []).map((role) => role.name)}
            onAdd={(role) => change(() => assignRole(role, holder))}
            onRemove={(role) => void change(() => unassignRole(role, holder))}
          />
        </div>
        <div className="stack">
          <GrantsCard holder={holder} grants={group?.grants ?? []} />
          <section className="card">
            <header>
              <h2>{t('defaultPermission')}</h2>
            </header>
            <div className="body stack" style={{ gap: 8 }}>
              <p className="soft">{t('defaultPermissionText')}</p>
              <select
                className="input"
                aria-label={t('defaultPermission')}
                style={{ alignSelf: 'flex-start' }}
                value={group?.default_permission ?? ''}
                onChange={(event) => {
                  const level = event.target.value as PermissionLevel | ''
                  void change(() => setGroupDefault(name, level || undefined))
                }}
              >
                <option value="">{t('serverDefault', { level: all.data?.default_permission ?? '' })}</option>
                {DEFAULTS.map((level) => (
                  <option key={level} value={level}>
                    {level}
                  </option>
                ))}
              </select>
            </div>
          </section>
        </div>
      </div>
    </div>
  )
}
