import type { AccessPolicyResponse, Account, PermissionLevel } from '../api/types'
import { splitGrant } from './resources'

export interface InheritedGrant {
  level: PermissionLevel
  resources: string
  /** the role and the group that give it, such as `role:editors` and `group:ml` */
  via: string[]
}

/** Returns the grants that a user has by groups and roles, and not by their own. */
export function inheritedGrants(
  user: Pick<Account, 'name' | 'groups'>,
  policy: AccessPolicyResponse['policy'],
): InheritedGrant[] {
  const groups = (user.groups ?? []).map((group) => `group:${group}`)
  const ofGroups = policy.grants
    .filter(({ to }) => groups.includes(to))
    .flatMap(({ to, grants }) => (grants ?? []).map((text) => ({ ...splitGrant(text), via: [to] })))
  const ofRoles = policy.roles.flatMap((role) =>
    [`user:${user.name}`, ...groups]
      .filter((holder) => role.members?.includes(holder))
      .flatMap((holder) =>
        (role.grants ?? []).map((text) => ({
          ...splitGrant(text),
          via: holder.startsWith('user:') ? [`role:${role.name}`] : [`role:${role.name}`, holder],
        })),
      ),
  )
  return [...ofGroups, ...ofRoles]
}
