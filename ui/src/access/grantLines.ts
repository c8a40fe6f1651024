import type { ResourcePermissions } from '../api/types'
import type { GrantLine } from './GrantRow'

/** Returns what is shown of the permissions on a resource, what decides first at the top: administrators, grants, and default permissions. */
export function grantLines(found: ResourcePermissions): GrantLine[] {
  return [
    {
      to: 'group:admins',
      level: 'MANAGE',
      reason: 'reasonAdmins',
      members: found.administrators.map((a) => `user:${a}`),
    },
    ...found.grants.map((grant): GrantLine => ({
      to: grant.to,
      level: grant.level,
      resources: grant.resources,
      members: grant.members,
      own: grant.own,
      reason: grant.own ? 'reasonOwn' : 'reasonPattern',
    })),
    ...found.group_defaults.map((group): GrantLine => ({
      to: `group:${group.name}`,
      level: group.default_permission,
      reason: 'reasonGroupDefault',
    })),
    { to: 'everybody', level: found.default_permission, reason: 'reasonDefault' },
  ]
}
