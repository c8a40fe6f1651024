import { queryOptions } from '@tanstack/react-query'
import { call } from './client'
import type { AssignmentRequest } from './generated'
import type { AccessPolicyResponse, Explanation, ResourcePermissions, ResourceRights, Role } from './types'

interface Waiting {
  resource: string
  resolve: (rights: ResourceRights) => void
  reject: (error: unknown) => void
}
let waiting: Waiting[] = []

/** Asks for the rights on all resources that components have asked for since the last call, at most 100 in a call. */
async function sendWaiting() {
  const asked = waiting
  waiting = []
  for (let i = 0; i < asked.length; i += 100) {
    const some = asked.slice(i, i + 100)
    try {
      const { rights } = await call('GET /2.0/kiroku/access/rights', {
        resources: some.map(({ resource }) => resource),
      })
      some.forEach(({ resolve }, at) => resolve(rights![at] as ResourceRights))
    } catch (error) {
      some.forEach(({ reject }) => reject(error))
    }
  }
}

/** What the signed-in user may do to a resource, such as `experiment/7` or `webhook/*`. */
export const rightsOn = (resource: string) =>
  queryOptions({
    queryKey: ['rights', resource],
    queryFn: () =>
      new Promise<ResourceRights>((resolve, reject) => {
        if (waiting.push({ resource, resolve, reject }) === 1) queueMicrotask(() => void sendWaiting())
      }),
    staleTime: 15_000,
  })

/** Who may do what to a resource. For those who manage it. */
export const permissionsOn = (resource: string) =>
  queryOptions({
    queryKey: ['permissions', resource],
    queryFn: async () => (await call('GET /2.0/kiroku/access/resource', { resource })) as ResourcePermissions,
  })

/** @param user undefined for the signed-in user */
export const explain = (user: string | undefined, action: string, resource: string) =>
  queryOptions({
    queryKey: ['explain', user, action, resource],
    queryFn: async () => (await call('GET /2.0/kiroku/access/explain', { user, action, resource })) as Explanation,
    staleTime: 0,
  })

/**
 * Adds a grant, or replaces its level.
 *
 * @param to such as `user:ann`, `group:ml` or `role:editors`
 * @param resources such as `experiment/team-a/*`
 */
export const grant = (to: string, resources: string, level: string) =>
  call('POST /2.0/kiroku/access/grant', { to, resources, level })

export const revoke = (to: string, resources: string) => call('POST /2.0/kiroku/access/revoke', { to, resources })

/** All roles, grants and default permissions. For administrators. */
export const policy = queryOptions({
  queryKey: ['policy'],
  queryFn: async () => (await call('GET /2.0/kiroku/access/list', {})) as AccessPolicyResponse,
})

/** The roles of a user. */
export const rolesOf = (username: string) =>
  queryOptions({
    queryKey: ['roles', username],
    queryFn: async () => (await call('GET /3.0/mlflow/users/roles/list', { username })).roles as Role[],
  })

export const createRole = (name: string, description: string) =>
  call('POST /3.0/mlflow/roles/create', { name, description, workspace: 'default' })

/** Returns the ID of the role of a name. */
async function roleId(name: string): Promise<number> {
  const { roles } = await call('GET /3.0/mlflow/roles/list', { workspace: ['default'] })
  const found = roles.find((role) => role.name === name)
  if (!found) throw new Error(`No such role: ${name}`)
  return found.id!
}

export const updateRole = async (role: string, name: string, description: string) =>
  call('PATCH /3.0/mlflow/roles/update', { role_id: await roleId(role), name, description })

export const deleteRole = async (role: string) =>
  call('DELETE /3.0/mlflow/roles/delete', { role_id: await roleId(role) })

/** @param member such as `user:ann` or `group:ml` */
export const assignRole = async (role: string, member: string) =>
  call('POST /3.0/mlflow/roles/assign', assignment(await roleId(role), member))

export const unassignRole = async (role: string, member: string) =>
  call('DELETE /3.0/mlflow/roles/unassign', assignment(await roleId(role), member))

function assignment(role_id: number, member: string): AssignmentRequest {
  const [kind, name] = [member.slice(0, member.indexOf(':')), member.slice(member.indexOf(':') + 1)]
  return kind === 'group' ? { role_id, group_name: name } : { role_id, username: name }
}
